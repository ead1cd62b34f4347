// Bulk and tensor copies in flight.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/isa/tensor_copy.h"
#include "tests/emulator/world.h"

namespace emu {

struct BulkLoad {
  struct Target {
    Block* block;
    BarrierObject* barrier;
  };
  std::vector<isa::Chunk> chunks;
  std::vector<Target> targets;  // one; of a multicast, several blocks of the cluster
  uint32_t bytes;
  const char* instruction;
  Site site;
};

struct BulkStore {
  std::vector<isa::Chunk> chunks;
  Store how;
  isa::Element type;
  bool done = false;     // the bytes are where they go
  bool settled = false;  // its reads of shared memory are known to have ended
  const char* instruction;
  Site site;
};

void check_stores_at_exit(Fiber& fiber);
void check_loads_at_exit(Block& block);

}  // namespace emu
