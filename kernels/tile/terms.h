// What the tensor cores of sm_80 multiply in one step, 32 bytes of a row at a time: 16 elements of 16 bits, or 8 of f32.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::kernels {

// 16 rows of a left operand; 8 columns of a right one; d += left right.
template <class T>
struct Left {
  uint32_t v[4];
  Left() = default;
  SIMT_DEVICE explicit Left(const uint32_t (&raw)[4]) : v{raw[0], raw[1], raw[2], raw[3]} {}
};
template <class T>
struct Right {
  uint32_t v[2];
  SIMT_DEVICE Right(uint32_t b0, uint32_t b1) : v{b0, b1} {}
};
template <class T>
SIMT_DEVICE void multiply(float (&d)[4], const Left<T>& a, const Right<T>& b) {
  simt::mma_m16n8k16<T>(d, a.v, b.v[0], b.v[1]);
}

// An f32 as the sum of two tf32 of 11 bits each: high is x to the nearest, low what is missing, to the nearest; 2^-24 of x remains, or
// half that. NaN and infinity have a low term of NaN, as have numbers that round to infinity, from 2^128 (1 - 2^-12) on.
struct Terms {
  uint32_t high, low;
  Terms() = default;
  SIMT_DEVICE explicit Terms(float x) : high(simt::to_tf32(x)), low(simt::to_tf32(x - simt::from_bits(high))) {}
};

template <>
struct Left<float> {
  uint32_t high[4], low[4];
  Left() = default;
  SIMT_DEVICE explicit Left(const uint32_t (&raw)[4]) {
    SIMT_UNROLL
    for (int i = 0; i < 4; ++i) {
      const Terms terms(simt::from_bits(raw[i]));
      high[i] = terms.high, low[i] = terms.low;
    }
  }
};
template <>
struct Right<float> {
  Terms v[2];
  SIMT_DEVICE Right(uint32_t b0, uint32_t b1) : v{Terms(simt::from_bits(b0)), Terms(simt::from_bits(b1))} {}
};

// a b without low a low b, which is at most 2^-22 of it and of either sign. The small products come first. Tensor cores cut their sums off
// where they should round, which would add up over a long row: so a step's sum is added outside, to the nearest (Ootomo and Yokota 2022).
SIMT_DEVICE void multiply(float (&d)[4], const Left<float>& a, const Right<float>& b) {
  float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
  simt::mma_m16n8k8_tf32(sum, a.low, b.v[0].high, b.v[1].high);
  simt::mma_m16n8k8_tf32(sum, a.high, b.v[0].low, b.v[1].low);
  simt::mma_m16n8k8_tf32(sum, a.high, b.v[0].high, b.v[1].high);
  SIMT_UNROLL
  for (int i = 0; i < 4; ++i) d[i] += sum[i];
}

}  // namespace rapt::kernels
