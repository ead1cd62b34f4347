// Collectives: threads gather under a mask at one call site.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/rendezvous.h"

#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

[[noreturn]] void diverge(const char* instruction, Site site, const Rendezvous& r, const Convoy& convoy) {
  Finding f = finding(Kind::divergence, instruction, site);
  f.other = here(r.instruction, r.site, convoy.first + r.first_thread);
  f.has_other = true;
  f.detail = std::string("threads of one ") + (convoy.size > 32 ? "warpgroup" : "warp") + " are at different instructions; " +
             std::to_string(r.arrived) + " wait at the earlier one";
  add(std::move(f));
  abandon();
}

[[noreturn]] void exited(const char* instruction, Site site, const std::string& who) {
  report(Kind::divergence, instruction, site, who + " exited and can no longer take part");
  abandon();
}

Rendezvous& find(Convoy& convoy, uint32_t mask) {
  for (Rendezvous& r : convoy.pending)
    if (r.arrived == 0 || r.mask == mask) {
      if (r.arrived == 0) r.mask = mask;
      if (r.mask == mask) return r;
    }
  convoy.pending.push_back({});
  convoy.pending.back().mask = mask;
  return convoy.pending.back();
}

// An already gathered one of the same mask comes before an empty one.
Rendezvous& at(Convoy& convoy, uint32_t mask) {
  for (Rendezvous& r : convoy.pending)
    if (r.arrived && r.mask == mask) return r;
  return find(convoy, mask);
}

// Runs the instruction; wakes the members unless it parked them. Returns whether the current thread goes on.
bool execute(Convoy& convoy, Rendezvous& r) {
  const Group group{convoy.first, r.mask, convoy.size};
  const Execute run = r.execute;
  r.arrived = 0;
  ++world->report.collectives;
  if (run && run(group) == Outcome::park) return false;
  for (int i = 0; i < group.size; ++i)
    if (group.has(i)) wake(group.first + i);
  return true;
}

void meet(Convoy& convoy, const char* instruction, Site site, const void* operand, Execute run, uint32_t mask, int expected,
          bool exits_count) {
  Fiber& me = *current;
  me.operand = operand;
  Rendezvous& r = at(convoy, mask);
  if (r.arrived == 0) {
    r = {mask, 0, expected, instruction, site, int(&me - convoy.first), run, exits_count};
  } else if (r.instruction != instruction || !same_site(r.site, site)) {
    diverge(instruction, site, r, convoy);
  }
  if (++r.arrived < r.expected) {
    block_on(instruction, site);
  } else if (!execute(convoy, r) && current->state == State::running) {
    block_on(instruction, site, me.waiting_for, me.waiting_detail);
  }
}

}  // namespace

void meet_warp(const char* instruction, Site site, const void* operand, Execute run, uint32_t mask, bool exits_count) {
  Convoy& warp = current->block->warps[size_t(current->warp)];
  const uint32_t there = warp.size == 32 ? ~0u : (1u << warp.size) - 1;
  mask &= there;
  if (!(mask >> current->lane & 1)) {
    report(Kind::divergence, instruction, site, "the member mask " + hex(mask) + " leaves out the lane that executes it");
    abandon();
  }
  if (mask & warp.exited) {
    if (!exits_count) exited(instruction, site, "lanes " + hex(mask & warp.exited) + " of the warp");
    mask &= ~warp.exited;
  }
  meet(warp, instruction, site, operand, run, mask, __builtin_popcount(mask), exits_count);
}

void meet_warpgroup(const char* instruction, Site site, const void* operand, Execute run) {
  Block& block = *current->block;
  const size_t index = size_t(current->warp) / 4;
  Convoy& group = block.warpgroups[index];
  if (group.size != 128) exited(instruction, site, "the warpgroup has only " + std::to_string(group.size) + " threads; some");
  if (group.exited) exited(instruction, site, "threads of the warpgroup");
  meet(group, instruction, site, operand, run, ~0u, 128, false);
}

void leave_convoys(Fiber& fiber) {
  Block& block = *fiber.block;
  Convoy& warp = block.warps[size_t(fiber.warp)];
  const uint32_t bit = 1u << fiber.lane;
  warp.exited |= bit;
  block.warpgroups[size_t(fiber.warp) / 4].exited |= 1;
  for (size_t i = 0; i < warp.pending.size(); ++i) {
    Rendezvous& r = warp.pending[i];
    if (r.arrived == 0 || !(r.mask & bit)) continue;
    if (!r.exits_count) exited(r.instruction, r.site, "a lane that " + std::to_string(r.arrived) + " others wait for has");
    r.mask &= ~bit;
    if (r.arrived == --r.expected) execute(warp, r);
  }
  Convoy& warpgroup = block.warpgroups[size_t(fiber.warp) / 4];
  for (const Rendezvous& r : warpgroup.pending)
    if (r.arrived) exited(r.instruction, r.site, "a thread of the warpgroup that " + std::to_string(r.arrived) + " others wait for has");
}

}  // namespace emu
