// What one block works on: a tile of query rows of one head of one sequence, and the keys that these rows see.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/forward_params.h"
#include "tile/load.h"

namespace rapt::kernels {

SIMT_DEVICE int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

struct Sequence {
  int batch;   // index in the tensor's first dimension
  int begin;   // row of the tensor where it begins
  int length;  // rows
};

SIMT_DEVICE Sequence find_sequence(const Lengths& lengths, int rows, int batch) {
  if (lengths.cu_seqlens == nullptr) {
    const int length = lengths.seqlens == nullptr ? rows : clamp(lengths.seqlens[batch], 0, rows);
    return {batch, 0, length < lengths.longest ? length : lengths.longest};
  }
  const int begin = clamp(lengths.cu_seqlens[batch], 0, rows), end = clamp(lengths.cu_seqlens[batch + 1], begin, rows);
  return {0, begin, end - begin < lengths.longest ? end - begin : lengths.longest};
}

struct Work {
  Sequence query, kv;
  int head, kv_head;
  int row0;      // first row of the tile in its sequence
  int offset;    // row i sees keys j <= i + offset
  int kv_end;    // some row of the tile sees a key below this, none sees one from here on
  int full_end;  // every row sees all keys below this

  SIMT_DEVICE int visible(int row) const { return clamp(row + offset + 1, 0, kv.length); }  // row sees keys [0, visible(row))
};

// Blocks count tiles within a head, heads within a sequence, sequences: those that share K and V run together. A sequence's last tile,
// which sees most, goes first.
template <int kTileQ>
SIMT_DEVICE Work find_work(const ForwardParams& p) {
  const unsigned block = simt::block().x, tiles = static_cast<unsigned>(p.q_tiles), heads = static_cast<unsigned>(p.heads_q);
  const int tile = static_cast<int>(tiles - 1 - block % tiles), batch = static_cast<int>(block / tiles / heads);
  Work work;
  work.query = find_sequence(p.query, p.q.rows, batch);
  work.kv = find_sequence(p.kv, p.k.rows, batch);
  work.head = static_cast<int>(block / tiles % heads);
  work.kv_head = work.head / p.group;
  work.row0 = tile * kTileQ;
  work.offset = p.bottom_right ? work.kv.length - work.query.length : p.offset;
  const int rows = work.query.length - work.row0;
  work.kv_end = work.visible(work.row0 + (rows < kTileQ ? rows : kTileQ) - 1);
  work.full_end = work.visible(work.row0);
  return work;
}

// Element (row, 0) of a sequence's head.
template <class T>
SIMT_DEVICE const T* address(const Operand& x, const Sequence& sequence, int head, int row) {
  return static_cast<const T*>(x.data) + sequence.batch * x.batch_stride + head * x.head_stride +
         (int64_t{sequence.begin} + row) * x.row_stride;
}

// Rows [0, rows) of a sequence's head.
template <class T>
SIMT_DEVICE GlobalRows<T> rows_of(const Operand& x, const Sequence& sequence, int head, int rows, int cols) {
  return {address<T>(x, sequence, head, 0), x.row_stride, rows, cols, x.aligned != 0};
}

}  // namespace rapt::kernels
