// The same softmax for few rows against many keys: K and V are read in place, once for all rows of the group, in runs of keys.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/decode.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/cache_control.h>

#include "cpu/tile/f32_word.h"
#include "cpu/tile/kernels.h"
#include "cpu/tile/mask_and_bias.h"
#include "cpu/tile/rows.h"
#include "cpu/tile/softmax.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

inline constexpr int64_t kRun = 64;  // keys between two updates of the softmax

// Keys [first, first + keys) and where they lie; an unmapped page is a row of zeros until it is hidden, and so
// is what lies past the last key.
struct Run {
  int64_t first, keys;
  bool unmapped;
  const char* k[kRun];
  const char* v[kRun];
};

// The run that begins at `first`; all but the first and the last begin and end at multiples of kRun.
Run find_run(const Tile& tile, const float* zeros, int64_t first, int64_t end) {
  Run run{};
  run.first = first;
  run.keys = HWY_MIN((first / kRun + 1) * kRun, end) - first;
  key_rows(tile.call, tile.sequence, Side::k, tile.head_kv, run.first, run.keys, run.k);
  key_rows(tile.call, tile.sequence, Side::v, tile.head_kv, run.first, run.keys, run.v);
  for (int64_t j = 0; j < kRun; ++j) {
    run.unmapped |= j < run.keys && (run.k[j] == nullptr || run.v[j] == nullptr);
    if (run.k[j] == nullptr) run.k[j] = reinterpret_cast<const char*>(zeros);
    if (run.v[j] == nullptr) run.v[j] = reinterpret_cast<const char*>(zeros);
  }
  return run;
}

// While a row of this run is used, the same row of the next run is on its way to the cache.
HWY_INLINE void prefetch_row(const char* row, size_t bytes) {
  for (size_t at = 0; at < bytes; at += 64) hwy::Prefetch(row + at);
}

// scores[r][j] = factor * (q_r . k_j) for kQueries rows. Two accumulators a row hide the latency of one. ahead: rows to prefetch, or null.
template <class T, size_t kQueries>
void score_rows(const Run& run, const char* const* ahead, const float* q, int64_t q_stride, size_t head_dim, float factor, float* scores) {
  for (int64_t j = 0; j < run.keys; ++j) {
    const T* k = reinterpret_cast<const T*>(run.k[j]);
    if (ahead != nullptr) prefetch_row(ahead[j], head_dim * sizeof(T));
    Vec even[kQueries], odd[kQueries];
    for (size_t r = 0; r < kQueries; ++r) even[r] = odd[r] = hn::Zero(kLanes);
    size_t d = 0;
    for (; d + 2 * kN <= head_dim; d += 2 * kN) {
      const Vec k0 = load(k + d), k1 = load(k + d + kN);
      for (size_t r = 0; r < kQueries; ++r) {
        const float* row = q + static_cast<int64_t>(r) * q_stride + d;
        even[r] = hn::MulAdd(hn::LoadU(kLanes, row), k0, even[r]);
        odd[r] = hn::MulAdd(hn::LoadU(kLanes, row + kN), k1, odd[r]);
      }
    }
    for (; d < head_dim; d += kN) {
      const Vec k0 = head_dim - d >= kN ? load(k + d) : load_first(k + d, head_dim - d);
      for (size_t r = 0; r < kQueries; ++r)
        even[r] = hn::MulAdd(hn::LoadU(kLanes, q + static_cast<int64_t>(r) * q_stride + d), k0, even[r]);
    }
    for (size_t r = 0; r < kQueries; ++r)
      scores[static_cast<int64_t>(r) * kScoreStride + j] = factor * hn::GetLane(hn::SumOfLanes(kLanes, hn::Add(even[r], odd[r])));
  }
}

template <class T>
void score_as(const Tile& tile, const Run& run, const Run& next, float factor, Scratch& scratch) {
  const size_t head_dim = static_cast<size_t>(tile.call.problem.k.shape[3]);
  const int64_t stride = scratch.q_stride;
  int64_t row = 0;
  for (; row + 4 <= tile.rows(); row += 4)
    score_rows<T, 4>(run, row == 0 && next.keys > 0 ? next.k : nullptr, scratch.q + row * stride, stride, head_dim, factor,
                     scratch.scores[0] + row * kScoreStride);
  for (; row < tile.rows(); ++row)
    score_rows<T, 1>(run, row == 0 && next.keys > 0 ? next.k : nullptr, scratch.q + row * stride, stride, head_dim, factor,
                     scratch.scores[0] + row * kScoreStride);
}
void score(const Tile& tile, const Run& run, const Run& next, float factor, Scratch& scratch) {
  switch (tile.call.problem.k.type) {
    case RAPT_F16: return score_as<hwy::float16_t>(tile, run, next, factor, scratch);
    case RAPT_BF16: return score_as<hwy::bfloat16_t>(tile, run, next, factor, scratch);
    default: return score_as<float>(tile, run, next, factor, scratch);
  }
}

// Returns true if some row of the tile may not see some key of the run.
bool mask(const Tile& tile, const Run& run, bool adjusted, Scratch& scratch) {
  const int64_t padded = round_up(run.keys, static_cast<int64_t>(kN));
  bool hidden = adjusted || run.unmapped;
  for (int64_t r = 0; r < tile.rows(); ++r) {
    float* s = scratch.scores[0] + r * kScoreStride;
    const KeyRange seen = clip(scratch.visible[r], run.first, run.first + run.keys);
    hidden |= seen.end - seen.begin < run.keys;
    hide_outside(s, run.first, padded, seen);
    if (adjusted) adjust_row(row_adjustment(tile, r), s + (seen.begin - run.first), seen.begin, seen.end - seen.begin);
    if (run.unmapped) hide_unmapped(tile, s, run.first, seen);
  }
  return hidden;
}

// o_r[d ..] = rescale_r * o_r + sum_j p_rj v_j[d ..] for kQueries rows and kWide vectors of columns.
template <class T, size_t kQueries, size_t kWide>
void accumulate_columns(const Run& run, const char* const* ahead, const float* p, const float* rescale, size_t d, size_t left, float* o,
                        int64_t o_stride) {
  Vec sum[kQueries][kWide];
  for (size_t r = 0; r < kQueries; ++r)
    for (size_t w = 0; w < kWide; ++w)
      sum[r][w] = hn::Mul(hn::Set(kLanes, rescale[r]), hn::LoadU(kLanes, o + static_cast<int64_t>(r) * o_stride + d + w * kN));
  for (int64_t j = 0; j < run.keys; ++j) {
    const T* v = reinterpret_cast<const T*>(run.v[j]) + d;
    if (ahead != nullptr) prefetch_row(ahead[j] + d * sizeof(T), kWide * kN * sizeof(T));
    Vec columns[kWide];
    for (size_t w = 0; w < kWide; ++w) columns[w] = kWide > 1 || left >= kN ? load(v + w * kN) : load_first(v, left);
    for (size_t r = 0; r < kQueries; ++r) {
      const Vec weight = hn::Set(kLanes, p[static_cast<int64_t>(r) * kScoreStride + j]);
      for (size_t w = 0; w < kWide; ++w) sum[r][w] = hn::MulAdd(weight, columns[w], sum[r][w]);
    }
  }
  for (size_t r = 0; r < kQueries; ++r)
    for (size_t w = 0; w < kWide; ++w) hn::StoreU(sum[r][w], kLanes, o + static_cast<int64_t>(r) * o_stride + d + w * kN);
}

template <class T, size_t kQueries>
void accumulate_rows(const Run& run, const char* const* ahead, const float* p, const float* rescale, size_t head_dim_v, float* o,
                     int64_t o_stride) {
  constexpr size_t kWide = kQueries == 1 ? 8 : kRows / 3;  // 8 accumulators on 16 registers, 16 on 32
  size_t d = 0;
  for (; d + kWide * kN <= head_dim_v; d += kWide * kN) accumulate_columns<T, kQueries, kWide>(run, ahead, p, rescale, d, kN, o, o_stride);
  for (; d < head_dim_v; d += kN) accumulate_columns<T, kQueries, 1>(run, ahead, p, rescale, d, head_dim_v - d, o, o_stride);
}

// Hidden keys are stepped around, row by row: their values may be NaN or inf, which a weight of 0 does not silence.
template <class T>
void accumulate_around_hidden(const Run& run, const float* p, float rescale, size_t head_dim_v, float* o) {
  for (size_t d = 0; d < head_dim_v; d += kN) {
    const size_t left = head_dim_v - d;
    Vec sum = hn::Mul(hn::Set(kLanes, rescale), hn::LoadU(kLanes, o + d));
    for (int64_t j = 0; j < run.keys; ++j) {
      if (is_hidden_weight(p[j])) continue;
      const T* v = reinterpret_cast<const T*>(run.v[j]) + d;
      sum = hn::MulAdd(hn::Set(kLanes, p[j]), left >= kN ? load(v) : load_first(v, left), sum);
    }
    hn::StoreU(sum, kLanes, o + d);
  }
}

template <class T>
bool all_finite(const Run& run, size_t head_dim_v) {  // x * 0 is NaN otherwise
  Vec check = hn::Zero(kLanes);
  for (int64_t j = 0; j < run.keys; ++j) {
    const T* v = reinterpret_cast<const T*>(run.v[j]);
    for (size_t d = 0; d < head_dim_v; d += kN)
      check = hn::MulAdd(head_dim_v - d >= kN ? load(v + d) : load_first(v + d, head_dim_v - d), hn::Zero(kLanes), check);
  }
  const float sum = hn::GetLane(hn::SumOfLanes(kLanes, check));
  return sum == sum;
}

template <class T>
void accumulate_as(const Tile& tile, const Run& run, const Run& next, bool hidden, const float* rescale, Scratch& scratch) {
  const size_t head_dim_v = static_cast<size_t>(tile.call.problem.v.shape[3]);
  const int64_t stride = scratch.o_stride;
  const bool around = hidden && !all_finite<T>(run, head_dim_v);
  for (int64_t row = 0; row < tile.rows();) {
    const float* p = scratch.scores[0] + row * kScoreStride;
    float* o = scratch.o + row * stride;
    const char* const* ahead = row == 0 && next.keys > 0 ? next.v : nullptr;
    if (around) {
      accumulate_around_hidden<T>(run, p, rescale[row], head_dim_v, o);
      row += 1;
    } else if (row + 4 <= tile.rows()) {
      accumulate_rows<T, 4>(run, ahead, p, rescale + row, head_dim_v, o, stride);
      row += 4;
    } else {
      accumulate_rows<T, 1>(run, ahead, p, rescale + row, head_dim_v, o, stride);
      row += 1;
    }
  }
}
void accumulate(const Tile& tile, const Run& run, const Run& next, bool hidden, const float* rescale, Scratch& scratch) {
  switch (tile.call.problem.v.type) {
    case RAPT_F16: return accumulate_as<hwy::float16_t>(tile, run, next, hidden, rescale, scratch);
    case RAPT_BF16: return accumulate_as<hwy::bfloat16_t>(tile, run, next, hidden, rescale, scratch);
    default: return accumulate_as<float>(tile, run, next, hidden, rescale, scratch);
  }
}

}  // namespace

void decode(const Tile& tile, Scratch& scratch) {
  const bool nats = scores_are_nats(tile.call.problem);
  const float factor = score_factor(tile.call.problem);
  const size_t head_dim = static_cast<size_t>(tile.call.problem.q.shape[3]);
  begin_rows(tile, tile.rows(), scratch);
  for (int64_t row = 0; row < tile.rows(); ++row)  // load
    widen_row_of(tile.call.problem.q.type, query_at(tile, row, 0), head_dim, scratch.q + row * scratch.q_stride);

  const int64_t begin = scratch.visible[0].begin, end = scratch.visible[tile.rows() - 1].end;
  if (begin >= end) return;
  Run run = find_run(tile, scratch.zeros, begin, end);
  for (;;) {
    const int64_t after = run.first + run.keys;
    const Run next = after < end ? find_run(tile, scratch.zeros, after, end) : Run{};
    score(tile, run, next, factor, scratch);             // score
    const bool hidden = mask(tile, run, nats, scratch);  // mask
    Weights w{scratch.scores[0], tile.rows(), round_up(run.keys, static_cast<int64_t>(kN)), scratch.row_sum};
    update_maxima(w, nats, scratch.row_max);  // softmax
    (hidden ? weigh_all<F32Word, true> : weigh_all<F32Word, false>)(w, nats);
    accumulate(tile, run, next, hidden, w.rescale, scratch);  // accumulate
    if (after >= end) return;
    run = next;
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
