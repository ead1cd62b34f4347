// Cutting a call into tasks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/schedule.h"

#include <cmath>

namespace rapt::cpu {
namespace {

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Keys of a split: at least kMinSplitKeys, whole blocks, at most kMaxSplits of them. Each costs a cold start, but several tiles want to
// find the keys of theirs in a cache.
int64_t split_size(int64_t keys, bool single_tile) {
  const int64_t times = single_tile ? 2 : 1;
  return std::max(times * kMinSplitKeys, round_up(ceil_div(keys, kMaxSplits / times), kBlock));
}

double work(const UnitShape& u) { return static_cast<double>(u.rows) * static_cast<double>(u.keys.end - u.keys.begin); }

}  // namespace

int64_t max_splits(int64_t max_keys) { return std::max<int64_t>(1, std::min(kMaxSplits + 1, ceil_div(max_keys, kMinSplitKeys) + 1)); }

UnitShape unit_shape(const Call& call, const Sequence& s, const Cut& cut) {
  UnitShape u{};
  u.rows = s.len_q * call.group();
  if (u.rows == 0) return u;
  const KeyRange first = visible_keys(call.problem, s, 0), last = visible_keys(call.problem, s, s.len_q - 1);
  u.keys = {std::min(first.begin, last.begin), last.end};
  u.keys.end = std::max(u.keys.begin, u.keys.end);
  const int64_t aligned = u.keys.begin / kBlock * kBlock, span = u.keys.end - aligned;

  u.decode = u.rows <= in_place_rows(span);
  u.blocks = u.decode ? 0 : ceil_div(span, kBlock);
  u.tile_rows = u.decode ? kDecodeRows : cut.tile_rows;
  u.tiles = ceil_div(u.rows, u.tile_rows);
  const bool split = u.rows <= kSplitRows && span > 0;
  u.split_keys = split ? split_size(span, u.decode && u.tiles == 1) : std::max<int64_t>(span, 1);
  u.splits = split ? ceil_div(span, u.split_keys) : 1;
  u.whole = !u.decode && u.splits == 1 && u.blocks <= cut.whole_blocks && work(u) <= cut.whole_work;
  return u;
}

int64_t choose_tile_rows(const rapt_problem& p, int32_t threads) {
  if (threads == 1) return kTileRows;
  const int64_t units = p.batch * p.k.shape[1];
  const int64_t rows = units == 0 ? 0 : p.max_seqlen_q * (p.q.shape[1] / p.k.shape[1]);
  for (int64_t tile_rows = kTileRows; tile_rows > kLeastTileRows; tile_rows /= 2)
    if (units * ceil_div(rows, tile_rows) >= 8 * threads) return tile_rows;
  return kLeastTileRows;
}

double choose_whole_work(const Call& call, int32_t threads) {
  constexpr double units_each = 16;  // so many units of this size a thread: the last ones end together closely enough
  if (threads == 1) return HUGE_VAL;
  double all = 0;
  for (int64_t b = 0; b < call.problem.batch; ++b) all += work(unit_shape(call, sequence_at(call, b), Cut{kTileRows, 0, 0}));
  return all * static_cast<double>(call.problem.k.shape[1]) / (units_each * threads);
}

int32_t choose_threads(const rapt_problem& p, int32_t threads) {
  constexpr double worth_waking = 2e6;  // operations, some 20 microseconds of one core
  const double pairs = static_cast<double>(p.batch) * static_cast<double>(p.q.shape[1]) * static_cast<double>(p.max_seqlen_q) *
                       static_cast<double>(p.max_seqlen_kv);
  const double work = 2.0 * static_cast<double>(p.q.shape[3] + p.v.shape[3]) * pairs;
  return static_cast<int32_t>(std::max(1.0, std::min(static_cast<double>(threads), work / worth_waking)));
}

}  // namespace rapt::cpu
