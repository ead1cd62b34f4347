// Collectives: the last thread of a warp or warpgroup to arrive executes for all.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

// Threads of different instructions or call sites under one mask: divergence, and the launch ends.
void meet_warp(const char* instruction, Site site, const void* operand, Execute execute, uint32_t mask = ~0u, bool exits_count = false);
void meet_warpgroup(const char* instruction, Site site, const void* operand, Execute execute);
void leave_convoys(Fiber& fiber);  // at exit

template <class Operand>
const Operand& operand(const Group& group, int lane) {
  return *static_cast<const Operand*>(group.first[lane].operand);
}

// Every thread of the group has given the same value, or a report of `kind` says that they differ.
template <class Operand, class Value>
bool uniform_over(const Group& group, Value Operand::*field) {
  const Operand* first = nullptr;
  for (int i = 0; i < group.size; ++i) {
    if (!group.has(i)) continue;
    const Operand& mine = operand<Operand>(group, i);
    if (!first) first = &mine;
    if (mine.*field != first->*field) return false;
  }
  return true;
}

}  // namespace emu
