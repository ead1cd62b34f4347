// Barriers of a block and plain accesses: each report earned by a planted bug, the kernel without it silent under every policy.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct Buffers {
  const float* in;
  float* out;
};

enum Bug {
  kNone,
  kMissingSync,  // one step of the reduction is not synchronised
  kOneWarpSkipsSync,
  kOneLaneSkipsSync,
  kReadPastInput,
  kWriteFarAway,
  kUnwritten,  // half of the words are never initialised
  kMisaligned,
  kSharedPastEnd,
};

// out[block] = sum of 256 floats, by a tree in shared memory.
template <int kBug>
struct Reduction {
  using Params = Buffers;
  struct SharedStorage {
    float s[256];
  };
  static constexpr int kThreads = 256, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int t = simt::thread(), base = int(simt::block().x) * 256;
    if (kBug != kUnwritten || t < 128) m.s[t] = p.in[base + t + (kBug == kReadPastInput && simt::block().x == 1 && t == 255 ? 1 : 0)];
    if (kBug == kSharedPastEnd) m.s[t + 64] = 1;
    if (!(kBug == kOneWarpSkipsSync && simt::warp() == 2) && !(kBug == kOneLaneSkipsSync && t == 37)) simt::sync_block();
    for (int d = 128; d > 0; d /= 2) {
      if (t < d) m.s[t] += m.s[t + d];
      if (!(kBug == kMissingSync && d == 16)) simt::sync_block();
    }
    if (kBug == kMisaligned && t == 0) *reinterpret_cast<uint64_t*>(uintptr_t(m.s) + 4) = 0;
    if (t == 0) p.out[simt::block().x + (kBug == kWriteFarAway ? 4096 : 0)] = m.s[0];
  }
};

struct Outcome {
  Report report;
  float sum[2];
};

template <int kBug>
Outcome reduce(const Options& o = {}) {
  std::vector<float> in(512);
  for (int i = 0; i < 512; ++i) in[size_t(i)] = float(i % 7);
  DeviceArray<float> input(in, "in"), out(2, "out");
  Outcome r{launch<Reduction<kBug>>({2, 1, 1}, {input.data(), out.data()}, o), {out[0], out[1]}};
  return r;
}

TEST(EmulatedBlock, AReductionIsCleanAndExactUnderEveryPolicy) {
  float want[2] = {};
  for (int i = 0; i < 512; ++i) want[i / 256] += float(i % 7);
  for (const Options& o : all_policies()) {
    const Outcome r = reduce<kNone>(o);
    EXPECT_TRUE(r.report.clean()) << name(o) << "\n" << r.report.text();
    EXPECT_EQ(r.sum[0], want[0]);
    EXPECT_EQ(r.sum[1], want[1]);
  }
}

TEST(EmulatedBlock, TwoOsThreadsShareTheBlocks) {
  Options o;
  o.os_threads = 2;
  const Outcome r = reduce<kNone>(o);
  EXPECT_TRUE(r.report.clean()) << r.report.text();
  EXPECT_EQ(r.report.blocks, 2u);
}

TEST(EmulatedBlock, AMissingSyncIsARaceInEveryOrder) {
  if (!kPlainAccessesSeen) GTEST_SKIP();
  for (const Options& o : all_policies(3)) {
    const Report r = reduce<kMissingSync>(o).report;
    ASSERT_TRUE(r.only(Kind::race)) << name(o) << r.text();
    const Finding& f = r.findings[0];
    EXPECT_EQ(f.buffer, "shared");
    EXPECT_TRUE(f.has_other);
    EXPECT_NE(f.here.thread, f.other.thread);
    EXPECT_NE(f.here.file.find("emulator_block_test.cpp"), std::string::npos);
    EXPECT_NE(f.other.file.find("emulator_block_test.cpp"), std::string::npos);
    EXPECT_GT(f.other.line, 0);
  }
}

TEST(EmulatedBlock, AWarpThatSkipsASyncIsFound) {
  const Report r = reduce<kOneWarpSkipsSync>().report;
  EXPECT_EQ(r.find(Kind::race) != nullptr, kPlainAccessesSeen) << r.text();
}

TEST(EmulatedBlock, ALaneThatSkipsASyncDiverges) {
  const Report r = reduce<kOneLaneSkipsSync>().report;
  const Finding* f = r.find(Kind::divergence);
  ASSERT_TRUE(f) << r.text();
  EXPECT_EQ(f->here.instruction, "bar.sync 0");
  EXPECT_NE(f->here.line, f->other.line);
}

TEST(EmulatedBlock, LeavingABufferNamesItAndTheOffset) {
  if (!kPlainAccessesSeen) GTEST_SKIP();
  const Report in = reduce<kReadPastInput>().report, out = reduce<kWriteFarAway>().report, shared = reduce<kSharedPastEnd>().report;
  ASSERT_TRUE(in.only(Kind::out_of_bounds)) << in.text();
  EXPECT_EQ(in.findings[0].buffer, "in");
  EXPECT_EQ(in.findings[0].offset, 2048);
  EXPECT_EQ(in.findings[0].here.thread, 255);
  EXPECT_EQ(in.findings[0].here.block.x, 1u);
  ASSERT_TRUE(out.find(Kind::out_of_bounds)) << out.text();
  ASSERT_TRUE(shared.find(Kind::out_of_bounds)) << shared.text();
  EXPECT_EQ(shared.find(Kind::out_of_bounds)->buffer, "shared");
  EXPECT_EQ(shared.find(Kind::out_of_bounds)->offset, 1024);
}

TEST(EmulatedBlock, UnwrittenAndMisalignedWordsAreNamed) {
  if (!kPlainAccessesSeen) GTEST_SKIP();
  const Report unwritten = reduce<kUnwritten>().report, misaligned = reduce<kMisaligned>().report;
  ASSERT_TRUE(unwritten.only(Kind::uninitialised)) << unwritten.text();
  EXPECT_EQ(unwritten.findings[0].offset, 512);
  ASSERT_TRUE(misaligned.only(Kind::misaligned)) << misaligned.text();
  EXPECT_EQ(misaligned.findings[0].offset, 4);
}

enum NamedBug { kFine, kWrongId, kWrongCount, kTwice, kBadId, kNeverCounted };

// Producer warp 0 and consumer warp 1 hand a row to and fro: barrier 1 full, barrier 2 empty.
template <int kBug>
struct PingPong {
  using Params = Buffers;
  struct SharedStorage {
    float row[32];
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int lane = simt::lane();
    for (int i = 0; i < 4; ++i) {
      if (simt::warp() == 0) {
        simt::bar_sync(2, 64);
        m.row[lane] = float(100 * i + lane);
        simt::bar_arrive(1, kBug == kWrongCount && i == 1 ? 96 : 64);
        if (kBug == kTwice && i == 1) simt::bar_arrive(5, 96), simt::bar_arrive(5, 96);
      } else {
        simt::bar_arrive(kBug == kWrongId && i == 2 ? 3 : kBug == kBadId ? 16 : 2, 64);
        simt::bar_sync(1, kBug == kNeverCounted ? 128 : 64);
        p.out[32 * i + lane] = m.row[lane];
      }
    }
  }
};

template <int kBug>
Report ping_pong(const Options& o = {}) {
  DeviceArray<float> out(128, "out");
  Report r = launch<PingPong<kBug>>({}, {nullptr, out.data()}, o);
  for (int i = 0; r.clean() && i < 128; ++i) EXPECT_EQ(out[size_t(i)], float(i / 32 * 100 + i % 32));
  return r;
}

TEST(EmulatedBlock, NamedBarriersHandOver) {
  for (const Options& o : all_policies()) {
    const Report r = ping_pong<kFine>(o);
    EXPECT_TRUE(r.clean()) << name(o) << r.text();
  }
}

TEST(EmulatedBlock, AWrongBarrierIdIsADeadlockWithCounts) {
  const Report r = ping_pong<kWrongId>();
  ASSERT_TRUE(r.only(Kind::deadlock)) << r.text();
  EXPECT_NE(r.findings[0].detail.find("barrier 2 (32 of 64 threads arrived)"), std::string::npos) << r.text();
  EXPECT_NE(r.findings[0].detail.find("barrier 3: 32 of 64 threads arrived, nobody waits"), std::string::npos) << r.text();
}

TEST(EmulatedBlock, CountsAndIdsOfNamedBarriersAreChecked) {
  for (const Report& r : {ping_pong<kWrongCount>(), ping_pong<kTwice>(), ping_pong<kBadId>(), ping_pong<kNeverCounted>()}) {
    EXPECT_TRUE(r.only(Kind::barrier)) << r.text();
    ASSERT_FALSE(r.clean());
    EXPECT_GT(r.findings[0].here.line, 0);
  }
}

// Two warps, the second of 16 threads: barriers count it as one of 32.
struct ShortWarp {
  using Params = Buffers;
  struct SharedStorage {
    float s[48];
  };
  static constexpr int kThreads = 48, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    m.s[simt::thread()] = float(simt::thread());
    simt::bar_sync(1, 64);
    p.out[simt::thread()] = m.s[47 - simt::thread()];
  }
};

TEST(EmulatedBlock, AShortWarpCountsAsAWholeOne) {
  for (const Options& o : all_policies(3)) {
    DeviceArray<float> out(48, "out");
    const Report r = launch<ShortWarp>({}, {nullptr, out.data()}, o);
    EXPECT_TRUE(r.clean()) << name(o) << r.text();
    for (size_t i = 0; i < 48; ++i) EXPECT_EQ(out[i], float(47 - i));
  }
}

// Every block writes the same word.
struct SameWord {
  using Params = Buffers;
  struct SharedStorage {};
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    if (simt::thread() == 0) p.out[0] = float(simt::block().x + 10 * simt::block().z);
  }
};

TEST(EmulatedBlock, ChosenBlocksOfAHugeGridRunAndAreNamed) {
  DeviceArray<float> out(1, "out");
  Options o;
  o.first = 3ull * 65000 * 7 - 2, o.count = 5;  // there are two more
  const Report r = launch<SameWord>({3, 65000, 7}, {nullptr, out.data()}, o);
  EXPECT_EQ(r.blocks, 2u);
  EXPECT_EQ(out[0], 62);
  if (!kPlainAccessesSeen) return;
  ASSERT_TRUE(r.only(Kind::race)) << r.text();
  EXPECT_NE(r.text().find("by block (2,64999,6)"), std::string::npos) << r.text();
  EXPECT_NE(r.text().find("by block (1,64999,6)"), std::string::npos) << r.text();
}

TEST(EmulatedBlock, TheSameSeedGivesTheSameRun) {
  Options o;
  o.order = Order::random;
  o.landing = Landing::random;
  o.seed = 5;
  const Report a = reduce<kMissingSync>(o).report, b = reduce<kMissingSync>(o).report;
  EXPECT_EQ(a.text(), b.text());
  EXPECT_EQ(a.switches, b.switches);
}

}  // namespace
}  // namespace emu
