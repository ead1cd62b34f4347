// What one block works on: a tile of query rows of one head of one sequence, and the keys that these rows see.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/forward_params.h"
#include "tile/load.h"

namespace rapt::kernels {

SIMT_DEVICE int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }
SIMT_DEVICE int smaller(int a, int b) { return a < b ? a : b; }
SIMT_DEVICE int larger(int a, int b) { return a > b ? a : b; }

// A distance in keys, so that a row plus it fits 32 bits. Beyond kMaxRows all are alike.
SIMT_DEVICE int saturate(int64_t keys) { return keys < -kMaxRows ? -kMaxRows : keys > kMaxRows ? kMaxRows : static_cast<int>(keys); }

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
  int batch;                     // of the sequence among all
  int head, kv_head;             // head: the first of those whose rows share the tile
  int row0;                      // first row of the tile: of its sequence, or of the packed rows of several heads
  int rows;                      // there are; where TMA brings them, none beyond this tile
  int first_offset, end_offset;  // query row i sees keys [first(i), end(i))
  int kv_begin;                  // no row of the tile sees a key before this (of rows of the table that take windows; else 0)
  int kv_end;                    // some row of the tile sees a key below this, none sees one from here on
  int full_begin, full_end;      // every row sees all keys in between (of the first, rows of the table that take windows know)
  int split;                     // which part of the keys this is (whole rows)

  SIMT_DEVICE int first(int row) const { return clamp(row + first_offset, 0, kv.length); }
  SIMT_DEVICE int end(int row) const { return clamp(row + end_offset, 0, kv.length); }
};

// A row of a tile among the query rows.
struct Place {
  int head, row;
};
template <bool kPacks>
SIMT_DEVICE Place place(const ForwardParams& p, const Work& work, int tile_row) {
  const int pack = kPacks ? p.division.pack : 1;
  if (pack == 1) return {work.head, tile_row};
  return {work.head + tile_row % pack, tile_row / pack};
}

// Keys of a sequence in pages, where no lengths are given: its pages are full but for the last.
SIMT_DEVICE int keys_on_pages(const Pages& pages, int batch, int longest) {
  const int64_t count = int64_t{pages.starts[batch + 1]} - pages.starts[batch];
  const int64_t keys = count > 0 ? (count - 1) * pages.size + pages.last_page_len[batch] : 0;
  return keys < 0 ? 0 : keys > longest ? longest : static_cast<int>(keys);
}

SIMT_DEVICE Sequence find_keys(const ForwardParams& p, int batch) {
  if (p.pages.size == 0) return find_sequence(p.kv, p.k.rows, batch);
  if (p.kv.seqlens == nullptr) return {batch, 0, keys_on_pages(p.pages, batch, p.kv.longest)};
  return {batch, 0, clamp(p.kv.seqlens[batch], 0, p.kv.longest)};
}

// The part of the keys that is this block's. Parts meet at multiples of split_keys whatever a tile of rows begins with, so that the bits of
// a row do not depend on its neighbours.
SIMT_DEVICE void take_split(const Division& division, Work& work) {
  const int64_t part = work.kv_begin / division.split_keys + work.split;
  const int64_t begin = part * division.split_keys, end = begin + division.split_keys;
  if (begin > work.kv_begin) work.kv_begin = begin < work.kv_end ? static_cast<int>(begin) : work.kv_end;
  if (end < work.kv_end) work.kv_end = static_cast<int>(end);
}

// Blocks count tiles within a split, splits within a head (or the heads that share tiles), heads within a sequence, sequences: those that
// share K and V run together. A sequence's last tile, which sees most, goes first.
template <int kTileQ, bool kWhole = false, bool kWindow = kWhole, bool kPacks = kWhole>
SIMT_DEVICE Work find_work(const ForwardParams& p) {
  const unsigned pack = kPacks ? static_cast<unsigned>(p.division.pack) : 1, splits = kWhole ? static_cast<unsigned>(p.division.splits) : 1;
  const int tile_rows = kPacks && !kWhole ? p.division.tile_rows : kTileQ;
  const unsigned tiles = static_cast<unsigned>(p.q_tiles), heads = static_cast<unsigned>(p.heads_q) / pack;
  const unsigned tile = tiles - 1 - simt::block().x % tiles, unit = simt::block().x / tiles, shared = unit / splits;
  Work work;
  work.batch = static_cast<int>(shared / heads);
  work.query = find_sequence(p.query, p.q.rows, work.batch);
  work.kv = kWhole ? find_keys(p, work.batch) : find_sequence(p.kv, p.k.rows, work.batch);
  work.head = static_cast<int>(shared % heads * pack);
  work.kv_head = work.head / p.group;
  work.row0 = static_cast<int>(tile) * tile_rows;
  work.rows = work.query.length * static_cast<int>(pack);
  if constexpr (kPacks && !kWhole) work.rows = smaller(work.rows, work.row0 + tile_rows);
  work.split = static_cast<int>(unit % splits);
  const int64_t stands = p.window.bottom_right ? work.kv.length - work.query.length : 0;
  work.first_offset = saturate(stands + p.window.first);
  work.end_offset = saturate(stands + p.window.end);
  const int first = place<kPacks>(p, work, work.row0).row, last = place<kPacks>(p, work, smaller(work.row0 + kTileQ, work.rows) - 1).row;
  work.kv_begin = kWindow ? work.first(first) : 0;
  work.kv_end = work.end(last);
  work.full_begin = kWindow ? work.first(last) : 0;
  work.full_end = work.end(first);
  if constexpr (kWhole) {
    if (splits > 1) take_split(p.division, work);
  }
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
