// Barriers of a block: __syncthreads and the sixteen named ones. A warp arrives as one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/emulator/barrier.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

struct BarrierOperand {
  int id, threads;  // threads 0: the whole block
  bool wait;
  Site site;
};

const char* instruction_of(const BarrierOperand& o) { return o.threads == 0 ? "bar.sync 0" : o.wait ? "bar.sync" : "bar.arrive"; }

void complete(NamedBarrier& b) {
  if (world->options.race)
    for (Fiber* f : b.waiting) b.handoff.acquire(f->clock);
  wake_all(b.waiting);
  b.members.clear();
  b.arrived = 0;
  b.handoff.clear();
  progress();
}

void check(const Group& g, const BarrierOperand& o, NamedBarrier& b) {
  const char* instruction = instruction_of(o);
  const std::string bar = "barrier " + std::to_string(o.id);
  if (b.arrived == 0) {
    b.expected = o.threads;
    b.whole_block = o.threads == 0;
    b.site = o.site;
  } else if (b.expected != o.threads) {
    Finding f = finding(Kind::barrier, instruction, o.site);
    f.other = here("barrier", b.site, b.members.front());
    f.has_other = true;
    f.detail = bar + " is in use for " + std::to_string(b.expected) + " threads, this names " + std::to_string(o.threads);
    add(std::move(f));
    abandon();
  }
  for (int i = 0; i < g.size; ++i)
    if (g.has(i) && std::find(b.members.begin(), b.members.end(), g.first + i) != b.members.end()) {
      report(Kind::barrier, instruction, o.site, bar + ": this warp has arrived already, and the barrier has not been completed since");
      abandon();
    }
}

Outcome run_barrier(const Group& g) {
  const BarrierOperand& o = operand<BarrierOperand>(g, __builtin_ctz(g.mask));
  Block& block = *g.first->block;
  if (!uniform_over(g, &BarrierOperand::id) || !uniform_over(g, &BarrierOperand::threads)) {
    report(Kind::barrier, instruction_of(o), o.site, "the lanes of a warp name different barriers or counts");
    abandon();
  }
  NamedBarrier& b = block.named[size_t(o.id)];
  check(g, o, b);
  for (int i = 0; i < g.size; ++i) {
    if (!g.has(i)) continue;
    Fiber* f = g.first + i;
    if (b.whole_block) ++b.arrived;
    b.members.push_back(f);
    if (world->options.race) b.handoff.release(f->clock);
    if (o.wait) {
      b.waiting.push_back(f);
      set_waiting(*f, instruction_of(o), o.site, &b, uint32_t(o.id));
    }
  }
  if (!b.whole_block) b.arrived += 32;  // of a warp with fewer threads too
  const bool full = b.arrived >= (b.whole_block ? block.live : b.expected);
  if (full) complete(b);
  return full || !o.wait ? Outcome::proceed : Outcome::park;
}

}  // namespace

void sync_block(Site site) {
  const InEmulator in;
  const BarrierOperand o{0, 0, true, site};
  meet_warp("bar.sync 0", site, &o, run_barrier, ~0u, true);
}

void named_barrier(int id, int threads, bool wait, Site site) {
  const InEmulator in;
  const BarrierOperand o{id, threads, wait, site};
  if (id < 0 || id > 15 || threads <= 0 || threads % 32) {
    report(
        Kind::barrier, instruction_of(o), site,
        "barrier " + std::to_string(id) + " for " + std::to_string(threads) + " threads: ids are 0 to 15, counts positive multiples of 32");
    abandon();
  }
  meet_warp(instruction_of(o), site, &o, run_barrier);
  if (!wait) after_release();
}

// A barrier without a count waits for the threads that have not exited.
void recheck_barriers(Block& block, int live) {
  NamedBarrier& b = block.named[0];
  if (b.arrived && b.whole_block && live > 0 && b.arrived >= live) complete(b);
}

}  // namespace emu
