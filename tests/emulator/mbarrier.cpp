// mbarriers: arrivals, bytes, phases; who waited for which; and fences.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/mbarrier.h"

#include <algorithm>

#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

constexpr int64_t kTxLimit = (1 << 20) - 1;

std::string state_text(const BarrierObject& o) {
  return "mbarrier initialised at " + std::string(o.init_site.file) + ":" + std::to_string(o.init_site.line) + ": phase " +
         std::to_string(o.phase) + ", pending " + std::to_string(o.pending) + " of " + std::to_string(o.count) + ", tx " +
         std::to_string(o.tx);
}

[[noreturn]] void misuse(const BarrierObject& o, const char* instruction, Site site, const std::string& what) {
  report_at(Kind::mbarrier, instruction, site, *o.block->region, o.offset, 8, what + "; " + state_text(o));
  abandon();
}

void complete_if_due(BarrierObject& o) {
  if (o.pending || o.tx) return;
  ++o.phase;
  o.pending = o.count;
  if (world->options.race) {
    o.arriving.raise(o.block->serial, barrier_agent(*o.block, o.slot), o.phase_base + o.phase, world->agents);
    o.completed = o.arriving;
  }
  wake_all(o.waiting);
  progress();
}

void arrive(BarrierObject& o, uint32_t count, const char* instruction, Site site, Fiber& f) {
  if (count > o.pending) misuse(o, instruction, site, "more arrivals than the phase expects");
  if (world->options.race) o.arriving.release(f.clock);
  o.pending -= count;
  complete_if_due(o);
}

void expect(BarrierObject& o, uint32_t bytes, const char* instruction, Site site) {
  o.tx += bytes;
  if (o.tx > kTxLimit) misuse(o, instruction, site, "the transaction count exceeds 2^20 - 1");
}

void check_known(const BarrierObject& o, const Mark& earlier, const char* instruction, Site site, const char* otherwise) {
  if (current->clock.covers(earlier.agent, earlier.stamp)) return;
  Finding f = finding(Kind::race, instruction, site);
  f.other = access_of(earlier);
  f.has_other = true;
  f.buffer = "shared";
  f.offset = o.offset;
  f.bytes = 8;
  f.detail = otherwise;
  add(std::move(f));
}

void check_uses_known(const BarrierObject& o, const char* instruction, Site site) {
  if (!world->options.race) return;
  for (const std::vector<Mark>* uses : {&o.uses, &o.far_uses})
    for (const Mark& use : *uses)
      if (use.stamp) check_known(o, use, instruction, site, "nothing orders the end of this mbarrier after its last use there");
}

BarrierObject& fresh_slot(Block& block, const char* instruction, Site site) {
  for (BarrierObject& o : block.barriers)
    if (!o.live) {
      const uint32_t base = o.phase_base + o.phase + 1;
      const int slot = o.slot;
      o = BarrierObject{};
      o.phase_base = base;
      o.slot = slot;
      return o;
    }
  if (block.barriers.size() == size_t(kBarrierSlots)) {
    report(Kind::mbarrier, instruction, site,
           "more than " + std::to_string(kBarrierSlots) + " live mbarriers in a block: a limit of the emulator");
    abandon();
  }
  block.barriers.push_back({});
  block.barriers.back().slot = int(block.barriers.size()) - 1;
  return block.barriers.back();
}

BarrierObject* find_barrier(Block& block, uint32_t offset) {
  for (BarrierObject& o : block.barriers)
    if (o.live && o.offset == offset) return &o;
  return nullptr;
}

// A thread that last saw phase s complete and now waits for the next finds two more gone by: parity cannot tell.
void check_lag(const BarrierObject& o, uint32_t parity, const char* instruction, Site site) {
  const uint32_t seen = current->seen_phase[o.slot];
  if (seen == 0 || ((seen - 1) & 1) != parity || o.phase < seen - 1 + 2) return;
  misuse(o, instruction, site,
         "this thread last saw phase " + std::to_string(int(seen) - 2) + " complete and waits for the next, but the barrier is " +
             std::to_string(o.phase - (seen - 1)) + " phases further: the parity aliases");
}

}  // namespace

// The barrier's initialisation must be known to whoever uses it, and its uses to whoever ends it.
void begin_use(BarrierObject& o, const char* instruction, Site site) {
  if (!world->options.race) return;
  check_known(o, {o.init_agent, o.init_stamp, place_of("mbarrier.init", o.init_site), 0xff, true, false}, instruction, site,
              "nothing orders the use of this mbarrier after its initialisation");
  const Mark use{current->clock.self, current->clock.own, place_of(instruction, site), 0xff, false, false};
  if (current->block == o.block) {
    o.uses[size_t(current->thread)] = use;
    return;
  }
  const auto known = std::find_if(o.far_uses.begin(), o.far_uses.end(), [&](const Mark& m) { return m.agent == use.agent; });
  known == o.far_uses.end() ? o.far_uses.push_back(use) : void(*known = use);
}

BarrierObject& barrier_at(Block& block, const void* p, const char* instruction, Site site) {
  const Where where = locate_shared(p, 8, 8, instruction, site);
  if (BarrierObject* o = find_barrier(block, uint32_t(where.offset))) return *o;
  report_at(Kind::mbarrier, instruction, site, *block.region, where.offset, 8, "no initialised mbarrier is here");
  abandon();
}

void mbarrier_init(simt::Mbarrier* barrier, uint32_t count, Site site) {
  const InEmulator in;
  const char* instruction = "mbarrier.init";
  Block& block = *current->block;
  const Where where = locate_shared(barrier, 8, 8, instruction, site);
  if (const BarrierObject* o = find_barrier(block, uint32_t(where.offset))) misuse(*o, instruction, site, "initialised while it is live");
  if (count == 0 || count > uint32_t(kTxLimit)) {
    report_at(Kind::mbarrier, instruction, site, *block.region, where.offset, 8,
              "a count of " + std::to_string(count) + ": 1 to 2^20 - 1 are legal");
    abandon();
  }
  generic_access(*current, where, 8, true, instruction, site);
  BarrierObject& o = fresh_slot(block, instruction, site);
  o.live = true;
  o.block = &block;
  o.offset = uint32_t(where.offset);
  o.count = o.pending = count;
  o.init_site = site;
  o.init_agent = current->clock.self;
  o.init_stamp = current->clock.own;
  o.uses.assign(size_t(block.threads), Mark{});
  block.region->shadow.mark_object(where.offset, 8, true);
  for (int i = 0; i < block.threads; ++i) block.fibers[i].seen_phase[o.slot] = 0;
}

void mbarrier_inval(simt::Mbarrier* barrier, Site site) {
  const InEmulator in;
  const char* instruction = "mbarrier.inval";
  BarrierObject& o = barrier_at(*current->block, barrier, instruction, site);
  if (!o.waiting.empty()) misuse(o, instruction, site, "threads wait on it");
  if (o.tx) misuse(o, instruction, site, "bytes are outstanding");
  begin_use(o, instruction, site);
  check_uses_known(o, instruction, site);
  o.live = false;
  o.block->region->shadow.mark_object(o.offset, 8, false);
  o.block->region->shadow.mark_written(o.offset, 8, false);
}

void fence_mbarrier_init(Site) {
  const InEmulator in;
  for (BarrierObject& o : current->block->barriers)
    if (o.init_agent == current->clock.self) o.fenced = true;
}

void fence_proxy_async(Site site) {
  const InEmulator in;
  if (world->options.race) current->clock.fence();
  fence_mbarrier_init(site);
}

void mbarrier_arrive(simt::Mbarrier* barrier, uint32_t count, Site site) {
  const InEmulator in;
  BarrierObject& o = barrier_at(*current->block, barrier, "mbarrier.arrive", site);
  begin_use(o, "mbarrier.arrive", site);
  arrive(o, count, "mbarrier.arrive", site, *current);
  after_release();
}

void mbarrier_arrive_cluster(simt::Mbarrier* barrier, int rank, Site site) {
  const InEmulator in;
  const char* instruction = "mbarrier.arrive.shared::cluster";
  const Where where = locate_shared(barrier, 8, 8, instruction, site);
  Block& peer = peer_block(rank, instruction, site);
  BarrierObject* o = find_barrier(peer, uint32_t(where.offset));
  if (!o) {
    report_at(Kind::mbarrier, instruction, site, *peer.region, where.offset, 8,
              "no initialised mbarrier is here in the block of rank " + std::to_string(rank));
    abandon();
  }
  begin_use(*o, instruction, site);
  arrive(*o, 1, instruction, site, *current);
  after_release();
}

void mbarrier_expect_tx(simt::Mbarrier* barrier, uint32_t bytes, bool arrives, Site site) {
  const InEmulator in;
  const char* instruction = arrives ? "mbarrier.arrive.expect_tx" : "mbarrier.expect_tx";
  BarrierObject& o = barrier_at(*current->block, barrier, instruction, site);
  begin_use(o, instruction, site);
  expect(o, bytes, instruction, site);
  if (!arrives) return;
  arrive(o, 1, instruction, site, *current);
  after_release();
}

void complete_tx(BarrierObject& o, uint32_t bytes, const char* instruction, Site site) {
  o.tx -= bytes;
  if (o.tx < -kTxLimit) misuse(o, instruction, site, "the transaction count falls below -(2^20 - 1)");
  complete_if_due(o);
}

void arrive_for_copies(BarrierObject& o, Fiber& f) { arrive(o, 1, "cp.async.mbarrier.arrive.noinc", o.init_site, f); }

BarrierObject& barrier_for_copies(const void* p, const char* instruction, Site site) {
  BarrierObject& o = barrier_at(*current->block, p, instruction, site);
  begin_use(o, instruction, site);
  return o;
}

bool mbarrier_wait_parity(simt::Mbarrier* barrier, uint32_t parity, Wait how, Site site) {
  const InEmulator in;
  const char* instruction = how == Wait::test ? "mbarrier.test_wait.parity" : "mbarrier.try_wait.parity";
  BarrierObject& o = barrier_at(*current->block, barrier, instruction, site);
  begin_use(o, instruction, site);
  for (;;) {
    if ((o.phase & 1) != (parity & 1)) {
      if (world->options.race) o.completed.acquire(current->clock);
      current->seen_phase[o.slot] = o.phase + 1;
      return true;
    }
    check_lag(o, parity & 1, instruction, site);
    const bool gives_up = how == Wait::test || (how == Wait::once && world->options.order == Order::random && world->random() % 4 == 0);
    if (gives_up) {
      poll(instruction, site);
      return false;
    }
    o.waiting.push_back(current->block->fibers + current->thread);
    block_on(instruction, site, &o, parity);
    if (!o.live) misuse(o, instruction, site, "it has ended while a thread still waits");
  }
}

}  // namespace emu
