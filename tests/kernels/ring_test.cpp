// The ring of stages with consumers that read what they hold by plain loads, which no instruction but the ring's own orders.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tile/ring.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/emulator/launch.h"
#include "tests/emulator/policies.h"

namespace rapt::kernels {
namespace {

// Warp 0 brings the items through a ring of two stages; each lane of warps 1 and 2 sums two words of every item.
struct Relay {
  static constexpr int kWords = 64, kStages = 2, kThreads = 96, kMinBlocks = 1;
  struct Params {
    const uint32_t* items;  // [count][kWords]
    int count;
    uint32_t* sums;  // [2 warps][32 lanes]
  };
  struct alignas(128) SharedStorage {
    uint32_t stage[kStages][kWords];
    RingBarriers<kStages> ring;
  };

  static void produce(const Params& p, SharedStorage& smem) {
    RingPosition<kStages> at;
    for (int item = 0; item < p.count; ++item, at.next()) {
      simt::mbarrier_wait_parity(smem.ring.empty[at.stage], at.phase ^ 1);
      simt::mbarrier_arrive_expect_tx(smem.ring.full[at.stage], kWords * 4);
      simt::bulk_load(smem.stage[at.stage], p.items + item * kWords, kWords * 4, smem.ring.full[at.stage]);
    }
  }

  static void run(const Params& p, SharedStorage& smem) {
    if (simt::thread() == 0) {
      smem.ring.init(2);
      simt::fence_mbarrier_init();
    }
    simt::sync_block();
    if (simt::thread() == 0) produce(p, smem);
    if (simt::warp() == 0) return;
    RingPosition<kStages> at;
    uint32_t sum = 0;
    for (int item = 0; item < p.count; ++item, at.next()) {
      simt::mbarrier_wait_parity(smem.ring.full[at.stage], at.phase);
      sum += smem.stage[at.stage][simt::lane()] + smem.stage[at.stage][63 - simt::lane()];
      smem.ring.release(at.stage);
    }
    p.sums[simt::thread() - 32] = sum;
  }
};

TEST(Ring, HandsEveryItemToEveryLaneAndNoStageOnTooEarly) {
  constexpr int kCount = 7;
  std::vector<uint32_t> items;
  for (uint32_t i = 0; i < kCount * Relay::kWords; ++i) items.push_back(i * i);
  const emu::DeviceArray<uint32_t> given(items, "items");
  for (const emu::Options& options : emu::all_policies(2)) {
    emu::DeviceArray<uint32_t> sums(64, "sums");
    const emu::Report report = emu::launch<Relay>({1, 1, 1}, {given.data(), kCount, sums.data()}, options);
    ASSERT_TRUE(report.clean()) << emu::name(options) << "\n" << report.text();
    for (size_t thread = 0; thread < 64; ++thread) {
      uint32_t sum = 0;
      for (size_t item = 0; item < kCount; ++item)
        sum += items[item * Relay::kWords + thread % 32] + items[item * Relay::kWords + 63 - thread % 32];
      EXPECT_EQ(sums.data()[thread], sum) << emu::name(options) << ", thread " << thread;
    }
  }
}

}  // namespace
}  // namespace rapt::kernels
