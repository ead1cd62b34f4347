// The running softmax of a lane's two rows. Scores are those of Q K^T; the scale joins in the exponent.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/fragment.h"

namespace rapt::kernels {

constexpr float kInfinity = __builtin_inff();

//   m' = max(m, max_j s_j)   l' = l 2^((m - m') c) + sum_j 2^((s_j - m') c)   o' = o 2^((m - m') c)
// with c = scale log2(e) > 0                                              (Milakov and Gimelshein 2018, algorithm 3)
struct OnlineSoftmax {
  float row_max[2];  // m, in units of s: -inf before the first key that a row sees
  float row_sum[2];  // l over this lane's columns; whole after finish()

  SIMT_DEVICE void reset() {
    row_max[0] = row_max[1] = -kInfinity;
    row_sum[0] = row_sum[1] = 0.0f;
  }

  // A logit that joins the sum and nothing else, in units of s, before the first key; c is 1.
  SIMT_DEVICE void add_sink(int h, float logit) {
    row_max[h] = logit;
    row_sum[h] = simt::lane() % 4 == 0 && logit != -kInfinity ? 1.0f : 0.0f;
  }

  // A row without a key has no shift: 2^(-inf - 0) = 0, where 2^(-inf + inf) would be NaN.
  SIMT_DEVICE static float shift(float m, float c) { return m == -kInfinity ? 0.0f : m * c; }

  // Scores become probabilities before the division by l; o shrinks to the new maximum.
  template <int kN, int kD>
  SIMT_DEVICE void update(Accumulator<kN>& s, Accumulator<kD>& o, float c) {
    float m[2] = {row_max[0], row_max[1]}, base[2], shrink[2], sum[2] = {0.0f, 0.0f};  // of this tile: short sums round less
    SIMT_UNROLL
    for (int i = 0; i < s.kSize; ++i) m[s.half(i)] = simt::max(m[s.half(i)], s.v[i]);
    SIMT_UNROLL
    for (int h = 0; h < 2; ++h) {  // a row lies in four neighbouring lanes
      m[h] = simt::max(m[h], simt::shfl_xor(m[h], 1));
      m[h] = simt::max(m[h], simt::shfl_xor(m[h], 2));
      base[h] = shift(m[h], c);
      shrink[h] = m[h] == row_max[h] ? 1.0f : simt::exp2(simt::fma(row_max[h], c, -base[h]));  // 1, or each tile rounds
      row_max[h] = m[h];
      row_sum[h] *= shrink[h];
    }
    SIMT_UNROLL
    for (int i = 0; i < s.kSize; ++i) {
      s.v[i] = simt::exp2(simt::fma(s.v[i], c, -base[s.half(i)]));
      sum[s.half(i)] += s.v[i];
    }
    SIMT_UNROLL
    for (int h = 0; h < 2; ++h) row_sum[h] += sum[h];
    SIMT_UNROLL
    for (int i = 0; i < o.kSize; ++i) o.v[i] *= shrink[o.half(i)];
  }

  // Sums the row over its lanes and divides o by it: a row that saw nothing stays zero.
  template <int kD>
  SIMT_DEVICE void finish(Accumulator<kD>& o) {
    float inverse[2];
    SIMT_UNROLL
    for (int h = 0; h < 2; ++h) {
      row_sum[h] += simt::shfl_xor(row_sum[h], 1);
      row_sum[h] += simt::shfl_xor(row_sum[h], 2);
      inverse[h] = row_sum[h] == 0.0f ? 0.0f : 1.0f / row_sum[h];
    }
    SIMT_UNROLL
    for (int i = 0; i < o.kSize; ++i) o.v[i] *= inverse[o.half(i)];
  }

  // log2 of the sum of 2^(c s), after finish(); -inf for a row that saw nothing.
  SIMT_DEVICE float log2_sum(int h, float c) const { return shift(row_max[h], c) + simt::log2(row_sum[h]); }
};

// x - x is 0 for what is finite and NaN for what is not.
SIMT_DEVICE bool is_finite(float x) { return !simt::is_nan(x - x); }

}  // namespace rapt::kernels
