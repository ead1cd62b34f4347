// o = rescale * o + p v for the rows of a tile and a run of keys that are read where they lie.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_ACCUMULATE_IN_PLACE_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_ACCUMULATE_IN_PLACE_H
#undef RAPT_CPU_TILE_ACCUMULATE_IN_PLACE_H
#else
#define RAPT_CPU_TILE_ACCUMULATE_IN_PLACE_H
#endif

#include "cpu/tile/key_run.h"
#include "cpu/tile/mask_and_bias.h"
#include "cpu/tile/pairs.h"
#include "cpu/tile/softmax.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// Weights and output of some rows of a tile: p rows are kScoreStride floats apart; o is in the order of V's pairs.
struct OutputRows {
  const float* p;
  const float* rescale;  // [rows]
  float* o;
  int64_t stride;  // of o
  size_t head_dim_v;
};

HWY_INLINE void add_to_output(Vec sum, float rescale, float* o) {
  hn::StoreU(hn::MulAdd(hn::Set(kLanes, rescale), hn::LoadU(kLanes, o), sum), kLanes, o);
}

// Pairs of vectors of a pass over V: at most 16 accumulators on 32 registers, 8 on 16.
template <size_t kQueries>
inline constexpr size_t kMostPairs = HWY_MIN(size_t{4}, (kRows >= 12 ? 8 : 4) / kQueries);

// Some keys of a run.
template <class Rows>
struct ValueRows {
  Rows row;
  int64_t count;
};

// Columns d .. d + kPairs * kPair of kQueries rows.
template <class T, size_t kQueries, size_t kPairs, class Rows>
HWY_NOINLINE void accumulate_pairs(const OutputRows& to, const ValueRows<Rows>& values, size_t d, RowsLater<Rows>& outer_later) {
  RowsLater<Rows> later = outer_later;  // so that it lives in registers, as do these
  const Rows rows = values.row;
  const int64_t count = values.count;
  const float* const p = to.p;
  Vec sum[kQueries][2 * kPairs];
#pragma GCC unroll 4
  for (size_t r = 0; r < kQueries; ++r)
#pragma GCC unroll 8
    for (size_t w = 0; w < 2 * kPairs; ++w) sum[r][w] = hn::Zero(kLanes);
  for (int64_t j = 0; j < count; ++j) {
    later.template fetch_part<kPairs * kPair * sizeof(T)>();
    const T* row = reinterpret_cast<const T*>(rows[j]) + d;
    VecPair v[kPairs];
#pragma GCC unroll 4
    for (size_t w = 0; w < kPairs; ++w) v[w] = load_pair(row + w * kPair);
#pragma GCC unroll 4
    for (size_t r = 0; r < kQueries; ++r) {
      const Vec weight = hn::Set(kLanes, p[static_cast<int64_t>(r) * kScoreStride + j]);
#pragma GCC unroll 4
      for (size_t w = 0; w < kPairs; ++w) {
        sum[r][2 * w] = hn::MulAdd(weight, v[w].first, sum[r][2 * w]);
        sum[r][2 * w + 1] = hn::MulAdd(weight, v[w].second, sum[r][2 * w + 1]);
      }
    }
  }
#pragma GCC unroll 4
  for (size_t r = 0; r < kQueries; ++r)
#pragma GCC unroll 8
    for (size_t w = 0; w < 2 * kPairs; ++w)
      add_to_output(sum[r][w], to.rescale[r], to.o + static_cast<int64_t>(r) * to.stride + d + w * kN);
  outer_later = later;
}

// Columns d .. d + left, at most a vector of them.
template <class T, size_t kQueries, class Rows>
void accumulate_rest(const OutputRows& to, const ValueRows<Rows>& values, size_t d, size_t left) {
  Vec sum[kQueries];
  for (size_t r = 0; r < kQueries; ++r) sum[r] = hn::Zero(kLanes);
  for (int64_t j = 0; j < values.count; ++j) {
    const T* row = reinterpret_cast<const T*>(values.row[j]) + d;
    const Vec v = left >= kN ? load(row) : load_first(row, left);
    for (size_t r = 0; r < kQueries; ++r) sum[r] = hn::MulAdd(hn::Set(kLanes, to.p[static_cast<int64_t>(r) * kScoreStride + j]), v, sum[r]);
  }
  for (size_t r = 0; r < kQueries; ++r) add_to_output(sum[r], to.rescale[r], to.o + static_cast<int64_t>(r) * to.stride + d);
}

template <class T, size_t kQueries, class Rows>
void accumulate_rows(const OutputRows& to, const ValueRows<Rows>& values, RowsLater<Rows>& later) {
  constexpr size_t kPairs = kMostPairs<kQueries>;
  size_t d = 0;
  for (; d + kPairs * kPair <= to.head_dim_v; d += kPairs * kPair) accumulate_pairs<T, kQueries, kPairs>(to, values, d, later);
  if constexpr (kPairs > 1)
    for (; d + kPair <= to.head_dim_v; d += kPair) accumulate_pairs<T, kQueries, 1>(to, values, d, later);
  for (; d < to.head_dim_v; d += kN) accumulate_rest<T, kQueries>(to, values, d, to.head_dim_v - d);
}

// One row; hidden keys are stepped around: their values may be NaN or inf, which a weight of 0 does not silence.
template <class T, class Rows>
void accumulate_around_hidden(const OutputRows& to, const ValueRows<Rows>& values, const float* marks) {
  for (size_t d = 0; d < to.head_dim_v;) {
    const size_t left = to.head_dim_v - d;
    VecPair sum{hn::Zero(kLanes), hn::Zero(kLanes)};
    for (int64_t j = 0; j < values.count; ++j) {
      if (marks[j] == kHidden) continue;
      const T* row = reinterpret_cast<const T*>(values.row[j]) + d;
      const Vec weight = hn::Set(kLanes, to.p[j]);
      if (left >= kPair) {
        const VecPair v = load_pair(row);
        sum.first = hn::MulAdd(weight, v.first, sum.first);
        sum.second = hn::MulAdd(weight, v.second, sum.second);
      } else {
        sum.first = hn::MulAdd(weight, left >= kN ? load(row) : load_first(row, left), sum.first);
      }
    }
    add_to_output(sum.first, *to.rescale, to.o + d);
    if (left >= kPair) add_to_output(sum.second, *to.rescale, to.o + d + kN);
    d += left >= kPair ? kPair : kN;
  }
}

template <class T, class Rows>
bool all_finite(const ValueRows<Rows>& values, size_t head_dim_v) {  // x * 0 is NaN otherwise
  Vec check = hn::Zero(kLanes);
  for (int64_t j = 0; j < values.count; ++j) {
    const T* v = reinterpret_cast<const T*>(values.row[j]);
    for (size_t d = 0; d < head_dim_v; d += kN)
      check = hn::MulAdd(head_dim_v - d >= kN ? load(v + d) : load_first(v + d, head_dim_v - d), hn::Zero(kLanes), check);
  }
  const float sum = hn::GetLane(hn::SumOfLanes(kLanes, check));
  return sum == sum;
}

// A pass down V takes all columns of a row, of a lone query.
template <class T>
bool takes_whole_rows(const Tile& tile) {
  return tile.rows() == 1 && tile.call.problem.v.shape[3] <= static_cast<int64_t>(kMostPairs<1> * kPair);
}

// Keys whose weights multiply V one after another; no chain of additions is longer. Few where several passes go down V: those after the
// first then find it in the nearest cache.
template <class T>
int64_t part_keys(const Tile& tile) {
  return takes_whole_rows<T>(tile) ? kBlock : static_cast<int64_t>(128 / sizeof(T));
}

template <class T, class Rows>
void accumulate_part(const Tile& tile, const KeyRun& run, int64_t first, bool hidden, const float* rescale, Scratch& scratch) {
  const size_t head_dim_v = static_cast<size_t>(tile.call.problem.v.shape[3]), row_bytes = head_dim_v * sizeof(T);
  const ValueRows<Rows> values{run.v<Rows>().from(first), HWY_MIN(part_keys<T>(tile), run.keys() - first)};
  const auto rows_from = [&](int64_t row) {
    return OutputRows{scratch.scores[0] + row * kScoreStride + first, rescale + row, scratch.o + row * scratch.o_stride, scratch.o_stride,
                      head_dim_v};
  };
  int64_t row = 0;
  if (hidden && !all_finite<T>(values, head_dim_v)) {
    alignas(64) float marks[kBlock];
    for (; row < tile.rows(); ++row) {
      mark_hidden(tile, row, scratch.visible[row], run.unmapped(), run.first() + first, round_up(values.count, static_cast<int64_t>(kN)),
                  marks);
      accumulate_around_hidden<T>(rows_from(row), values, marks);
    }
    return;
  }
  // Where the columns are taken in turns, each turn down all keys, it is the next part that is fetched.
  const int64_t ahead = takes_whole_rows<T>(tile) ? rows_ahead<T>(run, row_bytes, true) : values.count;
  const auto some = [&]<size_t kQueries>() {
    for (; row + static_cast<int64_t>(kQueries) <= tile.rows(); row += static_cast<int64_t>(kQueries)) {
      RowsLater<Rows> later{values.row.from(ahead), row_bytes, row == 0 ? 1 : 0};  // with the first rows of the tile
      accumulate_rows<T, kQueries>(rows_from(row), values, later);
    }
  };
  some.template operator()<4>();
  some.template operator()<2>();
  some.template operator()<1>();
}

// From key `from` on.
template <class T, class Rows>
void accumulate_in_place(const Tile& tile, const KeyRun& run, int64_t from, bool hidden, const float* rescale, Scratch& scratch) {
  constexpr float ones[kDecodeRows] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  for (int64_t first = from; first < run.keys(); first += part_keys<T>(tile))
    accumulate_part<T, Rows>(tile, run, first, hidden, first == 0 ? rescale : ones, scratch);
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
