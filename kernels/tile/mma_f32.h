// Products of f32 tiles, on the tensor cores too: three products of tf32 terms for each, which leave an error of about 2^-22 of its size.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/mma.h"

namespace rapt::kernels {

// x as two tf32 of 11 bits: high is x to the nearest; low is what is missing, of which the instruction ignores the last bits, 2^-23 of x at
// most. Of infinity, and of what rounds to it (from 2^128 (1 - 2^-12) on), low is no number.
struct Terms {
  uint32_t high, low;

  Terms() = default;
  SIMT_DEVICE explicit Terms(uint32_t x)
      : high(simt::to_tf32(simt::from_bits(x))), low(simt::bits(simt::from_bits(x) - simt::from_bits(high))) {}
};

// A left operand of kSteps steps.
template <int kSteps>
struct LeftTerms {
  uint32_t high[kSteps][4], low[kSteps][4];

  SIMT_DEVICE void set(int step, const uint32_t (&a_frag)[4]) {
    SIMT_UNROLL
    for (int i = 0; i < 4; ++i) {
      const Terms terms(a_frag[i]);
      high[step][i] = terms.high, low[step][i] = terms.low;
    }
  }
};

// Adds a b to columns 8 n to 8 n + 15 of d, but for low a low b, at most 2^-22 of it. load(b_frag, step): the right operand.
// Tensor cores cut off where they should round, which would bias a long sum: so only kSteps steps are summed there, and added to the
// nearest (Ootomo and Yokota 2022, 3.2). Where a term is infinite `small` is NaN, which min turns into a number: the large sum decides.
template <int kSteps, int kBlocks, int kN, class Load>
SIMT_DEVICE void add_product(Accumulator<kN> (&d)[kBlocks], const LeftTerms<kSteps> (&a)[kBlocks], int n, const Load& load) {
  constexpr float kLargest = 0x1.fffffep127f;
  float large[kBlocks][2][4] = {}, small[kBlocks][2][4] = {};
  SIMT_UNROLL
  for (int step = 0; step < kSteps; ++step) {
    uint32_t b_frag[4];
    load(b_frag, step);
    SIMT_UNROLL
    for (int half = 0; half < 2; ++half) {
      const Terms b0(b_frag[2 * half]), b1(b_frag[2 * half + 1]);
      SIMT_UNROLL
      for (int i = 0; i < kBlocks; ++i) {
        simt::mma_m16n8k8_tf32(small[i][half], a[i].low[step], b0.high, b1.high);
        simt::mma_m16n8k8_tf32(small[i][half], a[i].high[step], b0.low, b1.low);
        simt::mma_m16n8k8_tf32(large[i][half], a[i].high[step], b0.high, b1.high);
      }
    }
  }
  SIMT_UNROLL
  for (int i = 0; i < kBlocks; ++i) {
    SIMT_UNROLL
    for (int e = 0; e < 8; ++e) d[i].tile(n + e / 4)[e % 4] += large[i][e / 4][e % 4] + simt::min(small[i][e / 4][e % 4], kLargest);
  }
}

constexpr int kStepsTogether = 2;

// d = a b^T. a: rows from row0 of (row, k) in shared memory; b: (n, k) in shared memory; both are zero from k = cols on.
template <int kBlocks, int kN, int kK, int kRowsA>
SIMT_DEVICE void mma_abt(Accumulator<kN> (&d)[kBlocks], const SharedTile<float, kRowsA, kK>& a, int row0,
                         const SharedTile<float, kN, kK>& b, int cols) {
  constexpr int kSteps = kStepsTogether;
  static_assert(kK % (8 * kSteps) == 0);
  SIMT_UNROLL
  for (int i = 0; i < kBlocks; ++i) d[i].zero();
  for (int k = 0; 8 * k < cols; k += kSteps) {
    LeftTerms<kSteps> left[kBlocks];
    SIMT_UNROLL
    for (int i = 0; i < kBlocks; ++i) {
      SIMT_UNROLL
      for (int step = 0; step < kSteps; ++step) {
        uint32_t a_frag[4];
        load_left(a_frag, a, row0 + 16 * i, k + step);
        left[i].set(step, a_frag);
      }
    }
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2)
      add_product(d, left, n, [&](uint32_t(&b_frag)[4], int step) { load_right(b_frag, b, n, k + step); });
  }
}

// Step k of columns 8 n to 8 n + 15 of (k, n) as a right operand, in the order of k that OperandA has. Nothing transposes f32: each lane
// picks its elements, and 32 lanes meet 32 banks.
template <int kK, int kN>
SIMT_DEVICE void pick_right(uint32_t (&b_frag)[4], const SharedTile<float, kK, kN>& b, int n, int k) {
  const int lane = simt::lane();
  SIMT_UNROLL
  for (int i = 0; i < 4; ++i) {
    const int row = 8 * k + 2 * (lane & 3) + (i & 1), chunk = 2 * (n + (i >> 1)) + (lane >> 4);
    b_frag[i] = simt::bits(b.chunk(row, chunk)[(lane >> 2) & 3]);
  }
}

// d += p b. p: in registers; b: (k, n) in shared memory, zero from n = cols on.
template <int kBlocks, int kN, int kK>
SIMT_DEVICE void mma_ab(Accumulator<kN> (&d)[kBlocks], const OperandA<float, kK> (&p)[kBlocks], const SharedTile<float, kK, kN>& b,
                        int cols) {
  constexpr int kSteps = kStepsTogether;
  static_assert(kK % (8 * kSteps) == 0);
  SIMT_UNROLL
  for (int k = 0; k < kK / 8; k += kSteps) {
    LeftTerms<kSteps> left[kBlocks];
    SIMT_UNROLL
    for (int i = 0; i < kBlocks; ++i) {
      SIMT_UNROLL
      for (int step = 0; step < kSteps; ++step) left[i].set(step, p[i].v[k + step]);
    }
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2)
      if (8 * n < cols) add_product(d, left, n, [&](uint32_t(&b_frag)[4], int step) { pick_right(b_frag, b, n, k + step); });
  }
}

}  // namespace rapt::kernels
