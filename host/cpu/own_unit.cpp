// One's own units, and helping with those of others.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/own_unit.h"

#include <algorithm>

#include "cpu/tiles.h"

namespace rapt::cpu {
namespace {

// How a unit's rows are taken: by one thread in full tiles; in two halves, each of which packs all keys, one block at a time; or ever fewer
// at a time, so that all threads end together, each of which packs all and keeps it.
enum class Taking { alone, in_halves, ever_fewer };

// A helper's gain, half of these rows, is to exceed its packing, which takes the time of 8 to 12 rows, more with the keys in another cache.
constexpr int64_t kWorthHelping = 96, kWorthHalving = 128;

Taking taking(const Run& run, const UnitShape& shape, bool shared) {
  if (!shared) return Taking::alone;
  const bool in_turn = shape.tiles == 1 && (shape.rows <= kTileRows || shape.blocks > run.plan.cut.own_blocks);
  return in_turn ? Taking::in_halves : Taking::ever_fewer;
}

std::atomic_ref<int64_t> rows_taken(const Run& run, const Current& now) {
  return std::atomic_ref<int64_t>(run.counters(now.unit).rows_taken);
}
std::atomic_ref<int32_t> helpers(const Run& run, const Current& now) { return std::atomic_ref<int32_t>(run.counters(now.unit).helpers); }

// The next rows of a unit, in order.
class TakeRows {
 public:
  TakeRows(const Run& run, const Current& now, Taking how) : run_(run), now_(now), how_(how) {}

  bool take(KeyRange& rows) {
    if (how_ != Taking::alone) return take_shared(rows);
    rows = {taken_, taken_ + now_.shape.tile_rows};
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
      rows.end = rows.begin + (how_ == Taking::in_halves ? half(left) : share(left));
    } while (!taken.compare_exchange_weak(rows.begin, rows.end, std::memory_order_relaxed));
    return true;
  }

  static int64_t half(int64_t rows) { return rows < kWorthHalving ? rows : rows / 2 / kLeastTileRows * kLeastTileRows; }
  int64_t share(int64_t rows) const { return rows_to_take(rows, 2 + helpers(run_, now_).load(std::memory_order_relaxed)); }

  const Run& run_;
  const Current& now_;
  const Taking how_;
  int64_t taken_ = 0;
};

void pack_and_attend(const Run& run, const Current& now, bool shared, const Current* next, int32_t thread, Scratch& scratch) {
  const Taking how = taking(run, now.shape, shared);
  const bool in_turn = now.shape.tiles == 1 && how != Taking::ever_fewer;
  const auto nothing_packed = [&] { return own_packed_of(run.plan, run.workspace, thread, now.shape, in_turn); };
  const KeyRange keys{now.shape.first_key(), now.shape.keys.end};
  Packed own = nothing_packed();
  TakeRows some(run, now, how);
  for (KeyRange rows; some.take(rows);) {
    const Tile tile = tile_at(run, now, rows, keys);
    fetch_output(run, tile, scratch);
    if (rows.end < now.shape.rows) {
      fetch_queries(run, tile_at(run, now, {rows.end, rows.end + now.shape.tile_rows}, keys), scratch);
    } else if (next != nullptr) {
      fetch_beginning(run, tile_of(run, *next), scratch);
    }
    run.plan.path->prefill(tile, own, scratch);
    run.plan.machine->store(tile, scratch);
    if (in_turn) own = nothing_packed();  // but the last block
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
    const bool in_halves = taking(run, other.shape, true) == Taking::in_halves;
    if (rows < (in_halves ? kWorthHalving / 2 : kWorthHelping) || work <= most_work) continue;
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
    pack_and_attend(run, now, task >= first_shared_task(run), fetch ? &next : nullptr, thread, scratch);
  }
}

void help_others(const Run& run, int32_t thread, Scratch& scratch) {
  for (Current now; find_most_work(run, now);) {
    helpers(run, now).fetch_add(1, std::memory_order_relaxed);
    pack_and_attend(run, now, true, nullptr, thread, scratch);
  }
}

}  // namespace rapt::cpu
