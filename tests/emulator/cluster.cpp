// Clusters: the barrier of all their threads, and each other's shared memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/cluster.h"

#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/mbarrier.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

int live_threads(const Block& any) {
  int live = 0;
  for (int i = 0; i < cluster_size(); ++i) live += any.cluster[i].live;
  return live;
}

void complete(ClusterBarrier& b) {
  ++b.phase;
  b.arrived = 0;
  b.completed = b.arriving;
  wake_all(b.waiting);
  progress();
}

struct SiteOperand {
  Site site;
};

Outcome run_arrive(const Group& g) {
  Block& block = *g.first->block;
  ClusterBarrier& b = block.cluster->cluster_barrier;
  const Site site = operand<SiteOperand>(g, __builtin_ctz(g.mask)).site;
  for (int i = 0; i < g.size; ++i) {
    if (!g.has(i)) continue;
    Fiber& f = g.first[i];
    uint32_t& arrived = block.cluster_arrived[size_t(f.thread)];
    if (arrived) {
      report(Kind::cluster, "barrier.cluster.arrive", site, "a thread arrives again before it has waited");
      abandon();
    }
    arrived = b.phase + 1;
    if (world->options.race) b.arriving.release(f.clock);
    ++b.arrived;
  }
  if (b.arrived >= live_threads(block)) complete(b);
  return Outcome::proceed;
}

struct Peer {
  Block* block;
  const uint8_t* p;
};

Peer peer_at(uint32_t address, const char* instruction, Site site) {
  Block& peer = peer_block(int(address >> 24), instruction, site);
  const uint32_t offset = (address & 0xffffffu) - world->options.shared_base;
  if (size_t(offset) + 4 > peer.region->size || offset % 4) {
    report_at(offset % 4 ? Kind::misaligned : Kind::out_of_bounds, instruction, site, *peer.region, offset, 4,
              "in the block of rank " + std::to_string(peer.rank) + ", which has " + std::to_string(peer.region->size) + " bytes");
    abandon();
  }
  return {&peer, peer.shared + offset};
}

}  // namespace

Block& peer_block(int rank, const char* instruction, Site site) {
  if (rank < 0 || rank >= cluster_size()) {
    report(Kind::cluster, instruction, site, "rank " + std::to_string(rank) + " in a cluster of " + std::to_string(cluster_size()));
    abandon();
  }
  Block& peer = current->block->cluster[rank];
  if (peer.live == 0) {
    report(Kind::cluster, instruction, site, "the block of rank " + std::to_string(rank) + " has exited: its shared memory is gone");
    abandon();
  }
  return peer;
}

void cluster_arrive(Site site) {
  const InEmulator in;
  const SiteOperand o{site};
  meet_warp("barrier.cluster.arrive", site, &o, run_arrive, ~0u, true);
  after_release();
}

void cluster_wait(Site site) {
  const InEmulator in;
  Block& block = *current->block;
  ClusterBarrier& b = block.cluster->cluster_barrier;
  uint32_t& arrived = block.cluster_arrived[size_t(current->thread)];
  if (!arrived) {
    report(Kind::cluster, "barrier.cluster.wait", site, "the thread has not arrived in this phase");
    abandon();
  }
  while (b.phase < arrived) {
    b.waiting.push_back(current->block->fibers + current->thread);
    block_on("barrier.cluster.wait", site, &b);
  }
  arrived = 0;
  if (world->options.race) b.completed.acquire(current->clock);
}

void recheck_cluster_barrier(Fiber& leaving) {
  ClusterBarrier& b = leaving.block->cluster->cluster_barrier;
  const uint32_t arrived = leaving.block->cluster_arrived[size_t(leaving.thread)];
  if (arrived == b.phase + 1) --b.arrived;
  if (b.arrived && b.arrived >= live_threads(*leaving.block) - 1) complete(b);
}

uint32_t map_to_rank(uint32_t address, int rank, Site site) {
  const InEmulator in;
  if (rank < 0 || rank >= cluster_size()) peer_block(rank, "mapa", site);
  return (address & 0xffffffu) | uint32_t(rank) << 24;
}

uint32_t load_shared_cluster(uint32_t address, Site site) {
  const InEmulator in;
  const Peer peer = peer_at(address, "ld.shared::cluster", site);
  generic_access(*current, {peer.block->region.get(), size_t(peer.p - peer.block->shared)}, 4, false, "ld.shared::cluster", site);
  uint32_t value;
  std::memcpy(&value, peer.p, 4);
  return value;
}

void store_shared_cluster(uint32_t address, uint32_t value, Site site) {
  const InEmulator in;
  const Peer peer = peer_at(address, "st.shared::cluster", site);
  generic_access(*current, {peer.block->region.get(), size_t(peer.p - peer.block->shared)}, 4, true, "st.shared::cluster", site);
  std::memcpy(const_cast<uint8_t*>(peer.p), &value, 4);
}

}  // namespace emu
