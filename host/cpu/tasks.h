// The tasks and blocks of a run by their numbers, which threads take in order.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "cpu/workspace.h"

namespace rapt::cpu {

struct RunHeader {  // at the workspace's beginning
  std::atomic<int64_t> next_task, next_block;
  std::atomic<int64_t> unmapped;
};

struct Run {
  const Plan& plan;
  const Call call;
  void* workspace;
  int64_t tasks = 0, blocks = 0;  // numbers in all

  template <class T>
  T* at(size_t offset) const {
    return reinterpret_cast<T*>(static_cast<char*>(workspace) + offset);
  }
  RunHeader& header() const { return *at<RunHeader>(0); }
  Start* starts() const { return at<Start>(plan.starts); }
  UnitCounters& counters(int64_t unit) const { return at<UnitCounters>(plan.counters)[unit]; }
};
void lay_out(Run& run);  // counts them and clears the counters

// One unit as a thread works on it; the sequence is kept from task to task.
struct Current {
  int64_t batch = -1;
  Sequence sequence{};
  UnitShape shape{};
  int64_t head_kv = 0;
  int64_t task = 0;                              // the first number
  int64_t index = 0;                             // inside the unit: the task's first number, or the block
  int64_t count = 1;                             // numbers of the task, of several units if they are own
  int64_t unit = 0, packing = 0, splitting = 0;  // numbers, see Start
};

bool take_task(const Run& run, Current& now);  // false if none is left
void find_task(const Run& run, int64_t task, Current& now);
void find_block(const Run& run, int64_t block, Current& now);

}  // namespace rapt::cpu
