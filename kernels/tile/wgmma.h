// Products of tiles on the tensor cores of sm_90a: a warpgroup owns 64 rows, each of its warps 16. Asynchronous: commit and wait are the
// caller's, and until then nobody may touch d, p or the tiles.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/fragment.h"
#include "tile/shared_tile.h"

namespace rapt::kernels {

// The descriptor of what lies `bytes` further on. Addresses are below 2^18 bytes: the low word never overflows.
SIMT_DEVICE uint64_t advance(uint64_t descriptor, uint32_t bytes) {
  const uint32_t low = static_cast<uint32_t>(descriptor) + (bytes >> 4);
  return (descriptor >> 32) << 32 | low;
}

// Rows from row0 (a multiple of 8) of a (row, k) tile as an operand whose k is contiguous: groups of 8 rows are 1024 bytes apart.
template <class T, int kRows, int kCols>
SIMT_DEVICE uint64_t k_major(const SharedTile<T, kRows, kCols>& tile, int row0) {
  return simt::wgmma_descriptor(simt::shared_address(tile.data) + row0 * 128, 16, 1024, simt::Swizzle::b128);
}

// A (k, n) tile as an operand whose n is contiguous: panels of 64 columns, groups of 8 k 1024 bytes apart.
template <class T, int kRows, int kCols>
SIMT_DEVICE uint64_t n_major(const SharedTile<T, kRows, kCols>& tile) {
  return simt::wgmma_descriptor(simt::shared_address(tile.data), SharedTile<T, kRows, kCols>::kPanelBytes, 1024, simt::Swizzle::b128);
}

// d = a b^T. a: 64 rows from row0 of (row, k); b: (n, k).
template <class T, int kN, int kK, int kRowsA>
SIMT_DEVICE void wgmma_abt(Accumulator<kN>& d, const SharedTile<T, kRowsA, kK>& a, int row0, const SharedTile<T, kN, kK>& b) {
  const uint64_t a0 = k_major(a, row0), b0 = k_major(b, 0);
  SIMT_UNROLL
  for (int k = 0; k < kK / 16; ++k) {  // 16 k are 32 bytes of a panel's row
    const uint32_t a_at = k / 4 * kRowsA * 128 + k % 4 * 32, b_at = k / 4 * kN * 128 + k % 4 * 32;
    simt::wgmma_ss<T, kN, false>(d.v, advance(a0, a_at), advance(b0, b_at), k > 0);
  }
}

// d += p b. p: 64 rows in registers, already in T; b: (k, n).
template <class T, int kN, int kK>
SIMT_DEVICE void wgmma_ab(Accumulator<kN>& d, const OperandA<T, kK>& p, const SharedTile<T, kK, kN>& b) {
  const uint64_t b0 = n_major(b);
  SIMT_UNROLL
  for (int k = 0; k < kK / 16; ++k) simt::wgmma_rs<T, kN, true>(d.v, p.v[k], advance(b0, k * 16 * 128), true);
}

}  // namespace rapt::kernels
