// What a plan of the CPU engine holds, and how a run's workspace is laid out.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/schedule.h"

namespace rapt::cpu {

// Where K and V of a unit lie in its slot; bytes from the slot's beginning.
struct PackedPlace {
  size_t v, flags, bytes;
};

// Trivially copyable: lives in Choice::state. Offsets are bytes from the workspace's beginning, each a multiple of 64.
struct Plan {
  const Machine* machine;
  const PackedPath* path;  // of the machine
  int32_t threads;
  Cut cut;
  int64_t units;  // batch * heads_kv
  int64_t q_stride, o_stride;
  int64_t tile_rows;               // most rows of a tile
  int64_t pack_slots;              // units whose K and V are packed at once for all threads
  int64_t split_slots;             // units whose partial results are kept at once
  int64_t split_rows, splits;      // most rows of a unit that is split, most splits
  size_t starts;                   // Start [batch + 1]
  size_t counters;                 // UnitCounters [units]
  size_t scratch, scratch_bytes;   // a thread
  size_t packed, packed_own;       // slots for all threads; a slot for each thread
  PackedPlace slot, own_slot;      // own_slot: of as many blocks as a thread keeps
  size_t partials, partial_bytes;  // a slot: [split_rows][splits][kSumLanes + kRowAlign + o_stride] floats
  size_t bytes;
};
Plan make_plan(const rapt_problem& problem, const Machine& machine, int32_t threads);

inline constexpr int64_t kMaxSplitTiles = kSplitRows / kLeastTileRows + 1;
struct UnitCounters {               // atomics, cleared at the start of a run
  int64_t rows_taken;               // of a unit of one's own
  int32_t helpers;                  // beside the thread that began it
  int32_t packed;                   // blocks packed for all
  int32_t done;                     // of its numbers
  int32_t arrived[kMaxSplitTiles];  // parts done of each tile that is split
  // Not of the unit with this number, but of the one with this number among those that use the ring of slots: 1 when it is done.
  int32_t pack_slot_free, split_slot_free;
};

// Numbers of a sequence's first task, its first block among those that all threads pack, and its first unit: of all units, of those that
// have such blocks, of those that split. Each ring of slots has its own numbers, so that every unit in a slot's history has waited for the
// one before.
struct Start {
  int64_t task, block, unit, packing, splitting;
};

Scratch scratch_of(const Plan& plan, void* workspace, int32_t thread);
Packed packed_of(const Plan& plan, void* workspace, int64_t slot, KeyRange keys);
// Nothing is packed yet. `in_turn`: a block at a time.
Packed own_packed_of(const Plan& plan, void* workspace, int32_t thread, const UnitShape& shape, bool in_turn);

// The running softmax of one row over one split.
struct Partial {
  float* row_max;
  float* row_sum;  // [kSumLanes]
  float* o;        // [o_stride]
};
Partial partial_of(const Plan& plan, void* workspace, int64_t slot, int64_t row, int64_t split);

}  // namespace rapt::cpu
