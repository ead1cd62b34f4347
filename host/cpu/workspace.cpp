// Sizes and places in the workspace.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/workspace.h"

#include <utility>

namespace rapt::cpu {
namespace {

constexpr int64_t kMicroRows = 16;  // at least the rows of any machine's micro-kernel, by which a tile is padded

size_t aligned(int64_t bytes) { return static_cast<size_t>(round_up(bytes, 64)); }
size_t floats(int64_t count) { return aligned(count * static_cast<int64_t>(sizeof(float))); }

int64_t partial_floats(const Plan& plan) { return kRowAlign + int64_t{kSumLanes} + plan.o_stride; }

// Parts of a thread's scratch, in order.
struct ScratchSizes {
  size_t q, o, scores, widened, zeros, row_max, row_sum, visible, fetched_rows;
};
ScratchSizes scratch_sizes(const Plan& plan) {
  const int64_t rows = plan.tile_rows + kMicroRows;
  const int64_t parts = (plan.q_stride + int64_t{kChain} - 1) / int64_t{kChain};
  return {floats(rows * std::max(plan.q_stride, parts * int64_t{kChainStride})),
          floats(rows * plan.o_stride),
          floats(kMicroRows * kScoreStride),
          floats(kRowAlign * round_up(plan.q_stride, 2 * kRowAlign)),
          floats(2 * std::max(plan.q_stride, plan.o_stride)),
          floats(rows),
          floats(rows * int64_t{kSumLanes}),
          aligned(rows * static_cast<int64_t>(sizeof(KeyRange))),
          aligned(4 * kBlock * static_cast<int64_t>(sizeof(const char*)))};
}

// Room for so many blocks at once, and for the flags of all.
PackedPlace packed_place(const Plan& plan, const rapt_problem& p, int64_t at_once, int64_t blocks) {
  const int64_t values = plan.path->values;
  const size_t v = floats(at_once * kBlock * ((p.k.shape[3] + values - 1) / values));
  const size_t flags = v + floats(at_once * kBlock / values * round_up(p.v.shape[3], plan.machine->panel));
  return {v, flags, flags + aligned(blocks)};
}

// K and V that threads keep for themselves go to no other core's cache; where there are more threads than units sharing them is cheaper.
// Helping with a unit of many blocks in turn is not worth it, so there had better be several units a thread.
void choose_own(Plan& plan, const rapt_problem& p, int64_t blocks) {
  plan.cut.own_tiles = plan.threads == 1 || plan.units >= 4 * plan.threads;
  const int64_t limit = kOwnBytes / plan.threads / static_cast<int64_t>(packed_place(plan, p, 1, 1).bytes);
  plan.cut.own_blocks = plan.threads == 1 ? blocks : plan.threads > plan.units ? 0 : std::clamp<int64_t>(limit, 1, blocks);
}

// Packed for all: several threads need a slot to pack ahead, and more where a few tiles are all that a unit has.
void choose_slots(Plan& plan, const rapt_problem& p, int64_t rows) {
  if (rows <= plan.cut.in_place_rows) return;
  const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
  const bool lone_tile = rows <= kLoneTileRows;
  const int64_t most_keys = rows <= plan.cut.most_in_place_rows ? std::min(p.max_seqlen_kv, kManyKeys) : p.max_seqlen_kv;
  const int64_t blocks = (most_keys + kBlock - 1) / kBlock + 1;  // the first may begin before the first key that is needed
  choose_own(plan, p, blocks);
  const bool in_turn = rows <= kTileRows || (lone_tile && plan.threads == 1);  // see Taking
  plan.own_slot = packed_place(plan, p, in_turn ? 1 : std::max<int64_t>(1, plan.cut.own_blocks), blocks);
  if (rows <= kSplitRows || blocks <= plan.cut.own_blocks || (lone_tile && plan.cut.own_tiles)) return;
  plan.slot = packed_place(plan, p, blocks, blocks);
  plan.pack_slots = std::min(plan.units, 1 + (plan.threads + tiles - 1) / tiles);
}

Packed packed_at(const PackedPlace& place, char* base, KeyRange keys, bool in_turn) {
  return {reinterpret_cast<float*>(base),
          reinterpret_cast<float*>(base + place.v),
          reinterpret_cast<uint8_t*>(base + place.flags),
          keys.begin,
          keys.end,
          in_turn};
}

}  // namespace

Plan make_plan(const rapt_problem& p, const Machine& machine, int32_t threads) {
  Plan plan{};
  plan.machine = &machine;
  plan.path = &packed_path(machine, p);
  plan.threads = choose_threads(p, threads);
  const bool pairs = plan.path->values > 1;
  plan.cut.in_place_rows = pairs ? kInPlaceRowsOfPairs : kInPlaceRows;
  plan.cut.most_in_place_rows = pairs ? kInPlaceRowsOfPairs : kMostInPlaceRows;
  plan.cut.split_tile_rows = choose_split_tile_rows(p, plan.threads);
  plan.units = p.batch * p.k.shape[1];
  plan.q_stride = round_up(p.q.shape[3], kRowAlign);
  plan.o_stride = round_up(p.v.shape[3], kRowAlign);
  const int64_t rows = plan.units == 0 ? 0 : p.max_seqlen_q * (p.q.shape[1] / p.k.shape[1]);
  plan.tile_rows = std::min(rows, kLoneTileRows);
  plan.split_rows = std::min(rows, kSplitRows);
  plan.splits = max_splits(p.max_seqlen_kv);
  plan.split_slots = plan.splits > 1 ? std::min<int64_t>(plan.units, 2 * plan.threads) : 0;

  size_t end = 64;  // the counters of tasks and blocks, and the report of an unmapped page
  const auto place = [&end](size_t bytes) { return std::exchange(end, end + bytes); };
  plan.starts = place(aligned((p.batch + 1) * static_cast<int64_t>(sizeof(Start))));
  plan.counters = place(aligned(plan.units * static_cast<int64_t>(sizeof(UnitCounters))));
  const ScratchSizes sizes = scratch_sizes(plan);
  plan.scratch_bytes = sizes.q + sizes.o + 2 * sizes.scores + sizes.widened + sizes.zeros + sizes.row_max + sizes.row_sum + sizes.visible +
                       sizes.fetched_rows;
  plan.scratch = place(plan.scratch_bytes * static_cast<size_t>(plan.threads));
  choose_slots(plan, p, rows);
  plan.packed = place(plan.slot.bytes * static_cast<size_t>(plan.pack_slots));
  plan.packed_own = place(plan.own_slot.bytes * static_cast<size_t>(plan.threads));
  plan.partial_bytes = floats(plan.split_rows * plan.splits * partial_floats(plan));
  plan.partials = place(plan.partial_bytes * static_cast<size_t>(plan.split_slots));
  plan.bytes = end;
  return plan;
}

Scratch scratch_of(const Plan& plan, void* workspace, int32_t thread) {
  const ScratchSizes sizes = scratch_sizes(plan);
  char* at = static_cast<char*>(workspace) + plan.scratch + plan.scratch_bytes * static_cast<size_t>(thread);
  const auto take = [&at](size_t bytes) { return reinterpret_cast<float*>(std::exchange(at, at + bytes)); };
  Scratch s{};
  s.q = take(sizes.q);
  s.o = take(sizes.o);
  for (float*& scores : s.scores) scores = take(sizes.scores);
  s.widened = take(sizes.widened);
  s.zeros = take(sizes.zeros);
  s.row_max = take(sizes.row_max);
  s.row_sum = take(sizes.row_sum);
  s.visible = reinterpret_cast<KeyRange*>(take(sizes.visible));
  s.fetched_rows = reinterpret_cast<const char**>(take(sizes.fetched_rows));
  s.q_stride = plan.q_stride;
  s.o_stride = plan.o_stride;
  std::fill_n(s.zeros, 2 * std::max(plan.q_stride, plan.o_stride), 0.0f);
  return s;
}

Packed packed_of(const Plan& plan, void* workspace, int64_t slot, KeyRange keys) {
  return packed_at(plan.slot, static_cast<char*>(workspace) + plan.packed + plan.slot.bytes * static_cast<size_t>(slot), keys, false);
}
Packed own_packed_of(const Plan& plan, void* workspace, int32_t thread, const UnitShape& shape, bool in_turn) {
  char* at = static_cast<char*>(workspace) + plan.packed_own + plan.own_slot.bytes * static_cast<size_t>(thread);
  const Packed packed = packed_at(plan.own_slot, at, shape.keys, in_turn);
  std::fill_n(packed.flags, shape.blocks, uint8_t{0});
  return packed;
}

Partial partial_of(const Plan& plan, void* workspace, int64_t slot, int64_t row, int64_t split) {
  char* base = static_cast<char*>(workspace) + plan.partials + plan.partial_bytes * static_cast<size_t>(slot);
  float* at = reinterpret_cast<float*>(base) + (row * plan.splits + split) * partial_floats(plan);
  return {at, at + kRowAlign, at + kRowAlign + kSumLanes};
}

}  // namespace rapt::cpu
