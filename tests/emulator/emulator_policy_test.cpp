// Why there are several landings and orders: bugs that one of them hides from a comparison of numbers and another shows. The race detector
// finds them under all.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct Words {
  const uint32_t* in;
  uint32_t* out;
};
constexpr uint32_t kRounds = 6;

// Thread 0 keeps two rows filled by bulk copies; warp 1 passes them on, and its first lane gives each back for all. Without sync_warp it
// does so while the others may still read.
template <bool kBug>
struct LeaderReleases {
  using Params = Words;
  struct SharedStorage {
    alignas(16) uint32_t row[2][128];
    simt::Mbarrier full[2], empty[2];
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    if (simt::thread() == 0) {
      for (int s = 0; s < 2; ++s) simt::mbarrier_init(m.full[s], 1), simt::mbarrier_init(m.empty[s], 1);
      simt::fence_mbarrier_init();
    }
    simt::sync_block();
    for (uint32_t i = 0; i < kRounds; ++i) {
      const uint32_t s = i % 2, parity = i / 2 % 2;
      if (simt::thread() == 0) {
        simt::mbarrier_wait_parity(m.empty[s], parity ^ 1);
        simt::mbarrier_arrive_expect_tx(m.full[s], 512);
        simt::bulk_load(m.row[s], p.in + 128 * i, 512, m.full[s]);
      } else if (simt::warp() == 1) {
        const uint32_t lane = uint32_t(simt::lane());
        simt::mbarrier_wait_parity(m.full[s], parity);
        for (uint32_t k = lane; k < 128; k += 32) p.out[128 * i + k] = m.row[s][k];
        if (!kBug) simt::sync_warp();
        if (lane == 0) simt::mbarrier_arrive(m.empty[s]);
      }
    }
  }
};

// Thread 0 starts a copy and then writes a word; thread 32 waits for the copy alone and reads the word.
template <bool kBug>
struct WordBehindACopy {
  using Params = Words;
  struct SharedStorage {
    alignas(16) uint32_t row[16];
    uint32_t word;
    simt::Mbarrier full, other;
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(m.full, 1), simt::mbarrier_init(m.other, 1);
      simt::fence_mbarrier_init();
    }
    simt::sync_block();
    if (simt::thread() == 0) {
      if (!kBug) m.word = p.in[0];
      simt::mbarrier_arrive_expect_tx(m.full, 64);
      simt::bulk_load(m.row, p.in, 64, m.full);
      simt::mbarrier_arrive(m.other);
      if (kBug) m.word = p.in[0];
      simt::mbarrier_wait_parity(m.full, 0);
    } else if (simt::thread() == 32) {
      simt::mbarrier_wait_parity(m.full, 0);
      p.out[0] = m.word;
    }
  }
};

struct Passed {
  Report report;
  bool right;  // out is in, as far as it was written
};
template <class Kernel>
Passed pass(const Options& o, size_t words) {
  std::vector<uint32_t> values(128 * kRounds);
  for (uint32_t i = 0; i < 128 * kRounds; ++i) values[i] = i * i + 1;
  DeviceArray<uint32_t> in(values, "in"), out(128 * kRounds, "out");
  Passed r{launch<Kernel>({}, {in.data(), out.data()}, o), true};
  for (size_t i = 0; i < words; ++i) r.right = r.right && out[i] == values[i];
  return r;
}
Passed leader(bool bug, const Options& o) {
  return bug ? pass<LeaderReleases<true>>(o, 128 * kRounds) : pass<LeaderReleases<false>>(o, 128 * kRounds);
}
Passed word(bool bug, const Options& o) { return bug ? pass<WordBehindACopy<true>>(o, 1) : pass<WordBehindACopy<false>>(o, 1); }

// How many of ten seeds give wrong numbers, the detector off.
int wrong(Passed (*run)(bool, const Options&), bool bug, Landing landing, Order order) {
  int count = 0;
  for (unsigned seed = 0; seed < 10; ++seed) {
    Options o;
    o.race = o.uninitialised = false;
    o.landing = landing, o.order = order, o.seed = seed;
    count += !run(bug, o).right;
  }
  return count;
}

TEST(EmulatedPolicy, RandomOrderShowsWhatFirstInFirstOutHides) {
  for (const Landing landing : {Landing::eager, Landing::lazy, Landing::random}) {
    EXPECT_EQ(wrong(leader, true, landing, Order::fifo), 0);
    EXPECT_GT(wrong(leader, true, landing, Order::random), 5);
    EXPECT_EQ(wrong(leader, false, landing, Order::random), 0);
  }
}

TEST(EmulatedPolicy, EarlyAndRandomLandingShowWhatLateLandingHides) {
  for (const Order order : {Order::fifo, Order::random, Order::skewed}) {
    EXPECT_EQ(wrong(word, true, Landing::lazy, order), 0);
    EXPECT_EQ(wrong(word, false, Landing::eager, order), 0);
  }
  EXPECT_GT(wrong(word, true, Landing::eager, Order::skewed), 0);
  EXPECT_GT(wrong(word, true, Landing::random, Order::skewed), 0);
}

TEST(EmulatedPolicy, TheDetectorFindsThemUnderEveryPolicy) {
  for (const Options& o : all_policies())
    for (const auto run : {leader, word}) {
      const Report good = run(false, o).report, bad = run(true, o).report;
      EXPECT_TRUE(good.clean()) << name(o) << good.text();
      EXPECT_EQ(bad.find(Kind::race) != nullptr, kPlainAccessesSeen) << name(o) << bad.text();
    }
}

// emulator.md, section 5: one lane arrives for its warp and no __syncwarp comes before it.
TEST(EmulatedPolicy, ALaneThatReleasesForItsWarpNeedsSyncwarp) {
  if (!kPlainAccessesSeen) GTEST_SKIP();
  const Report r = leader(true, {}).report;
  ASSERT_TRUE(r.only(Kind::race)) << r.text();
  EXPECT_EQ(r.findings[0].here.instruction, "cp.async.bulk.shared.global");
  EXPECT_EQ(r.findings[0].other.instruction, "load");
  EXPECT_NE(r.findings[0].other.thread, 32);  // the leader's own reads are ordered
}

}  // namespace
}  // namespace emu
