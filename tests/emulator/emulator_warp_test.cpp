// Warp instructions on the emulated machine, and what becomes of those that not every lane executes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct Words {
  uint32_t* out;  // one per thread
};

template <int kCase>
struct Shuffles {
  using Params = Words;
  struct SharedStorage {};
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    const uint32_t v = 100 + uint32_t(simt::thread());
    uint32_t r = 0;
    if (kCase == 0) r = simt::shfl_xor(v, 5);
    if (kCase == 1) r = simt::shfl(v, 7);
    if (kCase == 2) r = simt::shfl_up(v, 3);
    if (kCase == 3) r = simt::shfl_down(v, 3);
    if (kCase == 4) r = simt::ballot(simt::lane() % 3 == 0);
    if (kCase == 5) r = simt::any(simt::thread() == 40) + 2 * simt::all(simt::thread() < 32);
    if (kCase == 6) r = simt::elect();
    p.out[simt::thread()] = r;
  }
};

template <int kCase>
std::vector<uint32_t> shuffled() {
  DeviceArray<uint32_t> out(64, "out");
  const Report report = launch<Shuffles<kCase>>({}, {out.data()}, {});
  EXPECT_TRUE(report.clean()) << report.text();
  return out.host();
}

TEST(EmulatedWarp, ShufflesMoveRegistersBetweenLanes) {
  const auto bfly = shuffled<0>(), index = shuffled<1>(), up = shuffled<2>(), down = shuffled<3>();
  for (uint32_t t = 0; t < 64; ++t) {
    const uint32_t lane = t % 32, base = 100 + t - lane;
    EXPECT_EQ(bfly[t], base + (lane ^ 5));
    EXPECT_EQ(index[t], base + 7);
    EXPECT_EQ(up[t], base + (lane < 3 ? lane : lane - 3));
    EXPECT_EQ(down[t], base + (lane > 28 ? lane : lane + 3));
  }
}

TEST(EmulatedWarp, VotesSeeTheirOwnWarpOnly) {
  const auto ballot = shuffled<4>(), votes = shuffled<5>(), elected = shuffled<6>();
  for (uint32_t t = 0; t < 64; ++t) {
    EXPECT_EQ(ballot[t], 0x49249249u);
    EXPECT_EQ(votes[t], t < 32 ? 2u : 1u);
    EXPECT_EQ(elected[t], t % 32 == 0);
  }
}

template <int kCase>
struct Divergent {
  using Params = Words;
  struct SharedStorage {
    uint32_t word[64];
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& s) {
    if (kCase == 0 && simt::lane() == 3) {
      p.out[0] = simt::shfl_xor(1u, 1);
    } else if (kCase == 1 && simt::lane() == 3) {
      return;
    } else {
      p.out[simt::lane()] = simt::shfl_xor(2u, 1);
    }
    s.word[simt::lane()] = 0;
  }
};

TEST(EmulatedWarp, LanesAtDifferentSitesAreNamed) {
  DeviceArray<uint32_t> out(32, "out");
  const Report report = launch<Divergent<0>>({}, {out.data()}, {});
  ASSERT_TRUE(report.only(Kind::divergence)) << report.text();
  const Finding& f = report.findings[0];
  ASSERT_TRUE(f.has_other);
  EXPECT_EQ(f.here.instruction, "shfl.bfly");
  EXPECT_EQ(f.other.instruction, "shfl.bfly");
  EXPECT_NE(f.here.line, f.other.line);
  EXPECT_NE(f.here.file.find("emulator_warp_test.cpp"), std::string::npos);
}

TEST(EmulatedWarp, AnExitedLaneIsMissed) {
  DeviceArray<uint32_t> out(32, "out");
  const Report report = launch<Divergent<1>>({}, {out.data()}, {});
  ASSERT_TRUE(report.only(Kind::divergence)) << report.text();
}

// shfl does not order memory; __syncwarp does.
template <bool kSync>
struct Neighbours {
  using Params = Words;
  struct SharedStorage {
    uint32_t word[32];
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& s) {
    s.word[simt::lane()] = uint32_t(simt::lane());
    const uint32_t one = simt::shfl_xor(1u, 1);
    if (kSync) simt::sync_warp();
    p.out[simt::lane()] = s.word[simt::lane() ^ 1] + one;
  }
};

TEST(EmulatedWarp, OnlySyncwarpOrdersMemory) {
  DeviceArray<uint32_t> out(32, "out");
  for (const Order order : {Order::fifo, Order::random, Order::skewed})
    for (unsigned seed = 0; seed < 10; ++seed) {
      Options o;
      o.order = order;
      o.seed = seed;
      const Report good = launch<Neighbours<true>>({}, {out.data()}, o);
      EXPECT_TRUE(good.clean()) << good.text();
      for (uint32_t t = 0; t < 32; ++t) EXPECT_EQ(out[t], (t ^ 1) + 1);
      const Report bad = launch<Neighbours<false>>({}, {out.data()}, o);
      if (!kPlainAccessesSeen) continue;
      ASSERT_TRUE(bad.only(Kind::race)) << bad.text();
      EXPECT_EQ(bad.findings[0].buffer, "shared");
      EXPECT_EQ(bad.findings[0].here.instruction, "load");
      EXPECT_EQ(bad.findings[0].other.instruction, "store");
      EXPECT_GT(bad.findings[0].here.line, bad.findings[0].other.line);
      EXPECT_NE(bad.findings[0].here.file.find("emulator_warp_test.cpp"), std::string::npos);
    }
}

}  // namespace
}  // namespace emu
