// A run: every thread takes tasks from one counter and blocks to pack from another, in order. Before a task all blocks that it needs have
// been taken; it may wait for these and for earlier tasks only, which others have begun before it, so any executor makes progress, one that
// calls the bodies one after another too.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/run.h"

#include <atomic>
#include <cstring>
#include <thread>

#include "cpu/float_environment.h"
#include "cpu/partials.h"

namespace rapt::cpu {
namespace {

struct RunHeader {  // at the workspace's beginning
  std::atomic<int64_t> next_task, next_block;
  std::atomic<int64_t> unmapped;
};

struct Run {
  const Plan& plan;
  const Call call;
  void* workspace;
  Cut cut{};
  int64_t tasks = 0, blocks = 0;

  template <class T>
  T* at(size_t offset) const {
    return reinterpret_cast<T*>(static_cast<char*>(workspace) + offset);
  }
  RunHeader& header() const { return *at<RunHeader>(0); }
  Start* starts() const { return at<Start>(plan.starts); }
  UnitCounters& counters(int64_t unit) const { return at<UnitCounters>(plan.counters)[unit]; }
};

void wait_for(int32_t& counter, int32_t value) {
  std::atomic_ref<int32_t> atomic(counter);
  for (int spin = 0; atomic.load(std::memory_order_acquire) < value; ++spin) {
    if (spin > 2000) std::this_thread::yield();
  }
}

void lay_out(Run& run) {
  const int64_t batch = run.call.problem.batch, heads_kv = run.call.problem.k.shape[1];
  new (&run.header()) RunHeader{};
  run.cut = {run.plan.tile_rows, run.plan.whole_blocks, choose_whole_work(run.call, run.plan.threads)};
  Start next{};
  for (int64_t b = 0; b < batch; ++b) {
    run.starts()[b] = next;
    const UnitShape shape = unit_shape(run.call, sequence_at(run.call, b), run.cut);
    next.task += shape.tasks() * heads_kv;
    next.block += shape.shared_blocks() * heads_kv;
    next.unit += heads_kv;
    if (shape.shared_blocks() > 0) next.packing += heads_kv;
    if (shape.splits > 1) next.splitting += heads_kv;
  }
  run.starts()[batch] = next;
  run.tasks = next.task;
  run.blocks = next.block;
  std::memset(&run.counters(0), 0, static_cast<size_t>(next.unit) * sizeof(UnitCounters));
}

// One unit as a thread works on it; the sequence is kept from task to task.
struct Current {
  int64_t batch = -1;
  Sequence sequence{};
  UnitShape shape{};
  int64_t head_kv = 0, index = 0;                // index: of the task or block inside the unit
  int64_t unit = 0, packing = 0, splitting = 0;  // numbers, see Start
};

// Finds a task by its number, or a block: `number` is the member of Start that counts them, `in_unit` how many a unit has.
template <class InUnit>
void find(const Run& run, int64_t wanted, int64_t Start::*number, InUnit in_unit, Current& now) {
  const Start *begin = run.starts(), *end = begin + run.call.problem.batch + 1;
  const Start* next = std::upper_bound(begin, end, wanted, [number](int64_t w, const Start& start) { return w < start.*number; });
  const Start& start = *(next - 1);
  const int64_t b = next - 1 - begin;
  if (b != now.batch) {
    now.batch = b;
    now.sequence = sequence_at(run.call, b);
    now.shape = unit_shape(run.call, now.sequence, run.cut);
  }
  now.head_kv = (wanted - start.*number) / in_unit(now.shape);
  now.index = (wanted - start.*number) % in_unit(now.shape);
  now.unit = start.unit + now.head_kv;
  now.packing = start.packing + now.head_kv;
  now.splitting = start.splitting + now.head_kv;
}
void find_task(const Run& run, int64_t task, Current& now) {
  find(
      run, task, &Start::task, [](const UnitShape& shape) { return shape.tasks(); }, now);
}
void find_block(const Run& run, int64_t block, Current& now) {
  find(
      run, block, &Start::block, [](const UnitShape& shape) { return shape.shared_blocks(); }, now);
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

Tile tile_of(const Run& run, const Current& now, int64_t index, int64_t split) {
  const UnitShape& shape = now.shape;
  const int64_t key_begin = shape.keys.begin / kBlock * kBlock + split * shape.split_keys;
  return {run.call,
          now.sequence,
          now.head_kv,
          index * shape.tile_rows,
          std::min(shape.rows, (index + 1) * shape.tile_rows),
          key_begin,
          std::min(shape.keys.end, key_begin + shape.split_keys),
          &run.header().unmapped};
}

// A tile's rows of q or o, and all keys of a unit.
Rows rows_of(const Tile& tile, const rapt_tensor& t, const void* data) {
  const int64_t size = static_cast<int64_t>(rapt_type_size(t.type)), group = tile.call.group();
  const int64_t first = tile.row_begin / group, end = (tile.row_end + group - 1) / group;
  const char* at = static_cast<const char*>(data) + row_offset(t, tile.sequence, tile.head_kv * group, first) * size;
  return {at, t.shape[3] * size, end - first, t.strides[2] * size, group, t.strides[1] * size};
}
Rows keys_of(const Run& run, const Current& unit, Side side) {
  const rapt_tensor& t = side == Side::k ? run.call.problem.k : run.call.problem.v;
  const int64_t size = static_cast<int64_t>(rapt_type_size(t.type));
  if (run.call.problem.kv_layout >= RAPT_KV_BLOCK_TABLE) return {};
  const char* first;
  key_rows(run.call, unit.sequence, side, unit.head_kv, unit.shape.keys.begin, 1, &first);
  return {first, t.shape[3] * size, unit.shape.keys.end - unit.shape.keys.begin, t.strides[2] * size, 1, 0};
}

// What the thread will touch next is fetched while it computes a tile: the tile's rows of o, then, of a unit that is done whole, the rows
// of q after it, or q, k and v of the unit that is likely to be next.
void fetch_output(const Run& run, const Tile& tile, Scratch& scratch) {
  scratch.fetch.clear();
  scratch.fetch.add(rows_of(tile, run.call.problem.o, run.call.args.o));
}
void fetch_queries(const Run& run, const Tile& tile, Scratch& scratch) {
  scratch.fetch.add(rows_of(tile, run.call.problem.q, run.call.args.q));
}
void fetch_unit(const Run& run, const Current& unit, Scratch& scratch) {
  fetch_queries(run, tile_of(run, unit, 0, 0), scratch);
  scratch.fetch.add(keys_of(run, unit, Side::k));
  scratch.fetch.add(keys_of(run, unit, Side::v));
}

void attend_whole(const Run& run, const Current& now, const Current& next, int32_t thread, Scratch& scratch) {
  const Packed own = own_packed_of(run.plan, run.workspace, thread, now.shape.keys);
  for (int64_t block = 0; block < now.shape.blocks; ++block) run.plan.path->pack(run.call, now.sequence, now.head_kv, block, own, scratch);
  for (int64_t index = 0; index < now.shape.tiles; ++index) {
    const Tile tile = tile_of(run, now, index, 0);
    fetch_output(run, tile, scratch);
    if (index + 1 < now.shape.tiles) {
      fetch_queries(run, tile_of(run, now, index + 1, 0), scratch);
    } else if (next.batch >= 0 && next.shape.whole) {
      fetch_unit(run, next, scratch);
    }
    run.plan.path->prefill(tile, own, scratch);
    run.plan.machine->store(tile, scratch);
  }
}

void forward(const Run& run, const Tile& tile, const Current& now, Scratch& scratch) {
  if (now.shape.decode) return run.plan.machine->decode(tile, scratch);
  wait_for(run.counters(now.unit).packed, static_cast<int32_t>(now.shape.blocks));
  run.plan.path->prefill(tile, packed(run, now), scratch);
}

void attend(const Run& run, const Current& now, Scratch& scratch) {
  const UnitShape& shape = now.shape;
  // All tiles of a split one after another, while its keys are in the cache.
  const int64_t index = shape.tiles - 1 - now.index % shape.tiles, split = now.index / shape.tiles;
  const Tile tile = tile_of(run, now, index, split);
  if (!shape.decode) fetch_output(run, tile, scratch);
  forward(run, tile, now, scratch);

  UnitCounters& counters = run.counters(now.unit);
  if (shape.splits == 1) {
    run.plan.machine->store(tile, scratch);
  } else {
    const Partials partials{run.plan, run.workspace, split_slot(run, now)};
    save_partials(partials, tile, split, scratch);
    if (std::atomic_ref<int32_t>(counters.arrived[index]).fetch_add(1, std::memory_order_acq_rel) + 1 == shape.splits) {
      load_partials(partials, tile, shape.splits, scratch);
      run.plan.machine->store(tile, scratch);
    }
  }
  if (std::atomic_ref<int32_t>(counters.parts).fetch_add(1, std::memory_order_acq_rel) + 1 < shape.parts()) return;
  if (shape.blocks > 0) std::atomic_ref<int32_t>(run.counters(now.packing).pack_slot_free).store(1, std::memory_order_release);
  if (shape.splits > 1) std::atomic_ref<int32_t>(run.counters(now.splitting).split_slot_free).store(1, std::memory_order_release);
}

void body(void* state, int32_t thread) {
  const DefaultFloatEnvironment environment;
  const Run& run = *static_cast<const Run*>(state);
  Scratch scratch = scratch_of(run.plan, run.workspace, thread);
  Current now, next, block;
  for (;;) {
    const int64_t task = run.header().next_task.fetch_add(1, std::memory_order_relaxed);
    if (task >= run.tasks) return;
    find_task(run, task, now);
    if (now.shape.whole) {
      // Threads take turns, so that a unit of mine is followed by one after theirs.
      if (task + run.plan.threads < run.tasks) {
        find_task(run, task + run.plan.threads, next);
      } else {
        next.batch = -1;
      }
      attend_whole(run, now, next, thread, scratch);
    } else {
      if (now.shape.blocks > 0) pack_up_to(run, now, block, scratch);
      attend(run, now, scratch);
    }
  }
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
