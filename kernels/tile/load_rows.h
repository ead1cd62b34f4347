// Rows that begin anywhere in global memory to a shared tile, by every thread of a block.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/shared_tile.h"

namespace rapt::kernels {

// kPanels panels of kWidth chunks a row, the first of which is chunk c0. kWidth neighbouring threads copy a row of all of them.
template <int kThreads, int kPanels, int kWidth, class T, int kRows, int kCols, class RowAt>
SIMT_DEVICE void load_panels_of_rows(SharedTile<T, kRows, kCols>& to, int cols, int c0, const RowAt& row_at) {
  constexpr int kChunkCols = Chunk<T>::kCols, kStep = kThreads / kWidth;  // rows that the threads cover in one go
  const auto thread = static_cast<unsigned>(simt::thread());
  const int c = c0 + static_cast<int>(thread % kWidth), first = static_cast<int>(thread / kWidth);
  for (int row = first; row < kRows; row += kStep) {  // rolled: its addresses would crowd out O
    const T* source = row_at(row);
    SIMT_UNROLL
    for (int panel = 0; panel < kPanels; ++panel) {
      const int at = c + panel * kWidth;
      const bool valid = source != nullptr && at * kChunkCols < cols;
      simt::cp_async_16(to.chunk(row, at), valid ? source + at * kChunkCols : source, valid);
    }
  }
}

// Row `row` of the tile is the `cols` elements from row_at(row); nullptr, and what lies behind the last column, reads as zero. chunked:
// every row begins at a multiple of 16 bytes and has a whole number of chunks; then it is asynchronous (load.h), else done on return.
template <int kThreads, class T, int kRows, int kCols, class RowAt>
SIMT_DEVICE void load_rows_async(SharedTile<T, kRows, kCols>& to, int cols, bool chunked, const RowAt& row_at) {
  using Tile = SharedTile<T, kRows, kCols>;
  if (chunked) {
    if constexpr (Tile::kPanels > 0) load_panels_of_rows<kThreads, Tile::kPanels, 8>(to, cols, 0, row_at);
    if constexpr (Tile::kTail > 0) load_panels_of_rows<kThreads, 1, Tile::kTail>(to, cols, 8 * Tile::kPanels, row_at);
    return;
  }
  for (unsigned i = static_cast<unsigned>(simt::thread()); i < kRows * kCols; i += kThreads) {
    const int row = static_cast<int>(i / kCols), col = static_cast<int>(i % kCols);
    const T* source = row_at(row);
    to.chunk(row, col / Tile::kChunkCols)[col % Tile::kChunkCols] = source != nullptr && col < cols ? source[col] : T{0};
  }
}

}  // namespace rapt::kernels
