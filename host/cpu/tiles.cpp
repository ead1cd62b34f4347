// Where a tile's rows and a unit's keys lie in memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/tiles.h"

#include <algorithm>

namespace rapt::cpu {
namespace {

// A tile's rows of q or o, and keys of a unit; `list` has room for them.
Rows rows_of(const Tile& tile, const rapt_tensor& t, const void* data) {
  const int64_t size = static_cast<int64_t>(rapt_type_size(t.type)), group = tile.call.group();
  const int64_t first = tile.row_begin / group, end = (tile.row_end + group - 1) / group;
  const char* at = static_cast<const char*>(data) + row_offset(t, tile.sequence, tile.head_kv * group, first) * size;
  return {at, t.shape[3] * size, end - first, t.strides[2] * size, group, t.strides[1] * size};
}
Rows keys_of(const Call& call, const Sequence& sequence, int64_t head_kv, KeyRange keys, Side side, const char* nowhere,
             const char** list) {
  const rapt_tensor& t = side == Side::k ? call.problem.k : call.problem.v;
  const int64_t size = static_cast<int64_t>(rapt_type_size(t.type));
  const bool paged = call.problem.kv_layout >= RAPT_KV_BLOCK_TABLE;
  const int64_t count = keys.end - keys.begin;
  key_rows(call, sequence, side, head_kv, keys.begin, paged ? count : std::min<int64_t>(count, 1), list);
  if (paged) std::replace(list, list + count, static_cast<const char*>(nullptr), nowhere);
  return {list[0], t.shape[3] * size, count, t.strides[2] * size, 1, 0, paged ? list : nullptr};
}

}  // namespace

void fetch_keys(const Call& call, const Sequence& sequence, int64_t head_kv, KeyRange keys, bool after, Scratch& scratch) {
  if (keys.begin >= keys.end) return;
  const char* nowhere = reinterpret_cast<const char*>(scratch.zeros);
  const char** list = scratch.fetched_rows + (after ? 2 * kBlock : 0);
  Fetch& fetch = after ? scratch.after : scratch.fetch;
  fetch.add(keys_of(call, sequence, head_kv, keys, Side::k, nowhere, list));
  fetch.add(keys_of(call, sequence, head_kv, keys, Side::v, nowhere, list + kBlock));
}

Tile tile_at(const Run& run, const Current& now, KeyRange rows, KeyRange keys) {
  const int64_t row_end = std::min(now.shape.rows, rows.end), key_end = std::min(now.shape.keys.end, keys.end);
  return {run.call, now.sequence, now.head_kv, rows.begin, row_end, keys.begin, key_end, &run.header().unmapped};
}

Part part_of(const Current& now) {
  const UnitShape& shape = now.shape;
  return {shape.tiles - 1 - now.index % shape.tiles, now.index / shape.tiles};
}
Tile tile_of(const Run& run, const Current& now) {
  const UnitShape& shape = now.shape;
  if (shape.own) return tile_at(run, now, {0, shape.tile_rows}, {shape.first_key(), shape.keys.end});
  const Part part = part_of(now);
  const int64_t row = part.tile * shape.tile_rows, key = shape.first_key() + part.split * shape.split_keys;
  return tile_at(run, now, {row, row + shape.tile_rows}, {key, key + shape.split_keys});
}

void fetch_output(const Run& run, const Tile& tile, Scratch& scratch) {
  scratch.after.clear();
  scratch.after.add(rows_of(tile, run.call.problem.o, run.call.args.o));
}
void fetch_queries(const Run& run, const Tile& tile, Scratch& scratch) {
  scratch.after.add(rows_of(tile, run.call.problem.q, run.call.args.q));
}
void fetch_beginning(const Run& run, const Tile& tile, Scratch& scratch) {
  fetch_queries(run, tile, scratch);
  fetch_keys(run.call, tile.sequence, tile.head_kv, {tile.key_begin, std::min(tile.key_end, tile.key_begin + kBlock)}, true, scratch);
}

}  // namespace rapt::cpu
