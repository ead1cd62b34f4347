// Every forward kernel, emulated, against the judge: sizes on both sides of every tile edge, every feature, every layout, all hidden
// memory poisoned.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

// A machine and the widths of heads: with the types, every row of the table.
class Forward : public testing::TestWithParam<Heads> {
 protected:
  Machine machine() const { return {GetParam().architecture}; }
  int head_dim() const { return GetParam().head_dim; }
  int head_dim_v() const { return GetParam().head_dim_v; }
  std::vector<const char*> types() const { return emulated::types(GetParam()); }
  const char* type(size_t turn) const { return types()[turn % types().size()]; }
  // "SHAPE:SEMANTICS:LAYOUT" with the heads of the row filled in.
  void expect_judged(size_t turn, const std::string& shape, const std::string& rest) const {
    EXPECT_TRUE(agrees_with_the_judge(machine(), GetParam().problem(type(turn), shape, rest)));
  }
};

TEST_P(Forward, RunsTheRowOfItsMachine) {
  const std::string value = head_dim_v() == head_dim() ? "" : fmt::format("_dv{}", head_dim_v());
  for (const char* t : types()) {
    const auto data = workbench::make_case(workbench::parse_problem(GetParam().problem(t, "b1,hq1,hkv1,sq3,sk9", "")));
    EXPECT_EQ(run(machine(), data).kernel,
              fmt::format("forward_sm{}_{}_d{}{}{}", machine().architecture, t, head_dim(), value, GetParam().softcap ? "_softcap" : ""));
  }
}

TEST_P(Forward, AgreesAtEveryEdgeOfATile) {
  const std::vector<int> lengths = {1, 63, 64, 65, 127, 128, 129, 200};
  for (size_t turn = 0; turn < lengths.size(); ++turn) {
    const int rows = lengths[turn], keys = lengths[(turn * 3 + 5) % lengths.size()];
    expect_judged(turn, fmt::format("b1,hq1,hkv1,sq{},sk{}", rows, keys), "");
    expect_judged(turn + 1, fmt::format("b1,hq1,hkv1,sq{},sk{}", keys, rows), "causal=br");
  }
}

// Stages are filled again while others are in use: a copy that comes too early is seen only here.
TEST_P(Forward, AgreesForMoreKeysThanTheRingHolds) {
  expect_judged(0, "b1,hq2,hkv1,sq65,sk700", "");
  expect_judged(1, "b1,hq1,hkv1,sq129,sk643", "causal=br");
}

// What a tile rounds in the running sum and its scale must not add up over the tiles: only f32's bound is near enough to tell.
TEST_P(Forward, AgreesForManyTiles) {
  for (const char* t : types()) {
    if (t != std::string("f32")) continue;
    EXPECT_TRUE(agrees_with_the_judge(machine(), GetParam().problem(t, "b1,hq1,hkv1,sq1,sk4097", "")));
  }
}

TEST_P(Forward, AgreesForCausalAtAnyOffset) {
  size_t turn = 0;
  for (const char* offset : {"tl", "0", "-1", "-70", "-200", "37", "64", "1000", "-5000000000", "4294967296"})
    expect_judged(turn++, "b1,hq1,hkv1,sq130,sk140", fmt::format("causal={}", offset));
}

TEST_P(Forward, AgreesForGroupedHeads) {
  expect_judged(0, "b2,hq4,hkv2,sq33,sk70", "causal=br");
  expect_judged(1, "b1,hq6,hkv1,sq20,sk67", "");
  expect_judged(0, "b2,hq3,hkv3,sq5,sk66", "causal=br:bshd");
}

TEST_P(Forward, AgreesForRaggedBatchesAndLengths) {
  expect_judged(0, "b5,hq2,hkv1,sq100,sk140", "causal=br,lens=random:ragged");
  expect_judged(1, "b4,hq2,hkv2,sq70,sk130", "lens=edges:ragged");
  expect_judged(0, "b3,hq2,hkv1,sq90,sk150", "causal=br,lens=random");
  expect_judged(1, "b3,hq1,hkv1,sq66,sk80", "lens=edges,seed=3:bshd");
  expect_judged(0, "b3,hq1,hkv1,sq66,sk80", "lens=random,seed=5:raggedq");
  expect_judged(1, "b3,hq1,hkv1,sq66,sk80", "causal=tl,lens=random,seed=6:raggedkv");
}

TEST_P(Forward, AgreesForAnyStrides) {
  expect_judged(0, "b2,hq2,hkv1,sq65,sk129", "causal=br:strided");
  expect_judged(1, "b2,hq4,hkv2,sq40,sk66", ":bshd");
}

TEST_P(Forward, AgreesForAnyScaleAndSize) {
  size_t turn = 0;
  for (const char* scale : {"0", "-0.3", "1e-60", "3", "-1e-3"})
    expect_judged(turn++, "b1,hq1,hkv1,sq66,sk130", fmt::format("causal=br,scale={}", scale));
  for (const char* data : {"peaked", "outliers", "equal", "large"})
    expect_judged(turn++, "b1,hq1,hkv1,sq66,sk130", fmt::format("causal=br,data={}", data));
}

TEST_P(Forward, AgreesWithoutLseAndWithItInBaseTwoAndWithWideOutput) {
  expect_judged(0, "b1,hq2,hkv1,sq66,sk67", "nolse");
  expect_judged(1, "b1,hq2,hkv1,sq66,sk67", "lse2");
  for (const char* t : types())
    EXPECT_TRUE(
        agrees_with_the_judge(machine(), GetParam().problem(fmt::format("{}/{}/{}/f32", t, t, t), "b1,hq2,hkv1,sq66,sk67", "causal=br")));
}

TEST_P(Forward, AgreesForSmallerHeadsPaddedWithinTheTile) {
  const auto expect_smaller = [&](int head_dim, int head_dim_v, const char* rest) {
    Heads smaller = GetParam();
    smaller.head_dim = head_dim, smaller.head_dim_v = head_dim_v;
    EXPECT_TRUE(agrees_with_the_judge(machine(), smaller.problem(type(0), "b1,hq2,hkv1,sq66,sk67", rest)));
  };
  expect_smaller(head_dim() - 8, head_dim_v(), "causal=br");
  expect_smaller(head_dim(), head_dim_v() - 16, "causal=br");
  expect_smaller(head_dim() - 7, head_dim_v() - 3, "causal=br");
  expect_smaller(head_dim(), head_dim_v() / 2, "causal=br");  // panels that are nothing but padding
  // Rows begin at multiples of 16 bytes, and what follows their last column is not theirs.
  expect_smaller(head_dim() - 3, head_dim_v() - 3, "causal=br:strided");
}

TEST_P(Forward, AgreesWhenPointersAreAlignedToAnElementAlone) {
  Machine odd = machine();
  odd.misalign = 1;
  EXPECT_TRUE(agrees_with_the_judge(odd, GetParam().problem(type(1), "b1,hq1,hkv1,sq66,sk67", "causal=br,scale=-0.3")));
}

INSTANTIATE_TEST_SUITE_P(Emulated, Forward, testing::ValuesIn(plain_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
