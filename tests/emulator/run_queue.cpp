// Threads that can run: a ring, or a ring for each warp in order of favour.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/run_queue.h"

#include <algorithm>
#include <numeric>

#include "tests/emulator/world.h"

namespace emu {

void RunQueue::Ring::push(Fiber* f) {
  unsigned tail = head + count++;
  if (tail >= at.size()) tail -= unsigned(at.size());
  at[tail] = f;
}

Fiber* RunQueue::Ring::pop() {
  Fiber* f = at[head];
  if (++head == at.size()) head = 0;
  --count;
  return f;
}

void RunQueue::reset(Order order, std::mt19937& random, int warps, int fibers) {
  order_ = order;
  waiting_ = 0;
  all_ = {std::vector<Fiber*>(size_t(fibers)), 0, 0};
  by_warp_.assign(order == Order::skewed ? size_t(warps) : 0, Ring{std::vector<Fiber*>(32), 0, 0});
  rank_.resize(size_t(warps));
  std::iota(rank_.begin(), rank_.end(), 0);
  if (order == Order::skewed) std::shuffle(rank_.begin(), rank_.end(), random);
}

void RunQueue::push(Fiber* fiber) {
  ++waiting_;
  (order_ == Order::skewed ? by_warp_[size_t(fiber->queue)] : all_).push(fiber);
}

Fiber* RunQueue::pop(std::mt19937& random) {
  --waiting_;
  if (order_ == Order::skewed) {
    for (const int warp : rank_)
      if (by_warp_[size_t(warp)].count) return by_warp_[size_t(warp)].pop();
  }
  if (order_ == Order::random) {
    unsigned other = all_.head + random() % all_.count;
    if (other >= all_.at.size()) other -= unsigned(all_.at.size());
    std::swap(all_.at[all_.head], all_.at[other]);
  }
  return all_.pop();
}

void RunQueue::demote(int warp) {
  const auto at = std::find(rank_.begin(), rank_.end(), warp);
  std::rotate(at, at + 1, rank_.end());
}

}  // namespace emu
