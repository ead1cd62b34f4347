// scores = factor * q k^T for the rows of a tile and a run of keys that are read where they lie.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_SCORE_IN_PLACE_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_SCORE_IN_PLACE_H
#undef RAPT_CPU_TILE_SCORE_IN_PLACE_H
#else
#define RAPT_CPU_TILE_SCORE_IN_PLACE_H
#endif

#include "cpu/tile/key_run.h"
#include "cpu/tile/lane_sums.h"
#include "cpu/tile/pairs.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// Queries of a tile, each row padded with 0 to whole vectors and in the order of K's pairs.
struct QueryRows {
  const float* q;
  int64_t stride;
  size_t head_dim;
};

// Products of kQueries queries with kKeys keys that are kept in registers: half of those there are.
inline constexpr size_t kProducts = HWY_MAX(kRows >= 12 ? size_t{16} : size_t{8}, kN);
template <size_t kQueries>
inline constexpr size_t kKeysAtOnce = kProducts / kQueries;

// A pair of columns at a time, with all products in registers and either the queries beside them, on 32, or the keys, on 16.
template <class T, size_t kQueries, size_t kKeys, class Rows, class Later>
HWY_INLINE void multiply_pair(const QueryRows& q, const Rows& keys, size_t d, Later& later, Vec* sum) {
  const auto query = [&](size_t r) { return q.q + static_cast<int64_t>(r) * q.stride + d; };
  const auto key = [&](size_t j) {
    // For each key where that is two lines, else for all of a step at once: measured.
    constexpr size_t kKeysAShare = sizeof(T) == sizeof(float) ? 1 : kKeys;
    if (j % kKeysAShare == 0)
      later.template fetch_share<kKeysAShare * kPair * sizeof(T), kKeys / kKeysAShare>((d / kPair * kKeys + j) / kKeysAShare);
    return load_pair(reinterpret_cast<const T*>(keys[static_cast<int64_t>(j)]) + d);
  };
  if constexpr (kRows >= 12) {
    Vec first[kQueries], second[kQueries];
#pragma GCC unroll 4
    for (size_t r = 0; r < kQueries; ++r) {
      first[r] = hn::LoadU(kLanes, query(r));
      second[r] = hn::LoadU(kLanes, query(r) + kN);
    }
#pragma GCC unroll 16
    for (size_t j = 0; j < kKeys; ++j) {
      const VecPair k = key(j);
#pragma GCC unroll 4
      for (size_t r = 0; r < kQueries; ++r) sum[r * kKeys + j] = hn::MulAdd(first[r], k.first, sum[r * kKeys + j]);
#pragma GCC unroll 4
      for (size_t r = 0; r < kQueries; ++r) sum[r * kKeys + j] = hn::MulAdd(second[r], k.second, sum[r * kKeys + j]);
      // A key after the other: the compiler must not load them all at the price of registers.
      keep_order();
    }
  } else {
    constexpr size_t kBeside = HWY_MIN(kKeys, size_t{2});
#pragma GCC unroll 4
    for (size_t from = 0; from < kKeys; from += kBeside) {
      VecPair k[kBeside];
#pragma GCC unroll 4
      for (size_t j = 0; j < kBeside; ++j) k[j] = key(from + j);
#pragma GCC unroll 4
      for (size_t r = 0; r < kQueries; ++r) {
        const Vec first = hn::LoadU(kLanes, query(r)), second = hn::LoadU(kLanes, query(r) + kN);
#pragma GCC unroll 4
        for (size_t j = 0; j < kBeside; ++j) {
          Vec& to = sum[r * kKeys + from + j];
          to = hn::MulAdd(second, k[j].second, hn::MulAdd(first, k[j].first, to));
        }
      }
    }
  }
}

// sum[r * kKeys + j] = q_r . k_j over columns [d, end), lane by lane.
template <class T, size_t kQueries, size_t kKeys, class Rows, class Later>
HWY_INLINE void multiply_keys(const QueryRows& q, const Rows& keys, size_t d, size_t end, Later& later, Vec* sum) {
#pragma GCC unroll 16
  for (size_t i = 0; i < kQueries * kKeys; ++i) sum[i] = hn::Zero(kLanes);
  for (; d + kPair <= end; d += kPair) {
    multiply_pair<T, kQueries, kKeys>(q, keys, d, later, sum);
  }
  for (; d < end; d += kN) {
#pragma GCC unroll 16
    for (size_t j = 0; j < kKeys; ++j) {
      const T* from = reinterpret_cast<const T*>(keys[static_cast<int64_t>(j)]) + d;
      const Vec k = end - d >= kN ? load(from) : load_first(from, end - d);
#pragma GCC unroll 4
      for (size_t r = 0; r < kQueries; ++r)
        sum[r * kKeys + j] = hn::MulAdd(hn::LoadU(kLanes, q.q + static_cast<int64_t>(r) * q.stride + d), k, sum[r * kKeys + j]);
    }
  }
}

// q . k, lane by lane, while the row that is needed `later` is fetched a line for a line. kHeadDim: 0 if it is none of those with code of
// their own.
template <class T, size_t kHeadDim>
HWY_INLINE Vec multiply_key(const float* q, const char* key, const char* later, size_t head_dim) {
  const T* k = reinterpret_cast<const T*>(key);
  Vec total = hn::Zero(kLanes);
  for (size_t begin = 0; begin < head_dim; begin += kChain * kPair) {
    const size_t end = kHeadDim != 0 ? kHeadDim : HWY_MIN(head_dim, begin + kChain * kPair);
    Vec first = hn::Zero(kLanes), second = hn::Zero(kLanes);
    size_t d = begin;
#pragma GCC unroll 16
    for (; d + kPair <= end; d += kPair) {
      if (d * sizeof(T) % 64 == 0) fetch<HWY_MAX(kPair * sizeof(T), size_t{64})>(later + d * sizeof(T));
      const VecPair pair = load_pair(k + d);
      first = hn::MulAdd(hn::LoadU(kLanes, q + d), pair.first, first);
      second = hn::MulAdd(hn::LoadU(kLanes, q + d + kN), pair.second, second);
      keep_order();
    }
    if constexpr (kHeadDim != 0) return hn::Add(first, second);
    for (; d < end; d += kN) first = hn::MulAdd(hn::LoadU(kLanes, q + d), end - d >= kN ? load(k + d) : load_first(k + d, end - d), first);
    total = hn::Add(total, hn::Add(first, second));
  }
  return total;
}

// Keys of a lone query that are scored in a step: measured (bench/NOTES.md).
template <class T>
inline constexpr size_t kKeysOfStep = sizeof(T) == sizeof(float) && kRows >= 12 ? kN : kFew;

// One row of scores, the keys one after another in the order of memory. Nothing is stored between the keys of a step: a load waits for a
// store that is not done yet if only the lower 12 bits of their addresses agree, and these loads walk through all of them.
template <class T, size_t kHeadDim, class Rows>
HWY_NOINLINE void score_row(const QueryRows& q, const KeyRun& run, int64_t from, float factor, int64_t ahead, float* scores) {
  static_assert(kHeadDim % kPair == 0);
  constexpr size_t kStep = kKeysOfStep<T>;
  const hn::CappedTag<float, kStep> lanes;
  const float* const query = q.q;
  const size_t head_dim = kHeadDim != 0 ? kHeadDim : q.head_dim;
  const int64_t count = run.keys();
  const Rows keys = run.k<Rows>();
  for (int64_t key = from; key < count; key += static_cast<int64_t>(kStep)) {
    Vec sum[kStep];
#pragma GCC unroll 16
    for (size_t j = 0; j < kStep; ++j) {
      const int64_t row = key + static_cast<int64_t>(j);
      sum[j] = multiply_key<T, kHeadDim>(query, keys[row], keys[row + ahead], head_dim);
    }
    hn::StoreU(hn::Mul(sums_of<kStep>(sum), hn::Set(lanes, factor)), lanes, scores + key);
  }
}

// kQueries rows of scores, kScoreStride apart, up to a multiple of kKeysAtOnce keys. fetch: the rows of the next keys too.
template <class T, size_t kQueries, class Rows, bool kInShares>
HWY_NOINLINE void score_rows(const QueryRows& q, const KeyRun& run, float factor, bool fetch_later, float* scores) {
  constexpr size_t kKeys = kKeysAtOnce<kQueries>, kPart = kChain * kN;
  constexpr int64_t kStep = static_cast<int64_t>(kKeys);
  const size_t row_bytes = q.head_dim * sizeof(T);
  const int64_t steps = HWY_MAX(static_cast<int64_t>(q.head_dim / kPair), 1);
  const Rows keys = run.k<Rows>();
  const int64_t ahead = rows_ahead<T>(run, row_bytes, false);
  for (int64_t key = 0; key < run.keys(); key += kStep) {
    const int64_t first = fetch_later ? key + ahead : key;
    FewRowsLater<Rows, kInShares> later{keys, first, first + (fetch_later ? kStep : 0), (kStep + steps - 1) / steps, row_bytes};
    for (size_t d = 0; d < q.head_dim; d += kPart) {
      Vec sum[kProducts];
      multiply_keys<T, kQueries, kKeys>(q, keys.from(key), d, HWY_MIN(q.head_dim, d + kPart), later, sum);
      alignas(64) float products[kProducts];
#pragma GCC unroll 8
      for (size_t i = 0; i < kProducts; i += kN) hn::Store(hn::Mul(sums_of_lanes(sum + i), hn::Set(kLanes, factor)), kLanes, products + i);
      for (size_t r = 0; r < kQueries; ++r) {
        float* to = scores + static_cast<int64_t>(r) * kScoreStride + key;
        if (d == 0) {
          std::memcpy(to, products + r * kKeys, kKeys * sizeof(float));
        } else {
          for (size_t j = 0; j < kKeys; ++j) to[j] += products[r * kKeys + j];
        }
      }
    }
  }
}

// From key `from` on, a multiple of kReadPast, where the tile is a lone row.
template <class T, class Rows>
void score_in_place(const Tile& tile, const KeyRun& run, int64_t from, float factor, Scratch& scratch) {
  const size_t head_dim = static_cast<size_t>(tile.call.problem.k.shape[3]);
  const auto rows_from = [&](int64_t row) { return QueryRows{scratch.q + row * scratch.q_stride, scratch.q_stride, head_dim}; };
  const auto scores_from = [&](int64_t row) { return scratch.scores[0] + row * kScoreStride; };
  const bool in_shares = head_dim % kPair == 0 && follow_one_another(run.k<Rows>(), head_dim * sizeof(T));
  int64_t row = 0;
  const auto some = [&]<size_t kQueries>() {
    for (; row + static_cast<int64_t>(kQueries) <= tile.rows(); row += static_cast<int64_t>(kQueries)) {
      if (in_shares) {
        score_rows<T, kQueries, Rows, true>(rows_from(row), run, factor, row == 0, scores_from(row));
      } else {
        score_rows<T, kQueries, Rows, false>(rows_from(row), run, factor, row == 0, scores_from(row));
      }
    }
  };
  some.template operator()<4>();
  some.template operator()<2>();
  if (row == tile.rows()) return;
  const int64_t ahead = rows_ahead<T>(run, head_dim * sizeof(T), tile.rows() == 1);
  if (head_dim == 128) return score_row<T, 128, Rows>(rows_from(row), run, from, factor, ahead, scores_from(row));
  if (head_dim == 64) return score_row<T, 64, Rows>(rows_from(row), run, from, factor, ahead, scores_from(row));
  score_row<T, 0, Rows>(rows_from(row), run, from, factor, ahead, scores_from(row));
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
