// TMA, mbarriers and wgmma: a warp-specialised product with planted bugs, each reported by name; without them silent.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/tensor_map.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

constexpr int kDepth = 6 * 64, kStages = 2;

struct ProductParams {
  simt::TensorMap a, b;  // [64][kDepth] bf16 each, boxes 64 x 64, 128-byte swizzle
  float* c;              // [64][64]
};

enum Bug {
  kNone,
  kIgnoresEmpty,    // the producer refills without waiting
  kIgnoresFull,     // the consumer multiplies without waiting
  kExpectsTooMuch,  // 64 bytes more than will come
  kReleasesEarly,   // a stage is given back before the products that read it are known to have ended
  kForgetsArrive,   // one thread of 128 does not give a stage back
  kNoFence,         // wgmma.fence missing
  kNoWait,          // accumulators are read in flight
  kNoInitFence,
  kLeaderReleases,  // one lane gives back for its warp, without __syncwarp
  kWrongStride,     // of the descriptor: only the numbers tell
  kGreedy,          // more registers than the pool will ever have
  kWrongRegisters,  // not a multiple of eight
  kLoadsAtExit,     // the producer loads a tile too many and nobody waits for it
  kBoxUnaligned,
  kThreadOwnDescriptor,
};

template <int kBug>
struct Product {
  using Params = ProductParams;
  struct SharedStorage {
    alignas(1024) uint16_t a[kStages][64 * 64];
    alignas(1024) uint16_t b[kStages][64 * 64];
    simt::Mbarrier full[kStages], empty[kStages];
  };
  static constexpr int kThreads = 256, kMinBlocks = 2;  // 128 registers a thread at entry
  static constexpr int kTiles = kDepth / 64;

  static SIMT_DEVICE void produce(const Params& p, SharedStorage& m) {
    for (int tile = 0; tile < kTiles + (kBug == kLoadsAtExit); ++tile) {
      const int s = tile % kStages;
      if (kBug != kIgnoresEmpty) simt::mbarrier_wait_parity(m.empty[s], uint32_t(tile / kStages & 1) ^ 1);
      simt::mbarrier_arrive_expect_tx(m.full[s], 2 * 64 * 128 + (kBug == kExpectsTooMuch && tile == 3 ? 64 : 0));
      simt::tma_load_2d(m.a[s] + (kBug == kBoxUnaligned ? 8 : 0), p.a, m.full[s], tile % kTiles * 64, 0);
      simt::tma_load_2d(m.b[s], p.b, m.full[s], tile % kTiles * 64, 0);
    }
  }

  static SIMT_DEVICE void consume(const Params& p, SharedStorage& m) {
    float d[32];
    for (int i = 0; i < 32; ++i) d[i] = 0;
    const int t = simt::thread() - 128;
    for (int tile = 0; tile < kTiles; ++tile) {
      const int s = tile % kStages;
      if (kBug != kIgnoresFull) simt::mbarrier_wait_parity(m.full[s], uint32_t(tile / kStages & 1));
      if (kBug != kNoFence) simt::wgmma_fence();
      for (int k = 0; k < 4; ++k) {
        const uint32_t at = 32 * uint32_t(k), odd = kBug == kThreadOwnDescriptor && t == 5 ? 32 : 0;
        const uint64_t a = simt::wgmma_descriptor(simt::shared_address(m.a[s]) + at, 16, 1024, simt::Swizzle::b128);
        const uint64_t b =
            simt::wgmma_descriptor(simt::shared_address(m.b[s]) + at + odd, 16, kBug == kWrongStride ? 0 : 1024, simt::Swizzle::b128);
        simt::wgmma_ss<simt::bf16, 64, false>(d, a, b, true);
      }
      simt::wgmma_commit_group();
      if (kBug == kReleasesEarly) simt::mbarrier_arrive(m.empty[s]);
      if (kBug != kNoWait || tile + 1 == kTiles) simt::wgmma_wait_group<0>();
      if (kBug == kLeaderReleases) {
        if (t % 32 == 0) simt::mbarrier_arrive(m.empty[s]);
      } else if (kBug != kReleasesEarly && !(kBug == kForgetsArrive && tile == 1 && t == 77)) {
        simt::mbarrier_arrive(m.empty[s]);
      }
    }
    for (int i = 0; i < 32; ++i) p.c[(16 * (t / 32) + t % 32 / 4 + 8 * (i / 2 % 2)) * 64 + i / 4 * 8 + t % 4 * 2 + i % 2] = d[i];
  }

  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    if (simt::thread() == 0) {
      for (int s = 0; s < kStages; ++s)
        simt::mbarrier_init(m.full[s], 1), simt::mbarrier_init(m.empty[s], kBug == kLeaderReleases ? 4 : 128);
      if (kBug != kNoInitFence) simt::fence_mbarrier_init();
    }
    simt::sync_block();
    if (simt::warpgroup() == 0) {
      if (kBug != kGreedy) simt::setmaxnreg_dec<40>();
      if (simt::thread() == 0) produce(p, m);
    } else {
      simt::setmaxnreg_inc<kBug == kWrongRegisters ? 212 : 216>();
      consume(p, m);
    }
  }
};

struct Computed {
  Report report;
  int wrong;
};

template <int kBug>
Computed multiply(const Options& o = {}) {
  std::vector<uint16_t> a(64 * kDepth), b(64 * kDepth);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = isa::float_to_bf16(float(int(i * 7 % 11) - 5)), b[i] = isa::float_to_bf16(float(int(i * 5 % 13) - 6));
  DeviceArray<uint16_t> da(a, "a"), db(b, "b");
  DeviceArray<float> c(64 * 64, "c");
  ProductParams p{{}, {}, c.data()};
  const auto map = [](simt::TensorMap& to, DeviceArray<uint16_t>& from) {
    const isa::TensorMapInfo info{
        reinterpret_cast<uint8_t*>(from.data()), isa::Element::bf16, 2, {kDepth, 64}, {2, kDepth * 2}, {64, 64}, 128};
    ASSERT_EQ(isa::encode(to, info), nullptr) << isa::encode(to, info);
  };
  map(p.a, da), map(p.b, db);
  Computed r{launch<Product<kBug>>({}, p, o), 0};
  for (size_t i = 0; i < 64; ++i)
    for (size_t j = 0; j < 64; ++j) {
      float sum = 0;
      for (size_t x = 0; x < kDepth; ++x) sum += isa::bf16_to_float(a[i * kDepth + x]) * isa::bf16_to_float(b[j * kDepth + x]);
      r.wrong += c[i * 64 + j] != sum;
    }
  return r;
}

// Generic writes, then wgmma: fence.proxy.async by the writers or by those who issue, but somewhere.
enum Fence { kByWriters, kByIssuers, kNowhere, kReadsInFlight, kWritesInFlight };
template <int kFence>
struct Proxies {
  struct Params {
    float* c;
  };
  struct SharedStorage {
    alignas(1024) uint32_t a[64 * 32], b[8 * 32];
  };
  static constexpr int kThreads = 128, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    for (int i = simt::thread(); i < 64 * 32; i += 128) m.a[i] = 0x3f803f80;
    for (int i = simt::thread(); i < 8 * 32; i += 128) m.b[i] = 0x3f803f80;
    if (kFence != kByIssuers && kFence != kNowhere) simt::fence_proxy_async();
    simt::sync_block();
    if (kFence == kByIssuers) simt::fence_proxy_async();
    float d[4];
    simt::wgmma_fence();
    for (uint32_t k = 0; k < 4; ++k)
      simt::wgmma_ss<simt::bf16, 8, false>(d, simt::wgmma_descriptor(simt::shared_address(m.a) + 32 * k, 16, 1024, simt::Swizzle::b128),
                                           simt::wgmma_descriptor(simt::shared_address(m.b) + 32 * k, 16, 1024, simt::Swizzle::b128),
                                           k != 0);
    simt::wgmma_commit_group();
    const float early = kFence == kReadsInFlight ? d[0] : 0;
    if (kFence == kWritesInFlight && simt::thread() == 9) d[1] = 0;
    simt::wgmma_wait_group<0>();
    p.c[simt::thread()] = d[0] + d[1] + d[2] + d[3] + early;
  }
};

template <int kFence>
Report proxies() {
  DeviceArray<float> c(128, "c");
  Report r = launch<Proxies<kFence>>({}, {c.data()}, {});
  EXPECT_EQ(c[17] == 256, kFence != kReadsInFlight);  // what is read in flight is NaN
  return r;
}

TEST(EmulatedWgmma, AWarpSpecialisedProductIsCleanAndExactUnderEveryPolicy) {
  for (const Options& o : all_policies()) {
    const Computed r = multiply<kNone>(o);
    EXPECT_TRUE(r.report.clean()) << name(o) << "\n" << r.report.text();
    EXPECT_EQ(r.wrong, 0) << name(o);
  }
}

TEST(EmulatedWgmma, AStageReleasedTooEarlyIsARaceThoughTheNumbersMayBeRight) {
  for (const Options& o : all_policies(3)) {
    const Computed r = multiply<kReleasesEarly>(o);
    const Finding* f = r.report.find(Kind::race);
    ASSERT_TRUE(f) << name(o) << r.report.text();
    EXPECT_EQ(f->here.instruction, "cp.async.bulk.tensor");
    EXPECT_EQ(f->other.instruction, "wgmma.mma_async");
    EXPECT_NE(f->other.agent.find("warpgroup 1"), std::string::npos);
  }
  EXPECT_EQ(multiply<kReleasesEarly>().wrong, 0);  // a comparison of numbers passes
}

TEST(EmulatedWgmma, PipelineBugsAreNamed) {
  const Report full = multiply<kIgnoresFull>().report, tx = multiply<kExpectsTooMuch>().report, arrive = multiply<kForgetsArrive>().report;
  ASSERT_TRUE(full.find(Kind::race)) << full.text();
  EXPECT_EQ(full.find(Kind::race)->here.instruction, "wgmma.mma_async");
  EXPECT_EQ(full.find(Kind::race)->other.instruction, "cp.async.bulk.tensor");
  ASSERT_TRUE(tx.only(Kind::deadlock)) << tx.text();
  EXPECT_NE(tx.findings[0].detail.find("pending 0 of 1, tx 64"), std::string::npos) << tx.text();
  ASSERT_TRUE(arrive.only(Kind::deadlock)) << arrive.text();
  EXPECT_NE(arrive.findings[0].detail.find("pending 1 of 128"), std::string::npos) << arrive.text();
  const Report empty = multiply<kIgnoresEmpty>().report;
  EXPECT_TRUE(empty.find(Kind::mbarrier) || empty.find(Kind::race)) << empty.text();
}

TEST(EmulatedWgmma, RegistersInFlightAreWatched) {
  EXPECT_TRUE(multiply<kNoWait>().report.find(Kind::race));  // its stages are given back while they are read
  proxies<kReadsInFlight>();
  const Report write = proxies<kWritesInFlight>();
  ASSERT_TRUE(write.only(Kind::wgmma)) << write.text();
  EXPECT_NE(write.findings[0].detail.find("thread 9"), std::string::npos) << write.text();
  const Report fence = multiply<kNoFence>().report, own = multiply<kThreadOwnDescriptor>().report;
  ASSERT_TRUE(fence.only(Kind::wgmma)) << fence.text();
  ASSERT_TRUE(own.only(Kind::wgmma)) << own.text();
  EXPECT_NE(own.findings[0].detail.find("thread 5"), std::string::npos);
}

// wgmma.wait_group tells every thread of the warpgroup that the products' reads have ended: one lane may release for its warp. Plain
// reads are another matter (EmulatedPolicy.ALaneThatReleasesForItsWarpNeedsSyncwarp).
TEST(EmulatedWgmma, ALaneMayReleaseForItsWarpAfterWaitGroup) {
  for (const Options& o : all_policies(2)) EXPECT_TRUE(multiply<kLeaderReleases>(o).report.clean());
}

TEST(EmulatedWgmma, WrongDescriptorsShowInTheNumbers) { EXPECT_GT(multiply<kWrongStride>().wrong, 0); }

TEST(EmulatedWgmma, SetupAndExitAreChecked) {
  const Report init = multiply<kNoInitFence>().report, greedy = multiply<kGreedy>().report, registers = multiply<kWrongRegisters>().report;
  ASSERT_TRUE(init.only(Kind::proxy)) << init.text();
  ASSERT_TRUE(greedy.only(Kind::deadlock)) << greedy.text();
  EXPECT_NE(greedy.findings[0].detail.find("216 registers a thread (the pool has 0 left)"), std::string::npos) << greedy.text();
  ASSERT_TRUE(registers.only(Kind::registers)) << registers.text();
  const Report exit = multiply<kLoadsAtExit>().report, box = multiply<kBoxUnaligned>().report;
  ASSERT_TRUE(exit.find(Kind::unfinished)) << exit.text();
  ASSERT_TRUE(box.only(Kind::misaligned)) << box.text();
}

TEST(EmulatedWgmma, GenericWritesNeedAProxyFenceOnEitherSide) {
  EXPECT_TRUE(proxies<kByWriters>().clean()) << proxies<kByWriters>().text();
  EXPECT_TRUE(proxies<kByIssuers>().clean()) << proxies<kByIssuers>().text();
  if (!kPlainAccessesSeen) return;
  const Report r = proxies<kNowhere>();
  ASSERT_TRUE(r.only(Kind::proxy)) << r.text();
  EXPECT_EQ(r.findings[0].here.instruction, "wgmma.mma_async");
  EXPECT_EQ(r.findings[0].other.instruction, "store");
}

}  // namespace
}  // namespace emu
