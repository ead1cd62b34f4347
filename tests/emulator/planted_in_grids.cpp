// Bugs between blocks: clusters, grids that no machine starts, grids that depend on grids.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"

namespace emu {
namespace {

using simt::cluster_rank;
using simt::lane;
using simt::thread;

// The first barrier of each block of the cluster, known to all.
void begin(Scratch& m, uint32_t count) {
  if (thread() == 0) {
    simt::mbarrier_init(m.barrier[0], count);
    simt::fence_mbarrier_init();
  }
  simt::cluster_sync();
}
uint32_t address_in_peer(const void* p) { return simt::map_to_rank(simt::shared_address(p), cluster_rank() ^ 1); }

void arrives_twice(const Inputs& p, Scratch&) {
  simt::cluster_arrive();
  if (p.bug) simt::cluster_arrive();
  simt::cluster_wait();
}
void waits_without_arriving(const Inputs& p, Scratch&) {
  if (!p.bug) simt::cluster_arrive();
  simt::cluster_wait();
}
void one_block_arrives(const Inputs& p, Scratch&) {
  if (p.bug && cluster_rank() == 1) {
    simt::bar_sync(1, 64);
    return;
  }
  simt::cluster_sync();
}
void rank_two(const Inputs& p, Scratch& m) { simt::map_to_rank(simt::shared_address(m.word), p.bug ? 2 : 1); }
void arrives_at_rank_two(const Inputs& p, Scratch& m) {
  begin(m, 64);
  simt::mbarrier_arrive_cluster(m.barrier[0], p.bug ? 2 : 1);
  simt::cluster_sync();
}
void arrives_where_none_is(const Inputs& p, Scratch& m) {
  begin(m, 64);
  simt::mbarrier_arrive_cluster(m.barrier[p.bug ? 1 : 0], 1);
  simt::cluster_sync();
}
void arrives_unordered(const Inputs& p, Scratch& m) {
  if (thread() == 0 && cluster_rank() == 0) {
    simt::mbarrier_init(m.barrier[0], 1);
    simt::atomic_add(p.counter, 1);  // relaxed: it tells that the barrier is there, and no more
  }
  if (!p.bug) simt::cluster_sync();
  if (thread() == 0 && cluster_rank() == 1) {
    while (simt::load_acquire(p.counter) == 0) {
    }
    simt::mbarrier_arrive_cluster(m.barrier[0], 0);
  }
  simt::cluster_sync();
}
void multicasts_unordered(const Inputs& p, Scratch& m) {
  if (thread() == 0 && cluster_rank() == 1) {
    simt::mbarrier_init(m.barrier[0], 1);
    simt::fence_mbarrier_init();
    simt::mbarrier_arrive_expect_tx(m.barrier[0], 1024);
    simt::atomic_add(p.counter, 1);
  }
  if (thread() == 0 && cluster_rank() == 0) {
    simt::mbarrier_init(m.barrier[0], 1);
    simt::fence_mbarrier_init();
  }
  if (!p.bug) simt::cluster_sync();
  if (thread() == 0 && cluster_rank() == 0) {
    while (simt::load_acquire(p.counter) == 0) {
    }
    simt::tma_load_2d_multicast(m.tile, p.map, m.barrier[0], 0, 0, 2);
  }
  if (cluster_rank() == 1 && thread() == 0) simt::mbarrier_wait_parity(m.barrier[0], 0);
  simt::cluster_sync();
}
void word_past_the_peer(const Inputs& p, Scratch& m) {
  simt::cluster_sync();
  simt::st_shared_cluster(address_in_peer(m.tile + lane()) + (p.bug ? 8192u : 0), 1);
  simt::cluster_sync();
}
void half_words_of_the_peer(const Inputs& p, Scratch& m) {
  simt::cluster_sync();
  simt::st_shared_cluster(address_in_peer(m.tile + lane()) + (p.bug ? 2 : 0), 1);
  simt::cluster_sync();
}
void peer_reads_at_once(const Inputs& p, Scratch& m) {
  m.word[lane()] = 0;
  simt::cluster_sync();
  m.word[lane()] = 1;
  if (!p.bug) simt::cluster_sync();
  p.out[32 * cluster_rank() + lane()] = simt::ld_shared_cluster(address_in_peer(m.word + lane()));
  simt::cluster_sync();
}
void peer_has_left(const Inputs& p, Scratch& m) {
  if (lane() == 0) m.word[0] = 1;
  simt::cluster_sync();
  if (cluster_rank() == 0) {
    // Long enough for the other block to leave.
    for (int i = 0; i < 64; ++i) simt::load_acquire(p.counter);
    p.out[lane()] = simt::ld_shared_cluster(address_in_peer(m.word));
  }
  if (!p.bug) simt::cluster_sync();
}
void multicast(Scratch& m, const Inputs& p, uint16_t mask, simt::Mbarrier& barrier) {
  begin(m, 1);
  if (thread() == 0) simt::mbarrier_arrive_expect_tx(m.barrier[0], 1024);
  simt::cluster_sync();
  if (thread() == 0 && cluster_rank() == 0) simt::tma_load_2d_multicast(m.tile, p.map, barrier, 0, 0, mask);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
  simt::cluster_sync();
}
void multicast_to_three(const Inputs& p, Scratch& m) { multicast(m, p, p.bug ? 7 : 3, m.barrier[0]); }
void multicast_to_nobody(const Inputs& p, Scratch& m) { multicast(m, p, p.bug ? 0 : 3, m.barrier[0]); }
// Only the issuing block has a second barrier.
void multicast_without_a_barrier(const Inputs& p, Scratch& m) {
  if (thread() == 0 && cluster_rank() == 0 && p.bug) simt::mbarrier_init(m.barrier[1], 1);
  multicast(m, p, 3, m.barrier[p.bug ? 1 : 0]);
}

void reads_before_the_release(const Inputs& p, Scratch&) {  // two blocks
  if (thread() != 0) return;
  if (simt::block().x == 0) {
    p.out[7] = 7;
    simt::store_release(p.counter, 1);
  } else {
    while (!p.bug && simt::load_acquire(p.counter) == 0) {
    }
    p.out[8] = p.out[7];
  }
}

void nothing(const Inputs&, Scratch&) {}
void writes_out(const Inputs& p, Scratch&) {
  simt::griddepcontrol_launch_dependents();
  p.out[lane()] = 1;
}
void copies_out(const Inputs& p, Scratch& m) {
  if (!p.bug) simt::griddepcontrol_wait();
  simt::cp_async_16(m.tile + 4 * lane(), p.out, true);
  simt::cp_async_wait_all();
  simt::griddepcontrol_wait();
}
template <void (*kBody)(const Inputs&, Scratch&)>
Report run_pair(bool bug, const Options& options) {
  DeviceArray<uint32_t> out(32, "out");
  const Inputs p{{}, {}, nullptr, out.data(), nullptr, nullptr, bug};
  const PairReport both =
      run_dependent(shape_of<Small<Scratch, writes_out, 32>>({}, p), shape_of<Small<Scratch, kBody, 32>>({}, p), {&out}, options);
  return both.dependent;
}
void loads_out(const Inputs& p, Scratch& m) {
  if (!p.bug) simt::griddepcontrol_wait();
  m.word[lane()] = p.out[lane()];
  simt::griddepcontrol_wait();
}

struct TooLarge {
  unsigned char bytes[227 * 1024 + 1];
};
void nothing_large(const Inputs&, TooLarge&) {}

using Fine = Small<Scratch, nothing, 32>;
template <class Bad>
Planted refused(std::string name, std::string says, simt::Dim3 grid, simt::Dim3 cluster = {}) {
  return {std::move(name), Kind::launch, std::move(says), [grid, cluster](bool bug, const Options& options) {
            return bug ? run_small<Bad>(bug, options, grid, cluster) : run_small<Fine>(bug, options, {2, 1, 1}, {2, 1, 1});
          }};
}

}  // namespace

std::vector<Planted> planted_in_grids() {
  const simt::Dim3 two{2, 1, 1};
  return {
      Plant<arrives_twice>::in("ArrivesTwiceInACluster", Kind::cluster, "arrives again before it has waited", two, two),
      Plant<waits_without_arriving>::in("WaitsWithoutArriving", Kind::cluster, "has not arrived in this phase", two, two),
      Plant<one_block_arrives>::in("OneBlockArrives", Kind::deadlock, "32 threads of the cluster arrived", two, two),
      Plant<rank_two>::in("RankTwoOfTwo", Kind::cluster, "rank 2 in a cluster of 2", two, two),
      Plant<arrives_at_rank_two>::in("ArrivesAtRankTwo", Kind::cluster, "rank 2 in a cluster of 2", two, two),
      Plant<arrives_where_none_is>::in("ArrivesWhereNoneIs", Kind::mbarrier, "in the block of rank 1", two, two),
      Plant<arrives_unordered>::in("ArrivesUnordered", Kind::race, "nothing orders the use of this mbarrier", two, two),
      Plant<multicasts_unordered>::in("MulticastsUnordered", Kind::race, "cp.async.bulk.tensor.multicast", two, two),
      Plant<word_past_the_peer>::in("AWordPastThePeersMemory", Kind::out_of_bounds, "which has 9216 bytes", two, two),
      Plant<half_words_of_the_peer>::in("HalfWordsOfThePeer", Kind::misaligned, "in the block of rank", two, two),
      plain(Plant<peer_reads_at_once>::in("APeerThatReadsAtOnce", Kind::race, "ld.shared::cluster", two, two)),
      sometimes(Plant<peer_has_left>::in("APeerThatHasLeft", Kind::cluster, "its shared memory is gone", two, two)),
      Plant<multicast_to_three>::in("MulticastToThreeOfTwo", Kind::bulk, "the mask 0x7 for a cluster of 2", two, two),
      Plant<multicast_to_nobody>::in("MulticastToNobody", Kind::bulk, "the mask 0x0 for a cluster of 2", two, two),
      Plant<multicast_without_a_barrier>::in("MulticastWithoutABarrier", Kind::mbarrier, "in the block of rank 1", two, two),
      plain(Plant<reads_before_the_release>::in("ReadsBeforeTheRelease", Kind::race, "nothing orders", two)),
      {"CopiesBeforeItsPredecessorEnds", Kind::early_read, "griddepcontrol.wait comes first", run_pair<copies_out>},
      plain({"LoadsBeforeItsPredecessorEnds", Kind::early_read, "griddepcontrol.wait comes first", run_pair<loads_out>}),
      refused<Small<Scratch, nothing, 1056>>("ABlockOf1056", "a block has 1 to 1024 threads", {}),
      refused<Fine>("AnEmptyGrid", "the grid is empty", {1, 0, 1}),
      refused<Fine>("AGridTooHigh", "y or z exceed 65535", {1, 65536, 1}),
      refused<Fine>("AGridTooDeep", "y or z exceed 65535", {1, 1, 65536}),
      refused<Fine>("AGridOfTooManyBlocks", "fewer than 2^19 blocks", {1u << 19, 1, 1}),
      refused<Small<TooLarge, nothing_large, 32>>("TooMuchSharedMemory", "no block has more than 232448", {}),
      refused<Fine>("AClusterThatDoesNotDivide", "divides the grid", {3, 1, 1}, {2, 1, 1}),
      refused<Fine>("AClusterOfNine", "a cluster has 1 to 8 blocks", {9, 1, 1}, {9, 1, 1}),
      refused<Fine>("AnEmptyCluster", "a cluster has 1 to 8 blocks", {2, 1, 1}, {0, 1, 1}),
  };
}

}  // namespace emu
