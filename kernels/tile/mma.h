// Products of tiles on the tensor cores of sm_80: a warp owns kBlocks blocks of 16 rows and reads each piece of b once for all of them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/fragment.h"
#include "tile/shared_tile.h"
#include "tile/terms.h"

namespace rapt::kernels {

// Step k, two chunks of a row, of 16 rows from row0 of (row, k) in shared memory.
template <class T, int kRows, int kK>
SIMT_DEVICE Left<T> load_left(const SharedTile<T, kRows, kK>& a, int row0, int k) {
  const int lane = simt::lane();
  uint32_t raw[4];
  simt::ldmatrix_x4(raw, a.chunk(row0 + (lane & 15), 2 * k + (lane >> 4)));
  return Left<T>(raw);
}

// Step k of columns 8 n to 8 n + 15 of a product, two registers for each 8: rows of (n, k) in shared memory.
template <class T, int kN, int kK>
SIMT_DEVICE void load_right(uint32_t (&raw)[4], const SharedTile<T, kN, kK>& b, int n, int k) {
  const int lane = simt::lane();
  simt::ldmatrix_x4(raw, b.chunk(8 * n + (lane & 7) + ((lane >> 4) << 3), 2 * k + ((lane >> 3) & 1)));
}

// The same from columns of (k, n).
template <class T, int kK, int kN>
SIMT_DEVICE void load_right_trans(uint32_t (&raw)[4], const SharedTile<T, kK, kN>& b, int n, int k) {
  const int lane = simt::lane();
  simt::ldmatrix_x4_trans(raw, b.chunk(16 * k + (lane & 15), n + (lane >> 4)));
}
// Nothing transposes f32: a lane picks its elements, in the order of k that OperandA has too. 32 lanes meet 32 banks.
template <int kK, int kN>
SIMT_DEVICE void load_right_trans(uint32_t (&raw)[4], const SharedTile<float, kK, kN>& b, int n, int k) {
  const int lane = simt::lane();
  SIMT_UNROLL
  for (int i = 0; i < 4; ++i)
    raw[i] = simt::bits(b.chunk(8 * k + 2 * (lane & 3) + (i & 1), 2 * (n + (i >> 1)) + (lane >> 4))[(lane >> 2) & 3]);
}

// d = a b^T. a: rows from row0 of (row, k) in shared memory; b: (n, k) in shared memory.
template <int kBlocks, class T, int kN, int kK, int kRowsA>
SIMT_DEVICE void mma_abt(Accumulator<kN> (&d)[kBlocks], const SharedTile<T, kRowsA, kK>& a, int row0, const SharedTile<T, kN, kK>& b) {
  SIMT_UNROLL
  for (int i = 0; i < kBlocks; ++i) d[i].zero();
  SIMT_UNROLL
  for (int k = 0; k < b.kChunks / 2; ++k) {
    Left<T> left[kBlocks];
    SIMT_UNROLL
    for (int i = 0; i < kBlocks; ++i) left[i] = load_left(a, row0 + 16 * i, k);
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2) {
      uint32_t b_frag[4];
      load_right(b_frag, b, n, k);
      const Right<T> first(b_frag[0], b_frag[1]), second(b_frag[2], b_frag[3]);
      SIMT_UNROLL
      for (int i = 0; i < kBlocks; ++i) {
        multiply(d[i].tile(n), left[i], first);
        multiply(d[i].tile(n + 1), left[i], second);
      }
    }
  }
}

// d += p b. p: in registers; b: (k, n) in shared memory.
template <int kBlocks, class T, int kN, int kK>
SIMT_DEVICE void mma_ab(Accumulator<kN> (&d)[kBlocks], const OperandA<T, kK> (&p)[kBlocks], const SharedTile<T, kK, kN>& b) {
  SIMT_UNROLL
  for (int k = 0; k < p[0].kSteps; ++k) {
    Left<T> left[kBlocks];
    SIMT_UNROLL
    for (int i = 0; i < kBlocks; ++i) left[i] = Left<T>(p[i].v[k]);
    SIMT_UNROLL
    for (int n = 0; n < kN / 8; n += 2) {
      uint32_t b_frag[4];
      load_right_trans(b_frag, b, n, k);
      const Right<T> first(b_frag[0], b_frag[1]), second(b_frag[2], b_frag[3]);
      SIMT_UNROLL
      for (int i = 0; i < kBlocks; ++i) {
        multiply(d[i].tile(n), left[i], first);
        multiply(d[i].tile(n + 1), left[i], second);
      }
    }
  }
}

}  // namespace rapt::kernels
