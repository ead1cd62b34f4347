// o = sum_s 2^(lse_s - lse) o_s with lse = log2 sum_s 2^lse_s: one row of queries from the partial results of its splits, in their order.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/merge_params.h"
#include "attention/online_softmax.h"
#include "attention/work.h"

namespace rapt::kernels {

// A warp takes a row.
struct Merge {
  using Params = MergeParams;
  struct SharedStorage {};
  static constexpr int kArchitecture = 80, kThreads = 128, kMinBlocks = 1, kRows = kThreads / 32, kMaxColumns = 256;

  static SIMT_DEVICE float max_of_lanes(float x) {
    SIMT_UNROLL
    for (int step = 16; step > 0; step /= 2) x = simt::max(x, simt::shfl_xor(x, step));
    return x;
  }
  static SIMT_DEVICE float sum_of_lanes(float x) {
    SIMT_UNROLL
    for (int step = 16; step > 0; step /= 2) x += simt::shfl_xor(x, step);
    return x;
  }

  static SIMT_DEVICE void put(const Params& p, const Sequence& sequence, int head, int row, int col, float x) {
    if (p.o_type == OutputType::f32) const_cast<float*>(address<float>(p.o, sequence, head, row))[col] = x;
    if (p.o_type == OutputType::f16)
      const_cast<simt::f16*>(address<simt::f16>(p.o, sequence, head, row))[col] = simt::from_float<simt::f16>(x);
    if (p.o_type == OutputType::bf16)
      const_cast<simt::bf16*>(address<simt::bf16>(p.o, sequence, head, row))[col] = simt::from_float<simt::bf16>(x);
  }

  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    const int64_t index = int64_t{simt::block().x} * kRows + simt::warp(), longest = p.query.longest;
    if (index >= longest * p.heads * p.sequences) return;
    const int row = static_cast<int>(index % longest), head = static_cast<int>(index / longest % p.heads);
    const Sequence sequence = find_sequence(p.query, p.o.rows, static_cast<int>(index / longest / p.heads));
    if (row >= sequence.length) return;
    const float* o = address<float>(p.o_parts, sequence, head, row);
    const float* lse = address<float>(p.lse_parts, sequence, head, row);
    const int lane = simt::lane();

    // The weight of a split is 2^(lse_s - max). Where nothing was seen at all, any finite shift gives 0; where the maximum is infinite,
    // a part that has it counts whole.
    float max = -kInfinity, sum = 0.0f;
    for (int s = lane; s < p.splits; s += 32) max = simt::max(max, lse[s * p.lse_split_stride]);
    max = max_of_lanes(max);
    const float shift = max == -kInfinity ? 0.0f : max;
    const auto weight = [&](int s) {
      const float x = lse[s * p.lse_split_stride];
      return x == shift ? 1.0f : simt::exp2(x - shift);
    };
    for (int s = lane; s < p.splits; s += 32) sum += weight(s);
    sum = sum_of_lanes(sum);

    float total[kMaxColumns / 32] = {};  // of columns lane, lane + 32, ...
    for (int s = 0; s < p.splits; ++s) {
      const float w = weight(s);
      const bool vanished = w == 0.0f && lse[s * p.lse_split_stride] != -kInfinity;  // too small for f32, and no 0 to an infinity
      const float* part = o + s * p.o_split_stride;
      SIMT_UNROLL
      for (int c = 0; c < kMaxColumns / 32; ++c) {
        if (lane + 32 * c >= p.head_dim_v) continue;
        const float x = part[lane + 32 * c];
        total[c] = simt::fma(vanished && !is_finite(x) ? 1.0f : w, x, total[c]);
      }
    }
    const float inverse = sum == 0.0f ? 0.0f : 1.0f / sum;
    SIMT_UNROLL
    for (int c = 0; c < kMaxColumns / 32; ++c) {
      if (lane + 32 * c < p.head_dim_v) put(p, sequence, head, row, lane + 32 * c, total[c] * inverse);
    }
    if (p.lse.data != nullptr && lane == 0)
      *const_cast<float*>(address<float>(p.lse, sequence, head, row)) = (shift + simt::log2(sum)) * p.lse_unit;
  }
};

}  // namespace rapt::kernels
