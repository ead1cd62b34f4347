// The mbarrier's state machine: what completes a phase, what parity a waiter sees, what is refused.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/mbarrier.h"

#include <gtest/gtest.h>

namespace emu::isa {
namespace {

MbarrierState fresh(uint32_t count) {
  MbarrierState m;
  EXPECT_EQ(m.init(count), nullptr);
  return m;
}

TEST(IsaMbarrier, FreshOneHasCompletedParityOneOnly) {
  const MbarrierState m = fresh(3);
  EXPECT_FALSE(m.completed(0));
  EXPECT_TRUE(m.completed(1));
}

TEST(IsaMbarrier, PhaseEndsWithTheLastArrivalAndBeginsAnew) {
  MbarrierState m = fresh(3);
  EXPECT_EQ(m.arrive(2), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.arrive(1), nullptr);
  EXPECT_TRUE(m.completed(0));
  EXPECT_FALSE(m.completed(1));
  EXPECT_EQ(m.pending, 3u);
  EXPECT_EQ(m.arrive(3), nullptr);
  EXPECT_EQ(m.phase, 2u);
  EXPECT_TRUE(m.completed(1));
}

TEST(IsaMbarrier, BytesKeepThePhaseOpen) {
  MbarrierState m = fresh(1);
  EXPECT_EQ(m.arrive_expect_tx(4096), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.complete_tx(4095), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.complete_tx(1), nullptr);
  EXPECT_TRUE(m.completed(0));
}

TEST(IsaMbarrier, CopyMayFinishBeforeItIsAnnounced) {
  MbarrierState m = fresh(1);
  EXPECT_EQ(m.complete_tx(64), nullptr);
  EXPECT_EQ(m.tx, -64);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.expect_tx(64), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.arrive(1), nullptr);
  EXPECT_TRUE(m.completed(0));
}

TEST(IsaMbarrier, LateAnnouncementEndsThePhase) {
  MbarrierState m = fresh(1);
  EXPECT_EQ(m.complete_tx(64), nullptr);
  EXPECT_EQ(m.arrive(1), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.expect_tx(64), nullptr);
  EXPECT_TRUE(m.completed(0));
}

TEST(IsaMbarrier, OneMoreArrivalIsForThisPhaseAlone) {
  MbarrierState m = fresh(1);
  EXPECT_EQ(m.expect_one_more(), nullptr);
  EXPECT_EQ(m.arrive(1), nullptr);
  EXPECT_FALSE(m.completed(0));
  EXPECT_EQ(m.arrive(1), nullptr);
  EXPECT_TRUE(m.completed(0));
  EXPECT_EQ(m.pending, 1u);
}

TEST(IsaMbarrier, RefusesMisuseAndStaysAsItWas) {
  MbarrierState m;
  EXPECT_NE(m.arrive(1), nullptr);
  EXPECT_NE(m.arrive_expect_tx(1), nullptr);
  EXPECT_NE(m.expect_tx(1), nullptr);
  EXPECT_NE(m.complete_tx(1), nullptr);
  EXPECT_NE(m.expect_one_more(), nullptr);
  EXPECT_NE(m.inval(), nullptr);
  EXPECT_NE(m.init(0), nullptr);
  EXPECT_NE(m.init(1u << 20), nullptr);
  EXPECT_FALSE(m.live);
  EXPECT_EQ(m.init(2), nullptr);
  EXPECT_NE(m.init(2), nullptr);
  EXPECT_NE(m.arrive(0), nullptr);
  EXPECT_NE(m.arrive(3), nullptr);
  EXPECT_EQ(m.pending, 2u);
  EXPECT_EQ(m.expect_tx((1u << 20) - 1), nullptr);
  EXPECT_NE(m.expect_tx(1), nullptr);
  EXPECT_NE(m.arrive_expect_tx(1), nullptr);
  EXPECT_EQ(m.pending, 2u);
  EXPECT_EQ(m.arrive(2), nullptr);  // the bytes keep it open
  EXPECT_NE(m.arrive(1), nullptr);
  EXPECT_NE(m.arrive_expect_tx(0), nullptr);
  EXPECT_EQ(m.inval(), nullptr);
  EXPECT_EQ(m.init(1), nullptr);
  EXPECT_EQ(m.complete_tx((1u << 20) - 1), nullptr);
  EXPECT_NE(m.complete_tx(1), nullptr);
}

}  // namespace
}  // namespace emu::isa
