// cp.async: per thread, in groups; the bytes arrive at the issue, at the wait, or at either by chance.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/cp_async.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/mbarrier.h"
#include "tests/emulator/place.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

void land(CpAsyncCopy& c) {
  if (c.done) return;
  c.done = true;
  if (c.valid) {
    std::memcpy(c.dst, c.src, size_t(c.bytes));
  } else {
    std::memset(c.dst, 0, size_t(c.bytes));
  }
}

void finish(Fiber& f, CpAsyncGroup& group) {
  Region& shared = *f.block->region;
  for (CpAsyncCopy& c : group.copies) {
    land(c);
    if (world->options.race) shared.shadow.settle(size_t(c.dst - shared.data), size_t(c.bytes), f.clock.self, f.clock.own);
  }
  for (BarrierObject* barrier : group.arrivals) arrive_for_copies(*barrier, f);
  group.copies.clear();
  group.arrivals.clear();
}

// An mbarrier's arrival is due when every earlier copy of the thread has landed.
bool land_towards_barriers(Fiber& f) {
  int last = f.cp_async_open.arrivals.empty() ? -1 : int(f.cp_async_groups.size());
  for (int i = 0; i < int(f.cp_async_groups.size()); ++i)
    if (!f.cp_async_groups[size_t(i)].arrivals.empty()) last = std::max(last, i);
  for (int i = 0; i <= last; ++i) finish(f, i < int(f.cp_async_groups.size()) ? f.cp_async_groups[size_t(i)] : f.cp_async_open);
  return last >= 0;
}

}  // namespace

void cp_async(void* dst, const void* src, int bytes, bool valid, Site site) {
  const InEmulator in;
  const char* instruction = "cp.async";
  Fiber& f = *current;
  const Where to = locate_shared(dst, size_t(bytes), size_t(bytes), instruction, site);
  const Place place = place_of(instruction, site);
  if (valid) {
    const Where from = locate_global(src, size_t(bytes), size_t(bytes), instruction, site);
    touch(from, size_t(bytes), touch_of(f, false, place), instruction, site);
  }
  if (to.region->shadow.any_object(to.offset, size_t(bytes)))
    report_at(Kind::mbarrier, instruction, site, *to.region, to.offset, size_t(bytes), "writes over the bytes of a live mbarrier");
  Touch t = touch_of(f, true, place);
  t.stamp = kPending;
  touch(to, size_t(bytes), t, instruction, site);
  CpAsyncCopy copy{static_cast<uint8_t*>(dst), src, bytes, valid, false};
  const Landing landing = world->options.landing;
  if (landing == Landing::eager || (landing == Landing::random && world->random() % 2)) {
    land(copy);
  } else {
    std::memset(dst, 0xff, size_t(bytes));
  }
  f.cp_async_open.copies.push_back(copy);
}

void cp_async_commit_group(Site) {
  const InEmulator in;
  Fiber& f = *current;
  f.cp_async_groups.push_back(std::move(f.cp_async_open));
  f.cp_async_open = {};
}

void cp_async_wait_group(int pending, Site) {
  const InEmulator in;
  Fiber& f = *current;
  while (int(f.cp_async_groups.size()) > pending) {
    finish(f, f.cp_async_groups.front());
    f.cp_async_groups.pop_front();
  }
}

void cp_async_wait_all(Site site) {
  const InEmulator in;
  cp_async_commit_group(site);
  cp_async_wait_group(0, site);
}

void cp_async_mbarrier_arrive_noinc(simt::Mbarrier* barrier, Site site) {
  const InEmulator in;
  Fiber& f = *current;
  f.cp_async_open.arrivals.push_back(&barrier_for_copies(barrier, "cp.async.mbarrier.arrive.noinc", site));
  const Landing landing = world->options.landing;
  if (landing == Landing::eager || (landing == Landing::random && world->random() % 2)) land_towards_barriers(f);
}

bool land_copies_towards_barriers() {
  bool any = false;
  for (Fiber& f : world->fibers) any = land_towards_barriers(f) || any;
  return any;
}

void check_copies_at_exit(Fiber& f) {
  size_t left = f.cp_async_open.copies.size();
  for (const CpAsyncGroup& g : f.cp_async_groups) left += g.copies.size();
  f.cp_async_groups.clear();
  f.cp_async_open = {};
  if (left) report(Kind::unfinished, "exit", {"", 0}, "the thread exits with " + std::to_string(left) + " cp.async copies not waited for");
}

}  // namespace emu
