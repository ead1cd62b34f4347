// One's own units, and helping with those of others.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/own_unit.h"

#include <algorithm>

#include "cpu/tiles.h"

namespace rapt::cpu {
namespace {

// A helper's gain, half of these rows, is to exceed its packing, which takes the time of 24 rows, more with the keys in another cache.
constexpr int64_t kWorthHelping = 96;
// A unit of one tile with so many rows is left in two halves when it is shared. Each packs all keys, one block at a time.
constexpr int64_t kWorthHalving = 128;

std::atomic_ref<int64_t> rows_taken(const Run& run, const Current& now) {
  return std::atomic_ref<int64_t>(run.counters(now.unit).rows_taken);
}
std::atomic_ref<int32_t> helpers(const Run& run, const Current& now) { return std::atomic_ref<int32_t>(run.counters(now.unit).helpers); }

// The next rows of a unit, in order.
class TakeRows {
 public:
  // `shared`: with helpers, and ever fewer rows at a time, so that all end together. Else full tiles.
  TakeRows(const Run& run, const Current& now, bool shared) : run_(run), now_(now), shared_(shared) {}

  bool take(KeyRange& rows) {
    if (shared_) return take_shared(rows);
    rows = {taken_, taken_ + kTileRows};
    taken_ = rows.end;
    return rows.begin < now_.shape.rows;
  }

 private:
  bool take_shared(KeyRange& rows) {
    const std::atomic_ref<int64_t> taken = rows_taken(run_, now_);
    rows.begin = taken.load(std::memory_order_relaxed);
    do {
      const int64_t left = now_.shape.rows - rows.begin;
      if (left <= 0) return false;
      rows.end =
          rows.begin + (now_.shape.tiles == 1 ? half(left) : rows_to_take(left, 2 + helpers(run_, now_).load(std::memory_order_relaxed)));
    } while (!taken.compare_exchange_weak(rows.begin, rows.end, std::memory_order_relaxed));
    return true;
  }

  static int64_t half(int64_t rows) { return rows < kWorthHalving ? rows : rows / 2 / kLeastTileRows * kLeastTileRows; }

  const Run& run_;
  const Current& now_;
  const bool shared_;
  int64_t taken_ = 0;
};

// Packs what the first tile needs as it needs it. Of a unit of one tile blocks are kept in turn: each half packs again.
void pack_and_attend(const Run& run, const Current& now, TakeRows some, const Current* next, int32_t thread, Scratch& scratch) {
  const bool in_turn = now.shape.tiles == 1;
  Packed own = own_packed_of(run.plan, run.workspace, thread, now.shape, in_turn);
  const KeyRange keys{now.shape.first_key(), now.shape.keys.end};
  for (KeyRange rows; some.take(rows);) {
    const Tile tile = tile_at(run, now, rows, keys);
    fetch_output(run, tile, scratch);
    if (rows.end < now.shape.rows) {
      fetch_queries(run, tile_at(run, now, {rows.end, rows.end + kTileRows}, keys), scratch);
    } else if (next != nullptr) {
      fetch_beginning(run, tile_of(run, *next), scratch);
    }
    run.plan.path->prefill(tile, own, scratch);
    run.plan.machine->store(tile, scratch);
    if (in_turn) own = own_packed_of(run.plan, run.workspace, thread, now.shape, in_turn);
  }
}

// The last units of the call, one for each thread: while one is done, there is not a unit more for every other thread to begin.
int64_t first_shared_task(const Run& run) {
  const bool none = run.plan.threads == 1 || run.plan.cut.own_blocks == 0;
  return none ? run.tasks : std::max<int64_t>(0, run.tasks - run.plan.threads);
}

// Of these, all begun by now, the one with most work left.
bool find_most_work(const Run& run, Current& most) {
  Current other;
  int64_t most_work = 0;
  for (int64_t task = first_shared_task(run); task < run.tasks; ++task) {
    find_task(run, task, other);
    if (!other.shape.own) continue;
    const int64_t rows = other.shape.rows - rows_taken(run, other).load(std::memory_order_relaxed);
    const int64_t work = rows * (other.shape.keys.end - other.shape.keys.begin);
    if (rows < (other.shape.tiles == 1 ? kWorthHalving / 2 : kWorthHelping) || work <= most_work) continue;
    most_work = work;
    most = other;
  }
  return most_work > 0;
}

}  // namespace

void attend_own(const Run& run, Current& now, Current& next, int32_t thread, Scratch& scratch) {
  const int64_t begin = run.starts()[now.batch].task + now.head_kv, count = now.count;
  for (int64_t task = begin; task < begin + count; ++task) {
    find_task(run, task, now);
    // Threads take turns, so that units of mine are followed by as many of each of theirs.
    const int64_t then = task + 1 < begin + count ? task + 1 : begin + count * run.plan.threads;
    if (then < run.tasks) find_task(run, then, next);
    const bool fetch = then < run.tasks && !next.shape.decode && !next.shape.dealt;
    pack_and_attend(run, now, {run, now, task >= first_shared_task(run)}, fetch ? &next : nullptr, thread, scratch);
  }
}

void help_others(const Run& run, int32_t thread, Scratch& scratch) {
  for (Current now; find_most_work(run, now);) {
    helpers(run, now).fetch_add(1, std::memory_order_relaxed);
    pack_and_attend(run, now, {run, now, true}, nullptr, thread, scratch);
  }
}

}  // namespace rapt::cpu
