// A matrix tile in shared memory, in the one layout that ldmatrix, wgmma and TMA all like.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::kernels {

SIMT_HOST_DEVICE constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

// A chunk as it is moved: 16 bytes.
template <class T>
struct alignas(16) Chunk {
  static constexpr int kCols = 16 / sizeof(T);
  T element[kCols];
};

// kRows x kCols elements in panels of 8 chunks a row, [panel][row][chunk], and what remains in a last panel of 2 or 4. Within a panel
// chunks are swizzled so that the eight rows which ldmatrix reads at a time fall in eight different bank groups. It is also what TMA
// writes and wgmma reads with a swizzle of the panel's 128, 64 or 32 bytes (PTX ISA 5.5.5, 9.7.15.5.1); they XOR address bits, hence the
// alignment.
template <class T, int kRows_, int kCols_>
struct alignas(1024) SharedTile {
  using Element = T;
  static constexpr int kRows = kRows_, kCols = kCols_;
  static constexpr int kChunkCols = Chunk<T>::kCols, kChunks = kCols / kChunkCols;  // of a row
  static constexpr int kPanels = kChunks / 8, kPanelCols = 8 * kChunkCols, kPanelBytes = kRows * 128;
  static constexpr int kTail = kChunks % 8;  // chunks of a row in the last, narrower panel; 0: there is none
  static constexpr int kBytes = kRows * kCols * static_cast<int>(sizeof(T));
  static_assert(kRows % 8 == 0 && kCols % kChunkCols == 0 && (kTail == 0 || kTail == 2 || kTail == 4));

  T data[kRows * kCols];

  // Elements from the begin of the tile to chunk c of a row.
  SIMT_HOST_DEVICE static constexpr int offset(int row, int c) {
    if (kTail == 0 || c < 8 * kPanels) return (c >> 3) * kRows * kPanelCols + place<8>(row, c & 7);
    return kPanels * kRows * kPanelCols + place < kTail == 0 ? 8 : kTail > (row, c & 7);
  }
  SIMT_DEVICE T* chunk(int row, int c) { return data + offset(row, c); }
  SIMT_DEVICE const T* chunk(int row, int c) const { return data + offset(row, c); }
  SIMT_DEVICE T* panel(int index) { return data + index * kRows * kPanelCols; }

 private:
  // The same in a panel of kWidth chunks a row: every 128 bytes are another turn. Bits, not quotients: what is known of lanes stays known
  // to the compiler.
  template <int kWidth>
  SIMT_HOST_DEVICE static constexpr int place(int row, int c) {
    return (row * kWidth + (c ^ ((row * kWidth >> 3) & (kWidth - 1)))) * kChunkCols;
  }
};

}  // namespace rapt::kernels
