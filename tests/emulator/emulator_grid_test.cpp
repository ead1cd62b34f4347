// Clusters, blocks that wait for each other, bulk stores, and grids that depend on grids.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/isa/tensor_map.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct Pointers {
  float *in, *partial, *out;
  int* counter;
};

enum SplitBug { kNone, kNoFence, kRelaxedWait, kNeverComes };

// Each block sums 64 floats to partial[block]; the last one to finish adds the partial sums up. (The split of decode attention.)
template <int kBug>
struct LastBlockSums {
  using Params = Pointers;
  struct SharedStorage {
    float s[64];
    int last;
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int t = simt::thread(), block = int(simt::block().x), blocks = int(simt::grid().x);
    m.s[t] = p.in[block * 64 + t];
    simt::sync_block();
    if (t == 0) {
      float sum = 0;
      for (int i = 0; i < 64; ++i) sum += m.s[i];
      p.partial[block] = sum;
      if (kBug != kNoFence) simt::threadfence();
      m.last = simt::atomic_add(p.counter, 1) == blocks - 1;
      if (kBug != kNoFence) simt::threadfence();
    }
    simt::sync_block();
    if (m.last && t == 0) {
      float sum = 0;
      for (int b = 0; b < blocks; ++b) sum += p.partial[b];
      p.out[0] = sum;
    }
  }
};

// Block 0 waits for all others by an acquiring loop: they must be in flight together.
template <int kBug>
struct FirstBlockSums {
  using Params = Pointers;
  struct SharedStorage {};
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    const int block = int(simt::block().x), blocks = int(simt::grid().x);
    if (simt::thread() != 0) return;
    if (block != 0) {
      p.partial[block] = p.in[block];
      if (kBug != kNeverComes || block != 2) simt::red_release_add(p.counter, 1);
      return;
    }
    while (simt::load_acquire(p.counter) != blocks - 1) {
    }
    float sum = p.in[0];
    for (int b = 1; b < blocks; ++b) sum += p.partial[b];
    p.out[0] = sum;
  }
};

struct Summed {
  Report report;
  float sum;
};
template <class Kernel>
Summed sum(Options o, int resident) {
  o.resident = resident;
  DeviceArray<float> in(std::vector<float>(5 * 64, 2.0f), "in"), partial(5, "partial"), out(1, "out");
  DeviceArray<int> counter(std::vector<int>{0}, "counter");
  Summed s{launch<Kernel>({5, 1, 1}, {in.data(), partial.data(), out.data(), counter.data()}, o), 0};
  s.sum = out[0];
  return s;
}

TEST(EmulatedGrid, FencesAroundRelaxedAtomicsOrderBlocks) {
  for (const Options& o : all_policies(3))
    for (const int resident : {1, 3, 5}) {
      const Summed s = sum<LastBlockSums<kNone>>(o, resident);
      EXPECT_TRUE(s.report.clean()) << name(o) << s.report.text();
      EXPECT_EQ(s.sum, 640);
    }
  if (!kPlainAccessesSeen) return;
  const Summed s = sum<LastBlockSums<kNoFence>>({}, 1);
  ASSERT_TRUE(s.report.only(Kind::race)) << s.report.text();
  EXPECT_EQ(s.report.findings[0].buffer, "partial");
  EXPECT_NE(s.report.findings[0].here.block.x, s.report.findings[0].other.block.x);
}

TEST(EmulatedGrid, BlocksThatWaitForEachOtherMustBeResident) {
  for (const Options& o : all_policies(3)) {
    const Summed s = sum<FirstBlockSums<kNone>>(o, 5);
    EXPECT_TRUE(s.report.clean()) << name(o) << s.report.text();
    EXPECT_EQ(s.sum, 10);
  }
  for (const Summed& s : {sum<FirstBlockSums<kNone>>({}, 1), sum<FirstBlockSums<kNeverComes>>({}, 5)}) {
    ASSERT_TRUE(s.report.find(Kind::livelock)) << s.report.text();
    EXPECT_EQ(s.report.find(Kind::livelock)->here.instruction, "ld.acquire");
  }
}

struct ClusterParams {
  simt::TensorMap map;  // [16][8] f32, box 8 x 8
  float* out;
  int* here;
};

enum ClusterBug { kFine, kNoClusterSync, kRelaxedSync, kPeerExits, kWrongMask, kNoExpect };

// Two blocks. Rank 0 loads rows 0 to 7 into both, rank 1 rows 8 to 15; each writes what it got, and one word of its peer's.
template <int kBug>
struct Multicast {
  using Params = ClusterParams;
  struct SharedStorage {
    alignas(128) float tile[2][64];
    uint32_t word;
    simt::Mbarrier full;
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int rank = simt::cluster_rank(), t = simt::thread();
    if (t == 0) {
      simt::mbarrier_init(m.full, 1);
      simt::fence_mbarrier_init();
      m.word = 100 + uint32_t(rank);
      if (kBug != kNoExpect || rank == 0) simt::mbarrier_arrive_expect_tx(m.full, 2 * 256);
    }
    if (kBug == kRelaxedSync) {  // tells that the peer is there, and orders nothing
      if (t == 0) simt::atomic_add(p.here, 1);
      while (simt::load_acquire(p.here) != 2) {
      }
    } else if (kBug != kNoClusterSync) {
      simt::cluster_sync();
    }
    if (t == 0) simt::tma_load_2d_multicast(m.tile[rank], p.map, m.full, 0, 8 * rank, kBug == kWrongMask ? 7 : 3);
    simt::mbarrier_wait_parity(m.full, 0);
    const uint32_t peer = simt::ld_shared_cluster(simt::map_to_rank(simt::shared_address(&m.word), rank ^ 1));
    for (int i = t; i < 128; i += 32) p.out[rank * 128 + i] = m.tile[i / 64][i % 64] + float(peer);
    if (kBug != kPeerExits) simt::cluster_sync();  // the peer may still read this block's word
  }
};

template <int kBug>
Summed multicast(const Options& o = {}) {
  std::vector<float> in(128);
  for (size_t i = 0; i < 128; ++i) in[i] = float(i);
  DeviceArray<float> source(in, "in"), out(256, "out");
  DeviceArray<int> here(std::vector<int>{0}, "here");
  ClusterParams p{{}, out.data(), here.data()};
  const isa::TensorMapInfo info{reinterpret_cast<uint8_t*>(source.data()), isa::Element::f32, 2, {8, 16}, {4, 32}, {8, 8}, 0};
  EXPECT_EQ(isa::encode(p.map, info), nullptr);
  Summed s{launch<Multicast<kBug>>({2, 1, 1}, p, o, {2, 1, 1}), 0};
  for (size_t i = 0; s.report.clean() && i < 256; ++i) EXPECT_EQ(out[i], float(i % 128) + float(i < 128 ? 101 : 100));
  return s;
}

TEST(EmulatedGrid, ClustersShareLoadsAndMemory) {
  for (const Options& o : all_policies()) {
    const Report r = multicast<kFine>(o).report;
    EXPECT_TRUE(r.clean()) << name(o) << r.text();
  }
}

TEST(EmulatedGrid, ClusterBugsAreNamed) {
  const Report sync = multicast<kNoClusterSync>().report, relaxed = multicast<kRelaxedSync>().report, mask = multicast<kWrongMask>().report,
               expect = multicast<kNoExpect>().report;
  EXPECT_TRUE(sync.only(Kind::mbarrier)) << sync.text();  // rank 0 runs first: its peer has no barrier yet
  ASSERT_TRUE(relaxed.only(Kind::race)) << relaxed.text();
  EXPECT_EQ(relaxed.findings[0].other.instruction, "mbarrier.init");
  EXPECT_TRUE(mask.only(Kind::bulk)) << mask.text();
  EXPECT_TRUE(expect.only(Kind::deadlock)) << expect.text();
  Options skewed;
  skewed.order = Order::skewed;
  skewed.landing = Landing::eager;
  bool found = false;
  for (skewed.seed = 0; skewed.seed < 10; ++skewed.seed) found = found || multicast<kPeerExits>(skewed).report.find(Kind::cluster);
  EXPECT_TRUE(found);
}

enum StoreBug { kGood, kReusesSource, kNoProxyFence, kNoWait };

// Shared memory to global and added to global by the bulk engine.
template <int kBug>
struct Stores {
  using Params = Pointers;
  struct SharedStorage {
    alignas(128) float row[64];
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int t = simt::thread();
    m.row[t] = float(t);
    if (kBug != kNoProxyFence) simt::fence_proxy_async();
    simt::sync_block();
    if (t == 0) {
      simt::bulk_store(p.out, m.row, 256);
      simt::bulk_reduce_add_f32(p.partial, m.row, 256);
      simt::bulk_commit_group();
      if (kBug != kNoWait && kBug != kReusesSource) simt::bulk_wait_group_read<0>();
    }
    simt::sync_block();
    if (kBug != kNoWait) m.row[t] = -1;
    if (kBug == kReusesSource && t == 0) simt::bulk_wait_group<0>();
  }
};

template <int kBug>
Report stores(const Options& o = {}) {
  DeviceArray<float> partial(std::vector<float>(64, 1.0f), "partial"), out(64, "out");
  Report r = launch<Stores<kBug>>({}, {nullptr, partial.data(), out.data(), nullptr}, o);
  for (size_t i = 0; r.clean() && i < 64; ++i) {
    EXPECT_EQ(out[i], float(i));
    EXPECT_EQ(partial[i], float(i) + 1);
  }
  return r;
}

TEST(EmulatedGrid, BulkStoresReadTheirSourceUntilWaitedFor) {
  for (const Options& o : all_policies()) EXPECT_TRUE(stores<kGood>(o).clean()) << name(o) << stores<kGood>(o).text();
  const Report wait = stores<kNoWait>();
  EXPECT_TRUE(wait.find(Kind::unfinished)) << wait.text();
  if (!kPlainAccessesSeen) return;
  const Report reuse = stores<kReusesSource>(), fence = stores<kNoProxyFence>();
  ASSERT_TRUE(reuse.only(Kind::race)) << reuse.text();
  EXPECT_NE(reuse.findings[0].other.instruction.find("bulk"), std::string::npos);
  ASSERT_TRUE(fence.only(Kind::proxy)) << fence.text();
}

struct Fills {
  using Params = Pointers;
  struct SharedStorage {};
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    simt::griddepcontrol_launch_dependents();
    p.partial[simt::block().x * 32 + unsigned(simt::thread())] = 3;
  }
};

template <bool kEarly>
struct Uses {
  using Params = Pointers;
  struct SharedStorage {
    float s[32];
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const unsigned at = simt::block().x * 32 + unsigned(simt::thread());
    m.s[simt::thread()] = kEarly ? p.partial[at] : p.in[at];
    simt::griddepcontrol_wait();
    p.out[at] = m.s[simt::thread()] + p.partial[at];
  }
};

template <bool kEarly>
PairReport dependent() {
  DeviceArray<float> in(std::vector<float>(64, 1.0f), "in"), partial(64, "partial"), out(64, "out");
  const Pointers p{in.data(), partial.data(), out.data(), nullptr};
  PairReport r = run_dependent(shape_of<Fills>({2, 1, 1}, p), shape_of<Uses<kEarly>>({2, 1, 1}, p), {&partial}, {});
  for (size_t i = 0; r.clean() && i < 64; ++i) EXPECT_EQ(out[i], 4);
  return r;
}

TEST(EmulatedGrid, ADependentGridRunsItsPrefixOnPoison) {
  const PairReport good = dependent<false>();
  EXPECT_TRUE(good.clean()) << good.predecessor.text() << good.dependent.text();
  if (!kPlainAccessesSeen) return;
  const PairReport early = dependent<true>();
  const Finding* f = early.dependent.find(Kind::early_read);
  ASSERT_TRUE(f) << early.dependent.text();
  EXPECT_EQ(f->buffer, "partial");
}

}  // namespace
}  // namespace emu
