// mbarriers, as copies see them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

// The live mbarrier at p in the block's shared memory; none: a report, and the launch ends.
BarrierObject& barrier_at(Block& block, const void* p, const char* instruction, Site site);
Block& peer_block(int rank, const char* instruction, Site site);                       // of the current cluster
BarrierObject& barrier_for_copies(const void* p, const char* instruction, Site site);  // and its initialisation is known
void begin_use(BarrierObject& o, const char* instruction, Site site);                  // by the current thread: ordered after its init
void arrive_for_copies(BarrierObject& barrier, Fiber& fiber);                          // cp.async.mbarrier.arrive.noinc triggers
void complete_tx(BarrierObject& barrier, uint32_t bytes, const char* instruction, Site site);

}  // namespace emu
