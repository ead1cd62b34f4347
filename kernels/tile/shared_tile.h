// A matrix tile in shared memory, in the one layout that ldmatrix, wgmma and TMA all like.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::kernels {

SIMT_HOST_DEVICE constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

// kRows x kCols elements of 16 bits in panels of 64 columns: [panel][row][64], 128 bytes a row of a panel. The 16-byte chunk c of a row
// lies at place c ^ (row % 8), so that the eight rows which ldmatrix reads at a time fall in eight different bank groups. It is also what
// TMA writes with a 128-byte swizzle and what wgmma reads with one (PTX ISA 5.5.5, 9.7.15.5.1); both XOR address bits, hence the alignment.
template <class T, int kRows_, int kCols_>
struct alignas(1024) SharedTile {
  static_assert(sizeof(T) == 2 && kRows_ % 8 == 0 && kCols_ % 64 == 0);
  using Element = T;
  static constexpr int kRows = kRows_, kCols = kCols_;
  static constexpr int kPanelCols = 64, kPanels = kCols / kPanelCols, kPanelBytes = kRows * 128;
  static constexpr int kChunkCols = 8, kChunks = kCols / kChunkCols;  // of a row
  static constexpr int kBytes = kRows * kCols * 2;

  T data[kRows * kCols];

  // Elements from the begin of the tile to chunk c of a row. Bits, not quotients: what is known of lanes stays known to the compiler.
  SIMT_HOST_DEVICE static constexpr int offset(int row, int c) {
    return ((c >> 3) * kRows + row) * kPanelCols + ((c & 7) ^ (row & 7)) * kChunkCols;
  }
  SIMT_DEVICE T* chunk(int row, int c) { return data + offset(row, c); }
  SIMT_DEVICE const T* chunk(int row, int c) const { return data + offset(row, c); }
  SIMT_DEVICE T* panel(int index) { return data + index * kRows * kPanelCols; }
};

// A chunk as it is moved: 16 bytes, eight elements.
template <class T>
struct alignas(16) Chunk {
  T element[8];
};

}  // namespace rapt::kernels
