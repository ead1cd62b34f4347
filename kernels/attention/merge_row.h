// o = sum_s exp(lse_s - lse) o_s with lse = ln sum_s exp(lse_s): one row of queries from the parts that saw disjoint keys, in their order.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/merge_params.h"
#include "attention/online_softmax.h"

namespace rapt::kernels {

SIMT_DEVICE float max_of_lanes(float x) {
  SIMT_UNROLL
  for (int step = 16; step > 0; step /= 2) x = simt::max(x, simt::shfl_xor(x, step));
  return x;
}
SIMT_DEVICE float sum_of_lanes(float x) {
  SIMT_UNROLL
  for (int step = 16; step > 0; step /= 2) x += simt::shfl_xor(x, step);
  return x;
}

// By a warp. Row says how many parts and columns there are, reads lse(s) and o(s, col) of a part, writes o and, with whatever `shift` and
// log2 of the sum of exp(lse_s - shift) make, lse; exp is of the base that its lse have. The result may lie where a part does: a lane reads
// a column of all parts before it writes it, and lse is written when every lane has read it.
template <class Row>
SIMT_DEVICE void merge_row(const Row& row) {
  constexpr int kColumns = 256;  // at a time
  const int lane = simt::lane();

  // Where nothing was seen at all, any finite shift gives 0. A maximum of +inf is lse, and o is NaN, as inf - inf is.
  float max = -kInfinity, sum = 0.0f;
  for (int s = lane; s < row.parts(); s += 32) max = simt::max(max, row.lse(s));
  max = max_of_lanes(max);
  const float shift = max == -kInfinity ? 0.0f : max;
  const auto weight = [&](int s) {
    const float x = row.lse(s);
    return x == shift ? 1.0f : Row::exp(x - shift);
  };
  for (int s = lane; s < row.parts(); s += 32) sum += weight(s);
  sum = sum_of_lanes(sum);
  const float inverse = sum == 0.0f ? 0.0f : max == kInfinity ? max - max : 1.0f / sum;

  for (int64_t col0 = lane; col0 < row.columns(); col0 += kColumns) {
    float total[kColumns / 32] = {};  // of columns col0, col0 + 32, ...
    for (int s = 0; s < row.parts(); ++s) {
      if (row.skips(s)) continue;
      const float w = weight(s);
      const bool vanished = w == 0.0f && row.lse(s) != -kInfinity;  // too small for f32, and no 0 to an infinity
      SIMT_UNROLL
      for (int c = 0; c < kColumns / 32; ++c) {
        if (col0 + 32 * c >= row.columns()) continue;
        const float x = row.o(s, col0 + 32 * c);
        total[c] = simt::fma(vanished && !is_finite(x) ? 1.0f : w, x, total[c]);
      }
    }
    SIMT_UNROLL
    for (int c = 0; c < kColumns / 32; ++c) {
      if (col0 + 32 * c < row.columns()) row.put(col0 + 32 * c, total[c] * inverse);
    }
  }
  simt::sync_warp();
  if (lane == 0) row.put_lse(shift, simt::log2(sum));
}

// An element of memory whose type is known when the kernel runs.
SIMT_DEVICE float load_as(OutputType type, const void* data, int64_t index) {
  if (type == OutputType::f16) return simt::to_float(static_cast<const simt::f16*>(data)[index]);
  if (type == OutputType::bf16) return simt::to_float(static_cast<const simt::bf16*>(data)[index]);
  return static_cast<const float*>(data)[index];
}
SIMT_DEVICE void store_as(OutputType type, void* data, int64_t index, float x) {
  if (type == OutputType::f16) static_cast<simt::f16*>(data)[index] = simt::from_float<simt::f16>(x);
  if (type == OutputType::bf16) static_cast<simt::bf16*>(data)[index] = simt::from_float<simt::bf16>(x);
  if (type == OutputType::f32) static_cast<float*>(data)[index] = x;
}

}  // namespace rapt::kernels
