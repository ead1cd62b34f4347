// Blocks of a launch, dealt in order to whoever is free; and the worlds that run them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>

#include "tests/emulator/world.h"

namespace emu {

struct Supply {
  Supply(const LaunchShape& shape, const Options& options, uint32_t first_serial);
  uint64_t first, end;         // clusters of the grid, in its order
  std::atomic<uint64_t> next;  // cluster
  uint32_t first_serial;       // of their blocks
  uint32_t blocks;
};

uint64_t clusters_of(const LaunchShape& shape, const Options& options);  // that run
simt::Dim3 block_index(const LaunchShape& shape, uint64_t cluster, unsigned rank);
// Options that fit the shape; what no machine would launch goes to the report.
Options prepare(const LaunchShape& shape, const Options& wished, Report& report);
Report run_after(const LaunchShape& shape, const Options& wished, uint32_t first_serial);  // its blocks are numbered from there

// The kernel's own copy of its parameters, aligned for tensor maps.
class ParamsCopy {
 public:
  explicit ParamsCopy(const LaunchShape& shape);
  const LaunchShape& shape() const { return shape_; }

 private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> lines_;
  LaunchShape shape_;
};

// One world an OS thread. Everything is set up, threads run when start_threads() is called.
std::unique_ptr<World> make_world(const LaunchShape& shape, const Options& options, Supply& supply);
void enter_world(World& w);  // deals the first blocks
void leave_world(World& w);  // afterwards: `world` is null again

}  // namespace emu
