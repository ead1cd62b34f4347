// A lone row's values beside the scores of its next keys: so both streams of memory flow all the time, which one alone does not fill.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_LONE_ROW_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_LONE_ROW_H
#undef RAPT_CPU_TILE_LONE_ROW_H
#else
#define RAPT_CPU_TILE_LONE_ROW_H
#endif

#include "cpu/tile/accumulate_in_place.h"
#include "cpu/tile/score_in_place.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// Pairs of vectors of the sum that are in registers at once.
template <size_t kHeadDim>
inline constexpr size_t kPairsOfSum = kHeadDim == 0 ? 1 : HWY_MIN(kHeadDim / kPair, kRows >= 12 ? size_t{4} : size_t{2});

// sum += p v of kFew keys, while those that are needed `later` are fetched in the order of memory. The sum is in the nearest cache, as 16
// registers do not hold it: it comes and goes once for all of these keys.
template <class T, size_t kHeadDim, class Rows>
HWY_INLINE void add_few(const float* p, const Rows& rows, int64_t ahead, size_t head_dim_v, float* sum) {
  constexpr size_t kPairs = kPairsOfSum<kHeadDim>;
  const size_t n = kHeadDim != 0 ? kHeadDim : head_dim_v;
  RowsLater<Rows> later{rows.from(ahead), n * sizeof(T), 1};
  const T* row[kFew];
  Vec weight[kFew];
  for (size_t j = 0; j < kFew; ++j) {
    row[j] = reinterpret_cast<const T*>(rows[static_cast<int64_t>(j)]);
    weight[j] = hn::Set(kLanes, p[j]);
  }
  size_t d = 0;
#pragma GCC unroll 16
  for (; d + kPairs * kPair <= n; d += kPairs * kPair) {
    Vec to[2 * kPairs];
#pragma GCC unroll 8
    for (size_t w = 0; w < 2 * kPairs; ++w) to[w] = hn::LoadU(kLanes, sum + d + w * kN);
#pragma GCC unroll 16
    for (size_t i = 0; i < kFew * kPairs; ++i) {
      const size_t j = i / kPairs, w = i % kPairs, at = d + w * kPair;
      if (at * sizeof(T) % 64 == 0) later.template fetch_part<HWY_MAX(kPair * sizeof(T), size_t{64})>();
      const VecPair v = load_pair(row[j] + at);
      to[2 * w] = hn::MulAdd(weight[j], v.first, to[2 * w]);
      to[2 * w + 1] = hn::MulAdd(weight[j], v.second, to[2 * w + 1]);
      keep_order();
    }
#pragma GCC unroll 8
    for (size_t w = 0; w < 2 * kPairs; ++w) hn::StoreU(to[w], kLanes, sum + d + w * kN);
  }
  if constexpr (kHeadDim != 0) return;
  for (; d < n; d += kN) {
    Vec to = hn::LoadU(kLanes, sum + d);
    for (size_t j = 0; j < kFew; ++j) to = hn::MulAdd(weight[j], n - d >= kN ? load(row[j] + d) : load_first(row[j] + d, n - d), to);
    hn::StoreU(to, kLanes, sum + d);
  }
}

// Keys `next` that are scored, and those whose values are added up: count of each.
template <class Rows>
struct SideBySide {
  Rows next, values;
  int64_t count, next_ahead, values_ahead;
};

// `sum`: room for a row of the output.
template <class T, size_t kHeadDim, class Rows>
HWY_NOINLINE void score_and_accumulate(const QueryRows& q, const OutputRows& to, const SideBySide<Rows>& keys, float factor, float* scores,
                                       float* sum) {
  constexpr size_t kStep = kKeysOfStep<T>;
  const hn::CappedTag<float, kStep> lanes;
  const float *const query = q.q, *const p = to.p;
  const size_t head_dim = kHeadDim != 0 ? kHeadDim : q.head_dim, head_dim_v = kHeadDim != 0 ? kHeadDim : to.head_dim_v;
  const Rows next = keys.next, values = keys.values;
  const int64_t count = keys.count, next_ahead = keys.next_ahead, values_ahead = keys.values_ahead;
  for (size_t d = 0; d < head_dim_v; d += kN) hn::StoreU(hn::Zero(kLanes), kLanes, sum + d);
  for (int64_t key = 0; key < count; key += static_cast<int64_t>(kStep)) {
    Vec products[kStep];
#pragma GCC unroll 16
    for (size_t j = 0; j < kStep; ++j) {
      const int64_t row = key + static_cast<int64_t>(j);
      products[j] = multiply_key<T, kHeadDim>(query, next[row], next[row + next_ahead], head_dim);
    }
    hn::StoreU(hn::Mul(sums_of<kStep>(products), hn::Set(lanes, factor)), lanes, scores + key);
    for (int64_t j = key; j < key + static_cast<int64_t>(kStep); j += static_cast<int64_t>(kFew))
      add_few<T, kHeadDim>(p + j, values.from(j), values_ahead, head_dim_v, sum);
  }
  for (size_t d = 0; d < head_dim_v; d += kN) add_to_output(hn::LoadU(kLanes, sum + d), *to.rescale, to.o + d);
}

// Accumulates the first keys of the run and scores as many of the next, into scratch.scores[1]. Returns how many: all, mostly.
template <class T, class Rows>
int64_t accumulate_and_score_next(const Tile& tile, const KeyRun& run, float factor, const float* rescale, Scratch& scratch) {
  constexpr float one = 1;
  constexpr size_t kAhead = sizeof(T) == sizeof(float) ? 4096 : 6144;  // bytes of each stream: measured (bench/NOTES.md)
  const size_t head_dim = static_cast<size_t>(tile.call.problem.k.shape[3]), head_dim_v = static_cast<size_t>(tile.call.problem.v.shape[3]);
  const size_t both = head_dim == head_dim_v ? head_dim : 0;
  const int64_t next_ahead = run.rows_ahead(kAhead, head_dim * sizeof(T)), values_ahead = run.rows_ahead(kAhead, head_dim_v * sizeof(T));
  const QueryRows q{scratch.q, scratch.q_stride, head_dim};
  float* const sum = scratch.o + scratch.o_stride;  // where a second row would have its own
  const int64_t count = HWY_MIN(run.keys(), run.next_keys()) / kReadPast * kReadPast;
  for (int64_t first = 0; first < count; first += kBlock) {  // no chain of additions is longer
    const OutputRows to{scratch.scores[0] + first, first == 0 ? rescale : &one, scratch.o, scratch.o_stride, head_dim_v};
    const SideBySide<Rows> keys{run.k<Rows>().from(run.keys() + first), run.v<Rows>().from(first), HWY_MIN(count - first, kBlock),
                                next_ahead, values_ahead};
    float* const scores = scratch.scores[1] + first;
    if (both == 128) {
      score_and_accumulate<T, 128, Rows>(q, to, keys, factor, scores, sum);
    } else if (both == 64) {
      score_and_accumulate<T, 64, Rows>(q, to, keys, factor, scores, sum);
    } else {
      score_and_accumulate<T, 0, Rows>(q, to, keys, factor, scores, sum);
    }
  }
  return count;
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
