// Cutting a call into tasks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/schedule.h"

namespace rapt::cpu {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Keys of a split: at least kMinSplitKeys, whole blocks, at most kMaxSplits of them. Each costs a cold start, but several tiles in place
// want to find the keys of theirs in a cache.
int64_t split_size(int64_t keys, bool tiles_in_place) {
  const int64_t times = tiles_in_place ? 1 : 2;
  return std::max(times * kMinSplitKeys, round_up(ceil_div(keys, kMaxSplits / times), kBlock));
}

}  // namespace

int64_t max_splits(int64_t max_keys) { return std::max<int64_t>(1, std::min(kMaxSplits + 1, ceil_div(max_keys, kMinSplitKeys) + 1)); }

UnitShape unit_shape(const Call& call, const Sequence& s, const Cut& cut) {
  UnitShape u{};
  u.rows = s.len_q * call.group();
  if (u.rows == 0) return u;
  const KeyRange first = visible_keys(call.problem, s, 0), last = visible_keys(call.problem, s, s.len_q - 1);
  u.keys = {std::min(first.begin, last.begin), last.end};
  u.keys.end = std::max(u.keys.begin, u.keys.end);
  const int64_t span = u.keys.end - u.first_key();

  u.decode = u.rows <= (span < kManyKeys ? cut.in_place_rows : cut.most_in_place_rows);
  u.blocks = u.decode ? 0 : ceil_div(span, kBlock);
  const bool split = u.rows <= kSplitRows && span > 0;
  u.split_keys = split ? split_size(span, u.decode && u.rows > kDecodeRows) : std::max<int64_t>(span, 1);
  u.splits = split ? ceil_div(span, u.split_keys) : 1;
  const bool alone = u.blocks <= cut.own_blocks || (cut.own_tiles && u.rows <= kLoneTileRows);
  u.own = !u.decode && u.splits == 1 && alone;
  u.dealt = !u.own && u.rows > kSplitRows;
  const int64_t most_rows = u.own && u.rows <= kLoneTileRows ? kLoneTileRows : kTileRows;
  u.tile_rows = u.decode ? kDecodeRows : u.own || u.dealt ? most_rows : cut.split_tile_rows;
  u.tiles = ceil_div(u.rows, u.tile_rows);
  return u;
}

int64_t choose_split_tile_rows(const rapt_problem& p, int32_t threads) {
  constexpr int64_t packing = kLeastTileRows;  // a tile's packing takes the time of about so many rows
  const int64_t units = p.batch * p.k.shape[1];
  const int64_t rows = units == 0 ? 0 : std::min(kSplitRows, p.max_seqlen_q * (p.q.shape[1] / p.k.shape[1]));
  const int64_t parts = units * ceil_div(p.max_seqlen_kv, split_size(p.max_seqlen_kv, false));
  const auto time = [=](int64_t tile_rows) { return ceil_div(parts * ceil_div(rows, tile_rows), threads) * (tile_rows + packing); };
  int64_t best = round_up(kSplitRows, kLeastTileRows);
  for (int64_t tile_rows = best; tile_rows >= kLeastTileRows; tile_rows -= kLeastTileRows)
    if (time(tile_rows) < time(best)) best = tile_rows;
  return best;
}

int64_t rows_to_take(int64_t left, int64_t threads) {
  return std::clamp(left / (2 * threads) / kLeastTileRows * kLeastTileRows, kLeastTileRows, kTileRows);
}

int32_t choose_threads(const rapt_problem& p, int32_t threads) {
  // Operations for which another thread is woken, which takes the caller 10 and the thread 30 microseconds (bench/NOTES.md). Few rows are
  // multiplied at the speed of memory, several times slower.
  const bool few = p.max_seqlen_q * (p.q.shape[1] / std::max<int64_t>(p.k.shape[1], 1)) <= kInPlaceRows;
  const double worth_waking = few ? 2e6 : 4e6;
  const double pairs = static_cast<double>(p.batch) * static_cast<double>(p.q.shape[1]) * static_cast<double>(p.max_seqlen_q) *
                       static_cast<double>(p.max_seqlen_kv);
  const double work = 2.0 * static_cast<double>(p.q.shape[3] + p.v.shape[3]) * pairs;
  return static_cast<int32_t>(std::max(1.0, std::min(static_cast<double>(threads), work / worth_waking)));
}

}  // namespace rapt::cpu
