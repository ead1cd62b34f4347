// Stores and reductions of the bulk engine: groups of a thread, which it waits for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/bulk.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"
#include "tests/emulator/tensor.h"

namespace emu {
namespace {

const Block& block() { return *current->block; }
size_t offset_of(const isa::Chunk& c) { return c.shared - world->options.shared_base; }

struct Run {
  uint8_t* first;
  size_t bytes;
};
Run inside(const isa::Chunk& c) {
  const int begin = __builtin_ctz(c.inside), end = 32 - __builtin_clz(c.inside);
  return {c.global + begin, size_t(end - begin)};
}

void perform(BulkStore& s) {
  if (s.done) return;
  s.done = true;
  for (const isa::Chunk& c : s.chunks) {
    if (s.how == Store::copy) {
      isa::store_chunk(block().shared + offset_of(c), c);
    } else {
      isa::add_chunk(block().shared + offset_of(c), c, s.type);
    }
  }
}

void end_reads(BulkStore& s) {
  if (s.settled) return;
  perform(s);
  s.settled = true;
  if (!world->options.race) return;
  for (const isa::Chunk& c : s.chunks) block().region->shadow.settle(offset_of(c), 16, current->clock.self, current->clock.own);
}

void end_writes(BulkStore& s) {
  end_reads(s);
  if (!world->options.race) return;
  for (const isa::Chunk& c : s.chunks) {
    if (!c.inside) continue;
    const Run run = inside(c);
    const Where to = locate_global(run.first, run.bytes, 1, s.instruction, s.site);
    to.region->shadow.settle(to.offset, run.bytes, current->clock.self, current->clock.own);
  }
}

void issue(BulkStore store) {
  const Place place = place_of(store.instruction, store.site);
  const bool poison = store.how == Store::copy && world->options.landing != Landing::eager;
  for (const isa::Chunk& c : store.chunks) {
    Touch read = touch_of(*current, false, place);
    read.stamp = kPending;
    read.async = true;
    touch({block().region.get(), offset_of(c)}, 16, read, store.instruction, store.site);
    if (!c.inside) continue;
    const Run run = inside(c);
    const Where to = locate_global(run.first, run.bytes, 1, store.instruction, store.site);
    Touch write = touch_of(*current, true, place);
    write.stamp = kPending;
    write.async = true;
    write.atomic = store.how == Store::add;
    touch(to, run.bytes, write, store.instruction, store.site);
    if (poison) std::memset(run.first, 0xff, run.bytes);
  }
  const Landing landing = world->options.landing;
  auto kept = std::make_shared<BulkStore>(std::move(store));
  if (landing == Landing::eager || (landing == Landing::random && world->random() % 2)) perform(*kept);
  current->bulk.open.push_back(std::move(kept));
}

}  // namespace

void tma_store(const simt::TensorMap* map, const void* src, const Coordinates& at, Store how, Site site) {
  const InEmulator in;
  BulkStore s{{},  how, isa::Element::u8, false, false, how == Store::copy ? "cp.async.bulk.tensor.global" : "cp.reduce.async.bulk.tensor",
              site};
  const isa::TensorMapInfo info = tensor_of(map, at.rank, s.instruction, site);
  s.type = info.type;
  s.chunks = box_in_shared(info, src, at, s.instruction, site);
  issue(std::move(s));
}

void bulk_store(void* dst, const void* src, uint32_t bytes, Store how, Site site) {
  const InEmulator in;
  BulkStore s{
      {}, how, isa::Element::f32, false, false, how == Store::copy ? "cp.async.bulk.global.shared" : "cp.reduce.async.bulk.add.f32", site};
  s.chunks = run_in_shared(src, dst, bytes, s.instruction, site);
  issue(std::move(s));
}

void bulk_commit_group(Site) {
  const InEmulator in;
  BulkGroups& b = current->bulk;
  b.groups.push_back(std::move(b.open));
  b.open.clear();
}

void bulk_wait_group(int pending, bool read_only, Site) {
  const InEmulator in;
  std::deque<std::vector<std::shared_ptr<BulkStore>>>& groups = current->bulk.groups;
  const int ends = int(groups.size()) - pending;
  for (int i = 0; i < ends; ++i)
    for (const std::shared_ptr<BulkStore>& s : groups[size_t(i)]) read_only ? end_reads(*s) : end_writes(*s);
  if (!read_only && ends > 0) groups.erase(groups.begin(), groups.begin() + ends);
}

void check_stores_at_exit(Fiber& f) {
  const auto check = [&](const std::vector<std::shared_ptr<BulkStore>>& stores) {
    for (const std::shared_ptr<BulkStore>& s : stores) {
      if (!s->settled)
        report(Kind::unfinished, s->instruction, s->site,
               "the thread exits while this store may still read shared memory: cp.async.bulk.wait_group(.read) is missing");
      perform(*s);
    }
  };
  for (const auto& group : f.bulk.groups) check(group);
  check(f.bulk.open);
  f.bulk = {};
}

}  // namespace emu
