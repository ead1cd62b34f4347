// How a launch is emulated: when copies land, who runs next, what is watched.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace emu {

// When an asynchronous copy or product happens, within what its waits allow. Lazy and random poison destinations at issue.
enum class Landing { eager, lazy, random };

// Who runs next. Skewed: one warp, chosen by the seed, runs as far ahead as it can, and loses its place after each release.
enum class Order { fifo, random, skewed };

struct Options {
  Landing landing = Landing::lazy;
  Order order = Order::fifo;
  unsigned seed = 1;
  uint32_t shared_base = 0x400;              // shared-window address of the first dynamic byte; rounded up to the storage's alignment
  bool race = true;                          // happens-before race detector over shared and registered global memory
  bool uninitialised = true;                 // report reads of bytes never written
  int max_findings = 8;                      // further ones are counted, not kept
  int os_threads = 1;                        // blocks are dealt to so many
  int resident = 1;                          // blocks (clusters) in flight at once, which may wait for each other; then os_threads is 1
  uint64_t first = 0, count = ~uint64_t{0};  // blocks (clusters) that run, in the order of the grid; the others are as if never started
  int polls_per_thread = 5000;               // without progress anywhere: livelock
};

}  // namespace emu
