// Cutting a call into tasks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/schedule.h"

namespace rapt::cpu {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Keys of a split: at least kMinSplitKeys, whole blocks, at most kMaxSplits of them.
int64_t split_size(int64_t keys) { return std::max(kMinSplitKeys, round_up(ceil_div(keys, kMaxSplits), kBlock)); }

}  // namespace

int64_t max_splits(int64_t max_keys) { return std::max<int64_t>(1, std::min(kMaxSplits + 1, ceil_div(max_keys, kMinSplitKeys) + 1)); }

UnitShape unit_shape(const Call& call, const Sequence& s, int64_t tile_rows) {
  UnitShape u{};
  u.rows = s.len_q * call.group();
  if (u.rows == 0) return u;
  const KeyRange first = visible_keys(call.problem, s, 0), last = visible_keys(call.problem, s, s.len_q - 1);
  u.keys = {std::min(first.begin, last.begin), last.end};
  u.keys.end = std::max(u.keys.begin, u.keys.end);
  const int64_t aligned = u.keys.begin / kBlock * kBlock, span = u.keys.end - aligned;

  u.decode = u.rows <= kInPlaceRows || (u.rows <= kInPlaceRowsOfMany && span >= kManyKeys);
  u.pack_tasks = u.decode ? 0 : ceil_div(ceil_div(span, kBlock), kPackBlocks);
  u.tile_rows = u.decode ? kDecodeRows : tile_rows;
  u.tiles = ceil_div(u.rows, u.tile_rows);
  const bool split = u.rows <= kSplitRows && span > 0;
  u.split_keys = split ? split_size(span) : std::max<int64_t>(span, 1);
  u.splits = split ? ceil_div(span, u.split_keys) : 1;
  return u;
}

int64_t choose_tile_rows(const rapt_problem& p, int32_t threads) {
  const int64_t units = p.batch * p.k.shape[1];
  const int64_t rows = units == 0 ? 0 : p.max_seqlen_q * (p.q.shape[1] / p.k.shape[1]);
  for (int64_t tile_rows : {kTileRows, kTileRows / 2, kTileRows / 4})
    if (units * ceil_div(rows, tile_rows) >= 8 * threads) return tile_rows;
  return kTileRows / 8;
}

int32_t choose_threads(const rapt_problem& p, int32_t threads) {
  constexpr double worth_waking = 2e6;  // operations, some 20 microseconds of one core
  const double pairs = static_cast<double>(p.batch) * static_cast<double>(p.q.shape[1]) * static_cast<double>(p.max_seqlen_q) *
                       static_cast<double>(p.max_seqlen_kv);
  const double work = 2.0 * static_cast<double>(p.q.shape[3] + p.v.shape[3]) * pairs;
  return static_cast<int32_t>(std::max(1.0, std::min(static_cast<double>(threads), work / worth_waking)));
}

}  // namespace rapt::cpu
