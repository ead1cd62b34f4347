// Rows that begin anywhere in global memory to a shared tile, by every thread of a block.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/shared_tile.h"

namespace rapt::kernels {

// Row `row` of the tile is the `cols` elements from row_at(row); nullptr, and what lies behind the last column, reads as zero. chunked:
// every row begins at a multiple of 16 bytes and has a whole number of chunks; then it is asynchronous (load.h), else done on return.
template <int kThreads, class T, int kRows, int kCols, class RowAt>
SIMT_DEVICE void load_rows_async(SharedTile<T, kRows, kCols>& to, int cols, bool chunked, const RowAt& row_at) {
  using Tile = SharedTile<T, kRows, kCols>;
  const auto thread = static_cast<unsigned>(simt::thread());
  if (chunked) {
    for (unsigned i = thread; i < kRows * Tile::kChunks; i += kThreads) {  // rolled: its addresses would crowd out O
      const int row = static_cast<int>(i / Tile::kChunks), c = static_cast<int>(i % Tile::kChunks);
      const T* source = row_at(row);
      const bool valid = source != nullptr && c * Tile::kChunkCols < cols;
      simt::cp_async_16(to.chunk(row, c), valid ? source + c * Tile::kChunkCols : source, valid);
    }
    return;
  }
  for (unsigned i = thread; i < kRows * kCols; i += kThreads) {
    const int row = static_cast<int>(i / kCols), col = static_cast<int>(i % kCols);
    const T* source = row_at(row);
    to.chunk(row, col / Tile::kChunkCols)[col % Tile::kChunkCols] = source != nullptr && col < cols ? source[col] : T{0};
  }
}

}  // namespace rapt::kernels
