// Products of tiles on the tensor cores of sm_80: a warp owns kBlocks blocks of 16 rows and reads each piece of b once for all of them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/fragment.h"
#include "tile/shared_tile.h"

namespace rapt::kernels {

// A step of a product is 32 bytes of a row: 16 k in 16 bits, 8 in f32.
// Step k of 16 rows from row0 of (row, k) as a left operand.
template <class T, int kRows, int kK>
SIMT_DEVICE void load_left(uint32_t (&a_frag)[4], const SharedTile<T, kRows, kK>& a, int row0, int k) {
  const int lane = simt::lane();
  simt::ldmatrix_x4(a_frag, a.chunk(row0 + (lane & 15), 2 * k + (lane >> 4)));
}

// Step k of 16 rows from row 8 n of (n, k) as a right operand: 16 columns of the product, two registers for each 8.
template <class T, int kN, int kK>
SIMT_DEVICE void load_right(uint32_t (&b_frag)[4], const SharedTile<T, kN, kK>& b, int n, int k) {
  const int lane = simt::lane();
  simt::ldmatrix_x4(b_frag, b.chunk(8 * n + (lane & 7) + ((lane >> 4) << 3), 2 * k + ((lane >> 3) & 1)));
}

// d = a b^T. a: rows from row0 of (row, k) in shared memory; b: (n, k) in shared memory. Zeros in their last columns are multiplied too:
// nobody asks how many columns there are.
template <int kBlocks, class T, int kN, int kK, int kRowsA>
SIMT_DEVICE void mma_abt(Accumulator<kN> (&d)[kBlocks], const SharedTile<T, kRowsA, kK>& a, int row0, const SharedTile<T, kN, kK>& b, int) {
  SIMT_UNROLL
  for (int i = 0; i < kBlocks; ++i) d[i].zero();
  SIMT_UNROLL
  for (int k = 0; k < kK / 16; ++k) {
    uint32_t a_frag[kBlocks][4], b_frag[4];
    SIMT_UNROLL
    for (int i = 0; i < kBlocks; ++i) load_left(a_frag[i], a, row0 + 16 * i, k);
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2) {
      load_right(b_frag, b, n, k);
      SIMT_UNROLL
      for (int i = 0; i < kBlocks; ++i) {
        simt::mma_m16n8k16<T>(d[i].tile(n), a_frag[i], b_frag[0], b_frag[1]);
        simt::mma_m16n8k16<T>(d[i].tile(n + 1), a_frag[i], b_frag[2], b_frag[3]);
      }
    }
  }
}

// d += p b. p: in registers; b: (k, n) in shared memory.
template <int kBlocks, class T, int kN, int kK>
SIMT_DEVICE void mma_ab(Accumulator<kN> (&d)[kBlocks], const OperandA<T, kK> (&p)[kBlocks], const SharedTile<T, kK, kN>& b, int) {
  const int lane = simt::lane();
  SIMT_UNROLL
  for (int k = 0; k < kK / 16; ++k) {
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2) {
      uint32_t b_frag[4];
      simt::ldmatrix_x4_trans(b_frag, b.chunk(16 * k + (lane & 15), n + (lane >> 4)));
      SIMT_UNROLL
      for (int i = 0; i < kBlocks; ++i) {
        simt::mma_m16n8k16<T>(d[i].tile(n), p[i].v[k], b_frag[0], b_frag[1]);
        simt::mma_m16n8k16<T>(d[i].tile(n + 1), p[i].v[k], b_frag[2], b_frag[3]);
      }
    }
  }
}

}  // namespace rapt::kernels
