// Loads of the bulk engine: tensor boxes and plain runs of bytes, which complete on an mbarrier.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/bulk.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/mbarrier.h"
#include "tests/emulator/schedule.h"
#include "tests/emulator/tensor.h"

namespace emu {
namespace {

uint8_t* in_block(const Block& block, const isa::Chunk& chunk) { return block.shared + (chunk.shared - world->options.shared_base); }

void land(const BulkLoad& load) {
  for (const BulkLoad::Target& t : load.targets)
    for (const isa::Chunk& c : load.chunks) isa::load_chunk(in_block(*t.block, c), c);
  for (const BulkLoad::Target& t : load.targets) complete_tx(*t.barrier, load.bytes, load.instruction, load.site);
}

Touch async_touch(const BulkLoad::Target& t, bool write, const BulkLoad& load) {
  Touch touch = touch_of(*current, write, place_of(load.instruction, load.site));
  touch.agent = agent(t.block->serial, barrier_agent(*t.block, t.barrier->slot));
  touch.stamp = t.barrier->phase_base + t.barrier->phase + 1;
  touch.async = true;
  return touch;
}

void read_global(const BulkLoad& load) {
  const Touch read = async_touch(load.targets[0], false, load);
  for (const isa::Chunk& c : load.chunks) {
    if (!c.inside) continue;
    const int begin = __builtin_ctz(c.inside), end = 32 - __builtin_clz(c.inside);
    const Where from = locate_global(c.global + begin, size_t(end - begin), 1, load.instruction, load.site);
    touch(from, size_t(end - begin), read, load.instruction, load.site);
  }
}

void write_shared(const BulkLoad& load) {
  const bool poison = world->options.landing != Landing::eager;
  for (const BulkLoad::Target& t : load.targets) {
    const Touch write = async_touch(t, true, load);
    for (const isa::Chunk& c : load.chunks) {
      uint8_t* to = in_block(*t.block, c);
      const Where where{t.block->region.get(), size_t(to - t.block->shared)};
      if (where.offset + 16 > where.region->size) {
        report_at(Kind::out_of_bounds, load.instruction, load.site, *where.region, where.offset, 16, "the copy leaves shared memory");
        abandon();
      }
      if (where.region->shadow.any_object(where.offset, 16)) {
        report_at(Kind::mbarrier, load.instruction, load.site, *where.region, where.offset, 16, "the copy writes over a live mbarrier");
        abandon();
      }
      touch(where, 16, write, load.instruction, load.site);
      if (poison) std::memset(to, 0xff, 16);
    }
  }
}

void add_target(BulkLoad& load, Block& block, const simt::Mbarrier* barrier) {
  const auto offset = reinterpret_cast<const uint8_t*>(barrier) - current->block->shared;
  BarrierObject* o = nullptr;
  for (BarrierObject& b : block.barriers)
    if (b.live && b.offset == uint32_t(offset)) o = &b;
  if (!o) {
    report_at(Kind::mbarrier, load.instruction, load.site, *block.region, size_t(offset), 8,
              "no initialised mbarrier is here in the block of rank " + std::to_string(block.rank));
    abandon();
  }
  if (!o->fenced && world->options.race)
    report_at(Kind::proxy, load.instruction, load.site, *block.region, size_t(offset), 8,
              "the mbarrier was initialised without fence.mbarrier_init (or fence.proxy.async) after it, at " +
                  std::string(o->init_site.file) + ":" + std::to_string(o->init_site.line));
  begin_use(*o, load.instruction, load.site);
  load.targets.push_back({&block, o});
}

void issue(BulkLoad load) {
  read_global(load);
  write_shared(load);
  const Landing landing = world->options.landing;
  if (landing == Landing::eager || (landing == Landing::random && world->random() % 3 == 0)) {
    land(load);
  } else {
    world->loads.push_back(std::make_shared<BulkLoad>(std::move(load)));
  }
}

}  // namespace

void tma_load(void* dst, const simt::TensorMap* map, simt::Mbarrier* barrier, const Coordinates& at, uint16_t cta_mask, bool multicast,
              Site site) {
  const InEmulator in;
  BulkLoad load{{}, {}, 0, multicast ? "cp.async.bulk.tensor.multicast" : "cp.async.bulk.tensor", site};
  const isa::TensorMapInfo info = tensor_of(map, at.rank, load.instruction, site);
  load.bytes = isa::box_bytes(info);
  load.chunks = box_in_shared(info, dst, at, load.instruction, site);
  barrier_at(*current->block, barrier, load.instruction, site);
  if (!multicast) {
    add_target(load, *current->block, barrier);
  } else {
    if (cta_mask == 0 || cta_mask >> cluster_size()) {
      report(Kind::bulk, load.instruction, site,
             "the mask " + hex(cta_mask) + " for a cluster of " + std::to_string(cluster_size()) + " blocks");
      abandon();
    }
    for (int rank = 0; rank < cluster_size(); ++rank)
      if (cta_mask >> rank & 1) add_target(load, peer_block(rank, load.instruction, site), barrier);
  }
  issue(std::move(load));
}

void bulk_load(void* dst, const void* src, uint32_t bytes, simt::Mbarrier* barrier, Site site) {
  const InEmulator in;
  BulkLoad load{{}, {}, bytes, "cp.async.bulk.shared.global", site};
  load.chunks = run_in_shared(dst, src, bytes, load.instruction, site);
  barrier_at(*current->block, barrier, load.instruction, site);
  add_target(load, *current->block, barrier);
  issue(std::move(load));
}

bool land_one_load(bool random) {
  World& w = *world;
  if (w.loads.empty()) return false;
  const size_t k = random ? w.random() % w.loads.size() : 0;
  const std::shared_ptr<BulkLoad> load = w.loads[k];
  w.loads.erase(w.loads.begin() + std::ptrdiff_t(k));
  land(*load);
  return true;
}

void check_loads_at_exit(Block& block) {
  std::deque<std::shared_ptr<BulkLoad>> others;
  for (const std::shared_ptr<BulkLoad>& load : world->loads) {
    const bool ours = std::any_of(load->targets.begin(), load->targets.end(), [&](const auto& t) { return t.block == &block; });
    if (ours) {
      report(Kind::unfinished, load->instruction, load->site, "the block exits while this copy into its shared memory is in flight");
    } else {
      others.push_back(load);
    }
  }
  world->loads = std::move(others);
}

}  // namespace emu
