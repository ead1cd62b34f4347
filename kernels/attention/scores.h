// What happens to scores between Q K^T and softmax: softcap, bias, ALiBi, and who may see what. Softcap apart, in whole rows of the table
// alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/online_softmax.h"
#include "attention/work.h"

namespace rapt::kernels {

constexpr float kLog2e = 1.44269504f;

// softcap log2(e) tanh(scale s / softcap), with an error of a few units of the last place of scale s itself. Near 0 the odd polynomial
// tanh y = y + y^3 P(y^2), fitted at Chebyshev nodes, relative error 2^-25; it holds for a softcap that dwarfs every score.
SIMT_DEVICE float cap(float s, const ScoreTerms& terms) {
  const float x = s * terms.scale_log2, y = s * terms.scale_over_cap, z = y * y;
  float series = -0.00609671418f;
  series = simt::fma(series, z, 0.0209971797f);
  series = simt::fma(series, z, -0.0538509078f);
  series = simt::fma(series, z, 0.133327693f);
  series = simt::fma(series, z, -0.333333284f);
  const float far = terms.softcap_log2 - 2.0f * terms.softcap_log2 * simt::rcp(simt::exp2(2.0f * kLog2e * y) + 1.0f);
  return z < 0.390625f ? simt::fma(x * z, series, x) : far;
}

template <int kN>
SIMT_DEVICE void cap(Accumulator<kN>& s, const ScoreTerms& terms) {
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i) s.v[i] = cap(s.v[i], terms);
}

// Where a row's elements of a pair tensor begin, key 0.
SIMT_DEVICE int64_t row_offset(const PairTensor& t, const Work& work, const Place& at) {
  return work.batch * t.batch_stride + at.head * t.head_stride + at.row * t.row_stride;
}

SIMT_DEVICE float bias_at(const ScoreTerms& terms, int64_t offset) {
  if (terms.bias_type == BiasType::f32) return static_cast<const float*>(terms.bias.data)[offset];
  if (terms.bias_type == BiasType::f16) return simt::to_float(static_cast<const simt::f16*>(terms.bias.data)[offset]);
  return simt::to_float(static_cast<const simt::bf16*>(terms.bias.data)[offset]);
}

// Is a key within the row's window hidden by the mask or by a bias of -inf?
SIMT_DEVICE bool hidden(const ScoreTerms& terms, const Work& work, const Place& at, int key) {
  const PairTensor &mask = terms.mask, &bias = terms.bias;
  if (mask.data != nullptr && static_cast<const uint8_t*>(mask.data)[row_offset(mask, work, at) + key * mask.key_stride] == 0) return true;
  return bias.data != nullptr && bias_at(terms, row_offset(bias, work, at) + key * bias.key_stride) == -kInfinity;
}

// Scores to units of log2, capped, with ALiBi. 16 rows from tile_row0, keys from col0.
template <int kN>
SIMT_DEVICE void scale_and_shift(Accumulator<kN>& s, const ForwardParams& p, const Work& work, int tile_row0, int col0) {
  const ScoreTerms& terms = p.terms;
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i) s.v[i] = terms.softcap_log2 > 0 ? cap(s.v[i], terms) : s.v[i] * terms.scale_log2;
  if (terms.alibi == nullptr) return;
  const int64_t offset = p.window.bottom_right ? int64_t{work.kv.length} - work.query.length : terms.alibi_offset;
  float slope[2], distance[2];  // of this lane's first column
  SIMT_UNROLL
  for (int h = 0; h < 2; ++h) {
    const Place at = place<true>(p, work, tile_row0 + s.row(h));
    slope[h] = terms.alibi[work.batch * terms.alibi_batch_stride + at.head * terms.alibi_head_stride] * kLog2e;
    distance[h] = static_cast<float>(col0 + s.col(0) - at.row - offset);
  }
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i)
    s.v[i] = simt::fma(slope[s.half(i)], distance[s.half(i)] + static_cast<float>(s.col(i) - s.col(0)), s.v[i]);
}

// Adds the bias, and -inf for what a row does not see, NaN or not. mapped: a bit for each key of the tile. Of bias and mask no more is read
// than the elements of rows that exist and keys of their windows.
template <int kN>
SIMT_DEVICE void bias_and_hide(Accumulator<kN>& s, const ForwardParams& p, const Work& work, int tile_row0, int col0,
                               const uint32_t (&mapped)[kN / 32]) {
  const PairTensor &bias = p.terms.bias, &mask = p.terms.mask;
  int first[2], end[2];                    // columns of the tile
  int64_t bias_offset[2], mask_offset[2];  // of column 0
  SIMT_UNROLL
  for (int h = 0; h < 2; ++h) {
    const int tile_row = tile_row0 + s.row(h);
    const Place at = place<true>(p, work, tile_row);
    first[h] = work.first(at.row) - col0;
    end[h] = tile_row < work.rows ? work.end(at.row) - col0 : 0;
    bias_offset[h] = row_offset(bias, work, at) + col0 * bias.key_stride;
    mask_offset[h] = row_offset(mask, work, at) + col0 * mask.key_stride;
  }
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i) {
    const int h = s.half(i), col = s.col(i);
    bool sees = col >= first[h] && col < end[h] && (mapped[col / 32] >> (col % 32) & 1) != 0;
    if (mask.data != nullptr) sees = sees && static_cast<const uint8_t*>(mask.data)[mask_offset[h] + col * mask.key_stride] != 0;
    if (bias.data != nullptr) {
      const float x = sees ? bias_at(p.terms, bias_offset[h] + col * bias.key_stride) : -kInfinity;
      sees = x != -kInfinity;
      s.v[i] = simt::fma(x, kLog2e, s.v[i]);
    }
    s.v[i] = sees ? s.v[i] : -kInfinity;
  }
}

// All of it, as far as this tile needs it: mostly nothing, and one branch steps over the rest, so that S stays in its registers.
template <int kN>
SIMT_DEVICE void finish_scores(Accumulator<kN>& s, const ForwardParams& p, const Work& work, int tile_row0, int col0,
                               const uint32_t (&mapped)[kN / 32]) {
  bool all = true;  // rows see all keys
  SIMT_UNROLL
  for (int w = 0; w < kN / 32; ++w) all = all && mapped[w] == 0xffffffffu;
  all = all && col0 >= work.full_begin && col0 + kN <= work.full_end && p.terms.bias.data == nullptr && p.terms.mask.data == nullptr;
  if (all && !p.terms.any) return;
  if (p.terms.any) scale_and_shift(s, p, work, tile_row0, col0);
  if (!all) bias_and_hide(s, p, work, tile_row0, col0, mapped);
}

}  // namespace rapt::kernels
