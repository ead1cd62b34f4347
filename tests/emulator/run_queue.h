// Threads that can run, and who of them is next.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <random>
#include <vector>

#include "tests/emulator/options.h"

namespace emu {

struct Fiber;

class RunQueue {
 public:
  void reset(Order order, std::mt19937& random, int warps, int fibers);
  void push(Fiber* fiber);
  Fiber* pop(std::mt19937& random);
  bool empty() const { return waiting_ == 0; }
  int size() const { return waiting_; }
  void demote(int warp);  // skewed: the warp is the last choice from now on

 private:
  struct Ring {
    std::vector<Fiber*> at;
    unsigned head = 0, count = 0;
    void push(Fiber* f);
    Fiber* pop();
  };
  Order order_ = Order::fifo;
  int waiting_ = 0;
  Ring all_;                   // fifo, random
  std::vector<Ring> by_warp_;  // skewed
  std::vector<int> rank_;      // skewed: warps, favourite first
};

}  // namespace emu
