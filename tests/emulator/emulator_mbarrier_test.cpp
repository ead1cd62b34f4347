// The life of mbarriers: what may not be done to them, and copies of cp.async that arrive on them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "simt/simt.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct Pointers {
  const uint32_t* in;
  uint32_t* out;
};

enum Bug { kNone, kInitTwice, kNoInit, kNoSyncAfterInit, kStoreOver, kTooManyArrivals, kLags, kNoWait, kZeroCount };

// Warp 0 copies a row by cp.async and arrives on `full` with the copies; warp 1 waits and passes the row on. Four rounds.
template <int kBug>
struct Rows {
  using Params = Pointers;
  struct SharedStorage {
    alignas(16) uint32_t row[2][128];
    simt::Mbarrier full[2], empty[2];
  };
  static constexpr int kThreads = 64, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int lane = simt::lane();
    if (simt::thread() == 0 && kBug != kNoInit) {
      for (int s = 0; s < 2; ++s) simt::mbarrier_init(m.full[s], kBug == kZeroCount ? 0 : 32), simt::mbarrier_init(m.empty[s], 32);
      if (kBug == kInitTwice) simt::mbarrier_init(m.full[0], 32);
      if (kBug == kStoreOver) m.full[1].state = 0;
    }
    if (kBug != kNoSyncAfterInit) simt::sync_block();
    for (int i = 0; i < 4; ++i) {
      const int s = i % 2;
      const uint32_t parity = uint32_t(i / 2 & 1);
      if (simt::warp() == 0) {
        if (kBug != kNoWait) simt::mbarrier_wait_parity(m.empty[s], parity ^ 1);
        simt::cp_async_16(&m.row[s][4 * lane], p.in + 128 * i + 4 * lane, true);
        simt::cp_async_mbarrier_arrive_noinc(m.full[s]);
        if (kBug == kTooManyArrivals && i == 1 && lane == 0) simt::mbarrier_arrive_count(m.full[s], 33);
      } else {
        simt::mbarrier_wait_parity(m.full[s], parity);
        for (int k = 0; k < 4; ++k) p.out[128 * i + 32 * k + lane] = m.row[s][32 * k + lane];
        simt::mbarrier_arrive(m.empty[s]);
      }
    }
    simt::cp_async_wait_all();
    if (kBug == kLags) {  // three phases go by; a thread that saw the first waits for the second with a parity that has come round
      simt::sync_block();
      if (simt::warp() == 0) {
        simt::mbarrier_wait_parity(m.empty[0], 1);
      } else {
        simt::mbarrier_arrive(m.empty[0]), simt::sync_warp(), simt::mbarrier_arrive(m.empty[0]);
      }
      simt::sync_block();
      if (simt::warp() == 0) simt::mbarrier_wait_parity(m.empty[0], 0);
    }
  }
};

template <int kBug>
Report rows(const Options& o = {}) {
  std::vector<uint32_t> in(512);
  for (uint32_t i = 0; i < 512; ++i) in[i] = i * i;
  DeviceArray<uint32_t> source(in, "in"), out(512, "out");
  Report r = launch<Rows<kBug>>({}, {source.data(), out.data()}, o);
  for (uint32_t i = 0; r.clean() && i < 512; ++i) EXPECT_EQ(out[i], i * i);
  return r;
}

TEST(EmulatedMbarrier, CopiesArriveOnItUnderEveryPolicy) {
  for (const Options& o : all_policies()) {
    const Report r = rows<kNone>(o);
    EXPECT_TRUE(r.clean()) << name(o) << r.text();
  }
}

TEST(EmulatedMbarrier, MisuseIsNamed) {
  for (const Report& r : {rows<kInitTwice>(), rows<kNoInit>(), rows<kTooManyArrivals>(), rows<kZeroCount>()}) {
    ASSERT_TRUE(r.only(Kind::mbarrier)) << r.text();
    EXPECT_EQ(r.findings[0].buffer, "shared");
    EXPECT_GE(r.findings[0].offset, 1024);
  }
  EXPECT_TRUE(rows<kLags>().find(Kind::mbarrier)) << rows<kLags>().text();
  EXPECT_EQ(rows<kStoreOver>().only(Kind::mbarrier), kPlainAccessesSeen) << rows<kStoreOver>().text();
}

TEST(EmulatedMbarrier, UseMustBeOrderedAfterInitialisation) {
  const Report r = rows<kNoSyncAfterInit>();
  ASSERT_TRUE(r.find(Kind::race)) << r.text();
  EXPECT_EQ(r.find(Kind::race)->other.instruction, "mbarrier.init");
}

TEST(EmulatedMbarrier, AStageRefilledWithoutWaitingIsFound) {
  if (!kPlainAccessesSeen) GTEST_SKIP();
  for (const Options& o : all_policies(3)) EXPECT_FALSE(rows<kNoWait>(o).clean()) << name(o);
}

}  // namespace
}  // namespace emu
