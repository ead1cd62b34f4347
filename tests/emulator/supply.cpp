// Blocks of a launch: set up, dealt to slots, and looked after when they end.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/supply.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/emulator/barrier.h"
#include "tests/emulator/bulk.h"
#include "tests/emulator/cluster.h"
#include "tests/emulator/cp_async.h"
#include "tests/emulator/registers.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"
#include "tests/emulator/wgmma.h"

namespace emu {
namespace {

// Of launches that have ended on this OS thread: their pages are there already.
thread_local std::vector<std::unique_ptr<Stacks>> spare_stacks;

std::unique_ptr<Stacks> taken_stacks() {
  if (spare_stacks.empty()) return std::make_unique<Stacks>();
  std::unique_ptr<Stacks> last = std::move(spare_stacks.back());
  spare_stacks.pop_back();
  return last;
}

int cluster_blocks(const LaunchShape& s) { return int(s.cluster.x * s.cluster.y * s.cluster.z); }

void place_block(World& w, Block& b, uint64_t cluster) {
  b.index = block_index(w.shape, cluster, unsigned(b.rank));
  b.serial = w.supply.first_serial + uint32_t(cluster - w.supply.first) * uint32_t(cluster_blocks(w.shape)) + uint32_t(b.rank);
}

void reset_threads(World& w, Block& b) {
  for (int i = 0; i < b.threads; ++i) {
    Fiber& f = b.fibers[i];
    f.state = State::ready;
    f.clock = Clock{};
    f.clock.self = agent(b.serial, i);
    f.clock.agents = w.agents;
    f.dependency_resolved = false;
    f.fence_released.clear();
    f.to_acquire.clear();
    std::fill_n(f.seen_phase, kBarrierSlots, 0u);
    w.queue.push(&f);
  }
}

void reset_block(World& w, Block& b, uint64_t cluster) {
  place_block(w, b, cluster);
  b.live = b.threads;
  w.live += b.threads;
  ++w.report.blocks;
  std::memset(b.shared, 0xff, w.shape.shared_bytes);  // what nobody wrote reads as NaN
  b.region->shadow.forget_all(w.shape.shared_bytes);
  for (Convoy& c : b.warps) c.exited = 0, c.pending.clear();
  for (Convoy& c : b.warpgroups) c.exited = 0, c.pending.clear();
  for (NamedBarrier& n : b.named) n = NamedBarrier{};
  b.barriers.clear();
  b.barriers.reserve(kBarrierSlots);
  reset_registers(b);
  reset_products(b);
  b.cluster_barrier = ClusterBarrier{};
  b.cluster_arrived.assign(size_t(b.threads), 0);
  reset_threads(w, b);
}

void build_convoys(Block& b, std::vector<Convoy>& convoys, int size) {
  for (int first = 0; first < b.threads; first += size) convoys.push_back({b.fibers + first, std::min(size, b.threads - first), 0, {}});
}

void build_block(World& w, size_t slot) {
  Block& b = w.blocks[slot];
  const size_t in_cluster = size_t(cluster_blocks(w.shape));
  b.world = &w;
  b.rank = int(slot % in_cluster);
  b.cluster = &w.blocks[slot - size_t(b.rank)];
  b.threads = w.shape.threads;
  b.shared = w.arena + slot * w.pitch;
  b.fibers = &w.fibers[slot * size_t(b.threads)];
  b.region =
      std::make_unique<Region>(Region{"shared", b.shared, w.shape.shared_bytes, b.shared, w.pitch, &b, Shadow(w.shape.shared_bytes + 16)});
  for (int i = 0; i < b.threads; ++i) {
    Fiber& f = b.fibers[i];
    f.block = &b;
    f.thread = i;
    f.warp = i / 32;
    f.lane = i % 32;
    f.slot = int(slot) * b.threads + i;
    f.queue = int(slot) * ((b.threads + 31) / 32) + f.warp;
    w.stacks->prepare(f.context, f.slot, thread_main);
  }
  build_convoys(b, b.warps, 32);
  build_convoys(b, b.warpgroups, 128);
}

uint64_t clusters_of_grid(const LaunchShape& s) {
  return uint64_t(s.grid.x / s.cluster.x) * (s.grid.y / s.cluster.y) * (s.grid.z / s.cluster.z);
}

}  // namespace

uint64_t clusters_of(const LaunchShape& s, const Options& o) {
  const uint64_t all = clusters_of_grid(s);
  return o.first < all ? std::min(o.count, all - o.first) : 0;
}

simt::Dim3 block_index(const LaunchShape& s, uint64_t cluster, unsigned rank) {
  const simt::Dim3 g = s.grid, c = s.cluster;
  const uint64_t across = g.x / c.x, down = g.y / c.y;
  return {unsigned(cluster % across) * c.x + rank % c.x, unsigned(cluster / across % down) * c.y + rank / c.x % c.y,
          unsigned(cluster / across / down) * c.z + rank / c.x / c.y};
}

Supply::Supply(const LaunchShape& shape, const Options& options, uint32_t serial)
    : first(options.first),
      end(options.first + clusters_of(shape, options)),
      next(options.first),
      first_serial(serial),
      blocks(uint32_t(end - first) * uint32_t(cluster_blocks(shape))) {}

std::unique_ptr<World> make_world(const LaunchShape& shape, const Options& options, Supply& supply) {
  auto w = std::make_unique<World>(options, shape, supply);
  const size_t slots =
      size_t(std::min<uint64_t>(uint64_t(std::max(1, options.resident)), supply.end - supply.first)) * size_t(cluster_blocks(shape));
  const size_t threads = slots * size_t(shape.threads);
  w->agents = (shape.threads + kBarrierSlots + kWarpgroupSlots + 7) / 8 * 8;
  w->random.seed(options.seed);
  w->pitch = (shape.shared_bytes + 4096 + 4095) / 4096 * 4096;
  w->arena = static_cast<uint8_t*>(std::aligned_alloc(4096, w->pitch * slots));
  w->stacks = taken_stacks();
  w->stacks->reserve(int(threads));
  w->fibers = std::vector<Fiber>(threads);
  w->blocks = std::vector<Block>(slots);
  w->queue.reset(options.order, w->random, int(slots) * ((shape.threads + 31) / 32), int(threads) + 1);
  for (size_t slot = 0; slot < slots; ++slot) build_block(*w, slot);
  return w;
}

void enter_world(World& w) {
  world = &w;
  for (Block& b : w.blocks)
    if (b.rank == 0 && !next_unit(b)) break;
}

void leave_world(World& w) {
  std::free(w.arena);
  w.arena = nullptr;
  spare_stacks.push_back(std::move(w.stacks));
  world = nullptr;
}

bool next_unit(Block& first) {
  World& w = *first.world;
  const uint64_t cluster = w.supply.next++;
  if (cluster >= w.supply.end || w.dead) return false;
  // Each cluster has a random sequence of its own, whoever runs it.
  if (w.options.resident <= 1) w.random.seed(unsigned(w.options.seed * 7919u + cluster));
  for (int i = 0; i < cluster_blocks(w.shape); ++i) reset_block(w, (&first)[i], cluster);
  return true;
}

void thread_exits(Fiber& f) {
  check_copies_at_exit(f);
  check_stores_at_exit(f);
  leave_convoys(f);
  recheck_barriers(*f.block, f.block->live - 1);
  recheck_cluster_barrier(f);
}

void block_exits(Block& b) {
  check_loads_at_exit(b);
  check_products_at_exit(b);
}

}  // namespace emu
