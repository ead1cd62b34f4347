// Who waits for what, when nobody can go on.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

struct Waiters {
  const Fiber* first;
  int count;
};

bool alike(const Fiber& a, const Fiber& b) {
  return a.block == b.block && a.waiting == b.waiting && same_site(a.waiting_site, b.waiting_site) && a.waiting_for == b.waiting_for &&
         a.waiting_detail == b.waiting_detail;
}

std::vector<Waiters> gather() {
  std::vector<Waiters> groups;
  for (const Fiber& f : world->fibers) {
    if (f.state == State::exited || !f.waiting || f.block->live == 0) continue;
    bool known = false;
    for (Waiters& g : groups)
      if (alike(*g.first, f)) {
        ++g.count;
        known = true;
        break;
      }
    if (!known) groups.push_back({&f, 1});
  }
  return groups;
}

std::string object_text(const Fiber& f) {
  const Block& b = *f.block;
  for (const BarrierObject& o : b.barriers)
    if (f.waiting_for == &o)
      return ", parity " + std::to_string(f.waiting_detail) + " of the mbarrier at shared + " + std::to_string(o.offset) + " (phase " +
             std::to_string(o.phase) + ", pending " + std::to_string(o.pending) + " of " + std::to_string(o.count) + ", tx " +
             std::to_string(o.tx) + ", initialised at " + o.init_site.file + ":" + std::to_string(o.init_site.line) + ")";
  for (const NamedBarrier& n : b.named)
    if (f.waiting_for == &n)
      return ", barrier " + std::to_string(&n - b.named.data()) + " (" + std::to_string(n.arrived) + " of " +
             std::to_string(n.whole_block ? b.live : n.expected) + " threads arrived)";
  if (f.waiting_for == &b.registers)
    return ", for " + std::to_string(f.waiting_detail) + " registers a thread (the pool has " + std::to_string(b.registers.available) +
           " left)";
  if (f.waiting_for == &b.cluster->cluster_barrier)
    return ", " + std::to_string(b.cluster->cluster_barrier.arrived) + " threads of the cluster arrived";
  return "";
}

// Barriers that somebody has arrived at and nobody waits for say as much: a wrong id, a wrong stage.
std::string half_full(const Block& b) {
  std::string s;
  for (const NamedBarrier& n : b.named)
    if (n.arrived && n.waiting.empty())
      s += "\n  barrier " + std::to_string(&n - b.named.data()) + ": " + std::to_string(n.arrived) + " of " + std::to_string(n.expected) +
           " threads arrived, nobody waits";
  for (const BarrierObject& o : b.barriers)
    if (o.live && o.waiting.empty() && (o.pending != o.count || o.tx))
      s += "\n  mbarrier at shared + " + std::to_string(o.offset) + ": phase " + std::to_string(o.phase) + ", pending " +
           std::to_string(o.pending) + " of " + std::to_string(o.count) + ", tx " + std::to_string(o.tx) + ", nobody waits";
  return s;
}

std::string who_waits(const std::vector<Waiters>& groups) {
  std::string s;
  int shown = 0;
  for (const Waiters& g : groups) {
    if (++shown > 12) break;
    s += "\n  " + std::to_string(g.count) + " thread" + (g.count == 1 ? "" : "s") + " wait in " +
         here(g.first->waiting, g.first->waiting_site, g.first).text() + object_text(*g.first);
  }
  for (const Block& b : world->blocks)
    if (b.live) s += half_full(b);
  return s;
}

}  // namespace

std::string who_waits() { return who_waits(gather()); }

void report_deadlock() {
  const std::vector<Waiters> groups = gather();
  Finding f{};
  f.kind = Kind::deadlock;
  if (!groups.empty()) f.here = here(groups[0].first->waiting, groups[0].first->waiting_site, groups[0].first);
  f.detail = "nobody can go on:" + who_waits(groups);
  add(std::move(f));
  world->dead = true;
}

}  // namespace emu
