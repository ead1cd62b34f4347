// A run: every thread takes tasks from one counter and blocks to pack from another, in order. Before a task all blocks that it needs have
// been taken; it may wait for these and for earlier tasks only, which others have begun before it, so any executor makes progress, one that
// calls the bodies one after another too.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/run.h"

#include <atomic>
#include <thread>

#include "cpu/float_environment.h"
#include "cpu/own_unit.h"
#include "cpu/partials.h"
#include "cpu/tiles.h"

namespace rapt::cpu {
namespace {

void wait_for(int32_t& counter, int32_t value) {
  std::atomic_ref<int32_t> atomic(counter);
  for (int spin = 0; atomic.load(std::memory_order_acquire) < value; ++spin) {
    if (spin > 2000) std::this_thread::yield();
  }
}

// A slot of a ring is free for a unit once the unit that had it before is done with it.
int32_t& pack_slot_free(const Run& run, int64_t packing) { return run.counters(packing - run.plan.pack_slots).pack_slot_free; }
bool may_pack(const Run& run, int64_t packing) {
  return packing < run.plan.pack_slots || std::atomic_ref<int32_t>(pack_slot_free(run, packing)).load(std::memory_order_acquire) == 1;
}
Packed packed(const Run& run, const Current& now) {
  return packed_of(run.plan, run.workspace, now.packing % run.plan.pack_slots, now.shape.keys);
}
int64_t split_slot(const Run& run, const Current& now) {
  const int64_t slots = run.plan.split_slots;
  if (now.splitting >= slots) wait_for(run.counters(now.splitting - slots).split_slot_free, 1);
  return now.splitting % slots;
}

// Takes blocks until none of the unit `now` is left, and goes on with the next unit's if there is a slot for it, so that nobody need wait
// for them later. `block` remembers the sequence that was packed last.
void pack_up_to(const Run& run, const Current& now, Current& block, Scratch& scratch) {
  std::atomic<int64_t>& next = run.header().next_block;
  for (int64_t taken = next.load(std::memory_order_relaxed); taken < run.blocks;) {
    find_block(run, taken, block);
    const bool ahead = block.packing > now.packing;
    if (block.packing > now.packing + 1 || (ahead && !may_pack(run, block.packing))) return;
    if (!next.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) continue;
    if (block.packing >= run.plan.pack_slots) wait_for(pack_slot_free(run, block.packing), 1);
    run.plan.path->pack(run.call, block.sequence, block.head_kv, block.index, packed(run, block), scratch);
    std::atomic_ref<int32_t>(run.counters(block.unit).packed).fetch_add(1, std::memory_order_release);
    taken = next.load(std::memory_order_relaxed);
  }
}

void attend_dealt(const Run& run, const Current& now, Scratch& scratch) {
  const int64_t end = now.shape.steps() - now.index;
  const KeyRange rows{(end - now.count) * kLeastTileRows, end * kLeastTileRows};
  const Tile tile = tile_at(run, now, rows, {now.shape.first_key(), now.shape.keys.end});
  fetch_output(run, tile, scratch);
  wait_for(run.counters(now.unit).packed, static_cast<int32_t>(now.shape.blocks));
  run.plan.path->prefill(tile, packed(run, now), scratch);
  run.plan.machine->store(tile, scratch);
}

// Threads take turns, so mine is likely the part after one of each of theirs.
void fetch_next_part(const Run& run, const Current& now, Current& next, Scratch& scratch) {
  const int64_t task = now.task + run.plan.threads;
  if (task >= run.tasks) return;
  find_task(run, task, next);
  if (!next.shape.decode && !next.shape.dealt) fetch_beginning(run, tile_of(run, next), scratch);
}

void attend_part(const Run& run, const Current& now, Current& next, int32_t thread, Scratch& scratch) {
  const UnitShape& shape = now.shape;
  const auto [index, split] = part_of(now);
  const Tile tile = tile_of(run, now);
  if (shape.decode) {
    run.plan.machine->decode(tile, scratch);
  } else {
    fetch_output(run, tile, scratch);
    fetch_next_part(run, now, next, scratch);
    run.plan.path->prefill(tile, own_packed_of(run.plan, run.workspace, thread, shape, true), scratch);
  }
  if (shape.splits == 1) return run.plan.machine->store(tile, scratch);

  const Partials partials{run.plan, run.workspace, split_slot(run, now)};
  save_partials(partials, tile, split, scratch);
  int32_t& arrived = run.counters(now.unit).arrived[index];
  if (std::atomic_ref<int32_t>(arrived).fetch_add(1, std::memory_order_acq_rel) + 1 < shape.splits) return;
  load_partials(partials, tile, shape.splits, scratch);
  run.plan.machine->store(tile, scratch);
}

// The last task of a unit frees its slots.
void finish(const Run& run, const Current& now) {
  const UnitShape& shape = now.shape;
  const int32_t count = static_cast<int32_t>(now.count);
  int32_t& done = run.counters(now.unit).done;
  if (std::atomic_ref<int32_t>(done).fetch_add(count, std::memory_order_acq_rel) + count < shape.numbers()) return;
  if (shape.dealt) std::atomic_ref<int32_t>(run.counters(now.packing).pack_slot_free).store(1, std::memory_order_release);
  if (shape.splits > 1) std::atomic_ref<int32_t>(run.counters(now.splitting).split_slot_free).store(1, std::memory_order_release);
}

void body(void* state, int32_t thread) {
  const DefaultFloatEnvironment environment;
  const Run& run = *static_cast<const Run*>(state);
  Scratch scratch = scratch_of(run.plan, run.workspace, thread);
  Current now, next, block;
  while (take_task(run, now)) {
    if (now.shape.own) {
      attend_own(run, now, next, thread, scratch);
      continue;
    }
    if (now.shape.dealt) {
      pack_up_to(run, now, block, scratch);
      attend_dealt(run, now, scratch);
    } else {
      attend_part(run, now, next, thread, scratch);
    }
    finish(run, now);
  }
  help_others(run, thread, scratch);
}

// The place in the caller's table, its value, and what is allowed there.
rapt_status report_unmapped(const Call& call, int64_t unmapped, Text& fault) {
  const rapt_problem& p = call.problem;
  const int64_t b = (unmapped - 1) >> 32, position = (unmapped - 1) & 0xFFFFFFFF;
  const auto number = [](int64_t n) { return static_cast<long long>(n); };
  fault.append("sequence %lld needs its page %lld, but ", number(b), number(position));
  if (p.kv_layout == RAPT_KV_BLOCK_TABLE) {
    fault.append("block_table[%lld, %lld] = %d is outside [0, %lld)", number(b), number(position),
                 call.args.block_table[b * p.table_stride + position], number(p.k.shape[0]));
  } else if (p.kv_layout == RAPT_KV_PAGE_POINTERS) {
    fault.append("k_pages[%lld, %lld] or v_pages[%lld, %lld] is NULL", number(b), number(position), number(b), number(position));
  } else if (const int64_t entry = call.args.kv_indptr[b] + position; entry < call.args.kv_indptr[b + 1]) {
    fault.append("kv_indices[%lld] = %d is outside [0, %lld)", number(entry), call.args.kv_indices[entry], number(p.k.shape[0]));
  } else {
    fault.append("kv_indptr gives it %lld pages", number(call.args.kv_indptr[b + 1] - call.args.kv_indptr[b]));
  }
  fault.append("; its keys were treated as hidden");
  return RAPT_BAD_INDEX;
}

}  // namespace

rapt_status run(const Plan& plan, const rapt_problem& problem, const rapt_args& args, void* workspace, const rapt_executor& executor,
                Text& fault) {
  Run run{plan, {problem, args}, workspace};
  lay_out(run);
  if (plan.threads == 1) {
    body(&run, 0);
  } else {
    executor.parallel(executor.user, plan.threads, body, &run);
  }
  const int64_t unmapped = run.header().unmapped.load(std::memory_order_relaxed);
  return unmapped == 0 ? RAPT_OK : report_unmapped(run.call, unmapped, fault);
}

}  // namespace rapt::cpu
