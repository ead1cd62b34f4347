// Rows of a matrix in global memory to a shared tile, by every thread of a block. What lies outside the matrix reads as zero.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tile/shared_tile.h"

namespace rapt::kernels {

// One head of one sequence: row i begins row_stride elements after row i - 1.
template <class T>
struct GlobalRows {
  const T* data;
  int64_t row_stride;
  int rows, cols;
  bool chunked;  // every row begins at a multiple of 16 bytes and has a whole number of chunks
};

// For strides that no wide access takes: one element at a time, and done on return.
template <int kThreads, class T, int kRows, int kCols>
SIMT_DEVICE void load_elements(SharedTile<T, kRows, kCols>& to, const GlobalRows<T>& from, int row0) {
  constexpr int kChunkCols = Chunk<T>::kCols;
  for (unsigned i = static_cast<unsigned>(simt::thread()); i < kRows * kCols; i += kThreads) {
    const int row = static_cast<int>(i / kCols), col = static_cast<int>(i % kCols);
    const bool valid = row0 + row < from.rows && col < from.cols;
    to.chunk(row, col / kChunkCols)[col % kChunkCols] = valid ? from.data[(int64_t{row0} + row) * from.row_stride + col] : T{0};
  }
}

// kPanels panels of kWidth chunks a row, the first of which is chunk c0. kWidth neighbouring threads copy a row of all of them.
template <int kThreads, int kPanels, int kWidth, class T, int kRows, int kCols>
SIMT_DEVICE void load_panels(SharedTile<T, kRows, kCols>& to, const GlobalRows<T>& from, int row0, int c0) {
  using Tile = SharedTile<T, kRows, kCols>;
  constexpr int kStep = kThreads / kWidth;  // rows that the threads cover in one go
  const auto thread = static_cast<unsigned>(simt::thread());
  const int c = c0 + static_cast<int>(thread % kWidth), first = static_cast<int>(thread / kWidth);
  const T* source = from.data + (int64_t{row0} + first) * from.row_stride + c * Tile::kChunkCols;
  for (int row = first; row < kRows; row += kStep, source += kStep * from.row_stride) {  // rolled: its addresses would crowd out O
    SIMT_UNROLL
    for (int panel = 0; panel < kPanels; ++panel) {
      const int at = c + panel * kWidth;
      const bool valid = row0 + row < from.rows && at * Tile::kChunkCols < from.cols;
      simt::cp_async_16(to.chunk(row, at), valid ? source + panel * kWidth * Tile::kChunkCols : from.data, valid);
    }
  }
}

// Rows [row0, row0 + kRows), asynchronously where the strides allow: wait for the cp.async group and meet at a barrier before reading.
template <int kThreads, class T, int kRows, int kCols>
SIMT_DEVICE void load_async(SharedTile<T, kRows, kCols>& to, const GlobalRows<T>& from, int row0) {
  using Tile = SharedTile<T, kRows, kCols>;
  if (!from.chunked) return load_elements<kThreads>(to, from, row0);
  if constexpr (Tile::kPanels > 0) load_panels<kThreads, Tile::kPanels, 8>(to, from, row0, 0);
  if constexpr (Tile::kTail > 0) load_panels<kThreads, 1, Tile::kTail>(to, from, row0, 8 * Tile::kPanels);
}

// Zeros to all rows from row0 on, by one of kThreads threads, of which the caller is number `thread`.
template <int kThreads, class T, int kRows, int kCols>
SIMT_DEVICE void clear_rows(SharedTile<T, kRows, kCols>& tile, int row0, int thread) {
  using Tile = SharedTile<T, kRows, kCols>;
  for (int i = thread; i < (kRows - row0) * Tile::kChunks; i += kThreads)
    *reinterpret_cast<Chunk<T>*>(tile.chunk(row0 + i / Tile::kChunks, i % Tile::kChunks)) = {};
}

// Every element of `rows` rows of the tile by one of kThreads threads, of which the caller is number `thread`. change(row, element).
template <int kThreads, class T, int kRows, int kCols, class Change>
SIMT_DEVICE void for_each_element(SharedTile<T, kRows, kCols>& tile, int row0, int rows, int thread, const Change& change) {
  using Tile = SharedTile<T, kRows, kCols>;
  for (int i = thread; i < rows * Tile::kChunks; i += kThreads) {
    const int row = row0 + i / Tile::kChunks;
    auto* place = reinterpret_cast<Chunk<T>*>(tile.chunk(row, i % Tile::kChunks));
    Chunk<T> chunk = *place;
    SIMT_UNROLL
    for (int e = 0; e < Tile::kChunkCols; ++e) chunk.element[e] = change(row, chunk.element[e]);
    *place = chunk;
  }
}

}  // namespace rapt::kernels
