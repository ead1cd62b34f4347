// What a lane holds of a matrix that is spread over the registers of its warp.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::kernels {

// 16 rows x kCols of f32 sums, as mma.sync and (a warp of it) wgmma leave them: a lane owns two rows, its upper and its lower one, and of
// every 8 columns two neighbours. Element i of a lane is at row lane / 4 + 8 half(i), column col(i).
template <int kCols_>
struct Accumulator {
  static constexpr int kCols = kCols_, kSize = kCols / 2;
  float v[kSize];

  SIMT_DEVICE static constexpr int half(int i) { return (i >> 1) & 1; }
  SIMT_DEVICE static int row(int half) { return (simt::lane() >> 2) + 8 * half; }
  SIMT_DEVICE static int col(int i) { return (i >> 2) * 8 + (simt::lane() & 3) * 2 + (i & 1); }

  SIMT_DEVICE void zero() {
    SIMT_UNROLL
    for (int i = 0; i < kSize; ++i) v[i] = 0.0f;
  }
  SIMT_DEVICE float (&tile(int n))[4] { return reinterpret_cast<float(&)[4]>(v[4 * n]); }  // of 8 columns, as mma.sync takes it
};

// 16 rows x kCols of a left operand in 16 bits: four registers for each 16 columns. Two neighbouring tiles of an accumulator are laid out
// as 16 columns of an operand, so P never leaves the registers (PTX ISA 9.7.14.5.8).
template <class T, int kCols>
struct OperandA {
  static constexpr int kSteps = kCols / 16;
  uint32_t v[kSteps][4];

  SIMT_DEVICE void pack(const Accumulator<kCols>& p) {  // rounds
    SIMT_UNROLL
    for (int k = 0; k < kSteps; ++k) {
      SIMT_UNROLL
      for (int i = 0; i < 4; ++i) v[k][i] = simt::pack2<T>(p.v[8 * k + 2 * i], p.v[8 * k + 2 * i + 1]);
    }
  }
};

// The same in f32: four registers for each 8 columns. A lane holds columns 2 t and 2 t + 1 where an operand has t and t + 4; a sum over
// columns in another order is the same sum, if the right operand keeps to that order.
template <int kCols>
struct OperandA<float, kCols> {
  static constexpr int kSteps = kCols / 8;
  uint32_t v[kSteps][4];

  SIMT_DEVICE void pack(const Accumulator<kCols>& p) {
    SIMT_UNROLL
    for (int k = 0; k < kSteps; ++k) {
      SIMT_UNROLL
      for (int i = 0; i < 4; ++i) v[k][i] = simt::bits(p.v[4 * k + 2 * (i & 1) + (i >> 1)]);
    }
  }
};

}  // namespace rapt::kernels
