// Numbers of tasks and blocks, and what they stand for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/tasks.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace rapt::cpu {
namespace {

// `number` is the member of Start that counts them, `in_unit` how many a unit has.
template <class InUnit>
void find(const Run& run, int64_t wanted, int64_t Start::*number, InUnit in_unit, Current& now) {
  const Start *begin = run.starts(), *end = begin + run.call.problem.batch + 1;
  const Start* next = std::upper_bound(begin, end, wanted, [number](int64_t w, const Start& start) { return w < start.*number; });
  const Start& start = *(next - 1);
  const int64_t b = next - 1 - begin;
  if (b != now.batch) {
    now.batch = b;
    now.sequence = sequence_at(run.call, b);
    now.shape = unit_shape(run.call, now.sequence, run.plan.cut);
  }
  now.head_kv = (wanted - start.*number) / in_unit(now.shape);
  now.index = (wanted - start.*number) % in_unit(now.shape);
  now.unit = start.unit + now.head_kv;
  now.packing = start.packing + now.head_kv;
  now.splitting = start.splitting + now.head_kv;
}

// Steps of a unit that is dealt, from its end on: a full tile begins where tiles of this size do, so that none but the first is less.
int64_t steps_to_take(const Run& run, int64_t task, const Current& now) {
  constexpr int64_t full = kTileRows / kLeastTileRows;
  const int64_t left = now.shape.steps() - now.index;
  if (run.plan.threads == 1) return (left - 1) % full + 1;
  const int64_t steps = rows_to_take((run.tasks - task) * kLeastTileRows, run.plan.threads) / kLeastTileRows;
  return steps == full ? (left - 1) % full + 1 : std::min(left, steps);
}

// Of units of one's own several of a sequence in a row, whose memory is near, as long as many are left.
int64_t units_to_take(const Run& run, int64_t task, const Current& now) {
  if (run.plan.threads == 1) return 1;
  const int64_t heads = run.call.problem.k.shape[1] - now.head_kv;
  return std::clamp<int64_t>((run.tasks - task) / (4 * run.plan.threads), 1, heads);
}

}  // namespace

void lay_out(Run& run) {
  const int64_t batch = run.call.problem.batch, heads_kv = run.call.problem.k.shape[1];
  new (&run.header()) RunHeader{};
  Start next{};
  for (int64_t b = 0; b < batch; ++b) {
    run.starts()[b] = next;
    const UnitShape shape = unit_shape(run.call, sequence_at(run.call, b), run.plan.cut);
    next.task += shape.numbers() * heads_kv;
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

void find_task(const Run& run, int64_t task, Current& now) {
  now.task = task;
  find(
      run, task, &Start::task, [](const UnitShape& shape) { return shape.numbers(); }, now);
  now.count = now.shape.own ? units_to_take(run, task, now) : now.shape.dealt ? steps_to_take(run, task, now) : 1;
}

bool take_task(const Run& run, Current& now) {
  std::atomic<int64_t>& next = run.header().next_task;
  int64_t task = next.load(std::memory_order_relaxed);
  do {
    if (task >= run.tasks) return false;
    find_task(run, task, now);
  } while (!next.compare_exchange_weak(task, task + now.count, std::memory_order_relaxed));
  return true;
}

void find_block(const Run& run, int64_t block, Current& now) {
  find(
      run, block, &Start::block, [](const UnitShape& shape) { return shape.shared_blocks(); }, now);
}

}  // namespace rapt::cpu
