// Whole rows of the kernel table, emulated, against the judge: windows and masks at the edges of tiles, what is never loaded, scores out of
// the ordinary, packed heads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Whole : public testing::TestWithParam<Heads> {
 protected:
  std::string problem(size_t turn, const std::string& shape, const std::string& rest) const {
    const auto all = types(GetParam());
    return fmt::format("{}:{},{}:{}", all[turn % all.size()], shape, GetParam().text(), rest);
  }
  void expect_judged(size_t turn, const std::string& shape, const std::string& rest) const {
    const Case data = make_case(parse_problem(problem(turn, shape, rest)));
    const std::string value = GetParam().head_dim_v == GetParam().head_dim ? "" : fmt::format("_dv{}", GetParam().head_dim_v);
    EXPECT_NE(choose({80}, data.problem).row.find(fmt::format("_d{}{}_whole", GetParam().head_dim, value)), std::string::npos) << data.name;
    EXPECT_TRUE(agrees_with_the_judge({80}, data));
  }
};

TEST_P(Whole, AgreesForWindowsAtEveryEdgeOfATile) {
  const std::vector<int> lengths = {1, 31, 33, 63, 64, 65, 129, 200}, sides = {0, 1, 31, 62, 63, 64, 65, 128};
  for (size_t turn = 0; turn < lengths.size(); ++turn) {
    const int rows = lengths[turn], keys = lengths[(turn * 3 + 5) % lengths.size()];
    const int left = sides[(turn + 3) % sides.size()], right = sides[(turn * 5 + 1) % sides.size()];
    expect_judged(turn, fmt::format("b1,hq1,hkv1,sq{},sk{}", rows, keys), fmt::format("win={}:{}", left, right));
    expect_judged(turn + 1, fmt::format("b1,hq1,hkv1,sq{},sk{}", keys, rows), fmt::format("causal=br,win={}:-1", left));
  }
}

TEST_P(Whole, AgreesForWindowsAtAnyOffset) {
  size_t turn = 0;
  for (const char* offset : {"tl", "-1", "-70", "-200", "37", "64", "1000", "-5000000000", "4294967296"})
    expect_judged(turn++, "b1,hq1,hkv1,sq130,sk140", fmt::format("align={},win=66:3", offset));
  expect_judged(0, "b1,hq1,hkv1,sq70,sk140", "win=4611686018427387904:9223372036854775807");
  expect_judged(1, "b2,hq1,hkv1,sq70,sk140", "causal=br,win=20:-1,lens=edges");
}

// A run's number of warp-wide steps tells how many tiles it went through.
TEST_P(Whole, GoesThroughNoTileThatNoRowSees) {
  const auto steps = [&](const std::string& shape, const std::string& rest) {
    emu::Report report;
    EXPECT_TRUE(run({80}, make_case(parse_problem(problem(0, shape, rest))), &report).ok());
    return report.collectives;
  };
  EXPECT_EQ(steps("b1,hq1,hkv1,sq1,sk512", "win=63:0"), steps("b1,hq1,hkv1,sq1,sk64", "win=63:0"));
  EXPECT_EQ(steps("b1,hq1,hkv1,sq64,sk640", "align=0,win=0:0"), steps("b1,hq1,hkv1,sq64,sk64", "align=0,win=0:0"));
  EXPECT_EQ(steps("b1,hq1,hkv1,sq64,sk640", "align=256,win=0:0"), steps("b1,hq1,hkv1,sq64,sk64", "align=0,win=0:0"));
  EXPECT_EQ(steps("b1,hq1,hkv1,sq64,sk640", "align=2000,win=9:0"), steps("b1,hq1,hkv1,sq64,sk0", "win=9:0"));
}

// Rows begin at multiples of 16 bytes, and what follows their last column is not theirs.
TEST_P(Whole, AgreesForSmallerHeadsWhoseRowsBeginWell) {
  Heads smaller = GetParam();
  smaller.head_dim -= 3, smaller.head_dim_v -= 3;
  const auto all = types(GetParam());
  EXPECT_TRUE(agrees_with_the_judge({80}, smaller.problem(all[0], "b1,hq2,hkv1,sq66,sk67", "win=9:0:strided")));
}

TEST_P(Whole, AgreesForMasksAndBiasesOfEveryShape) {
  size_t turn = 0;
  for (const char* pattern : {"111k", "11q1", "1h11", "b111", "bhqk", "1hqk", "b1qk", "11qk"}) {
    const char* type = turn % 3 == 0 ? "" : turn % 3 == 1 ? "/f16" : "/bf16";
    expect_judged(turn, "b2,hq2,hkv1,sq66,sk67", fmt::format("mask={},seed={}", pattern, turn));
    expect_judged(turn, "b2,hq2,hkv1,sq66,sk67", fmt::format("bias={}{},seed={}", pattern, type, turn));
    ++turn;
  }
  expect_judged(0, "b2,hq2,hkv1,sq66,sk67", "mask=bhqk,bias=1hqk,lens=random:strided");
}

TEST_P(Whole, AgreesForScoresOutOfTheOrdinary) {
  for (const char* terms :
       {"cap=1e-3", "cap=0.5,data=large", "cap=1e30", "cap=2e38,scale=1e-30", "cap=1e-38", "cap=30,scale=-2,data=peaked",
        "alibi,align=1000000000000", "alibi,align=-70", "alibi=batch,scale=0", "sinks,scale=0", "sinks,data=large"})
    expect_judged(0, "b2,hq3,hkv1,sq17,sk70", terms);
}

TEST_P(Whole, AgreesForPackedHeads) {
  const auto pack = [&](const std::string& shape) {
    return choose({80}, make_case(parse_problem(problem(0, shape, "win=70:0"))).problem).division.pack;
  };
  EXPECT_EQ(pack("b1,hq6,hkv2,sq1,sk70"), 3);
  EXPECT_EQ(pack("b1,hq6,hkv2,sq64,sk70"), 1);
  expect_judged(0, "b2,hq6,hkv2,sq1,sk70", "win=66:0");
  expect_judged(1, "b2,hq14,hkv2,sq5,sk130", "causal=br,win=64:-1,alibi,mask=bhqk,lens=random");
  expect_judged(0, "b1,hq5,hkv1,sq30,sk90", "causal=br,sinks,bias=1hqk:bshd");
  expect_judged(1, "b1,hq70,hkv1,sq1,sk65", "sinks,win=9:-1:strided");
  expect_judged(0, "b3,hq4,hkv2,sq20,sk65", "sinks,causal=br,lens=edges:ragged");
}

TEST_P(Whole, AgreesWhenPointersAreAlignedToAnElementAlone) {
  const Machine odd = {80, 1};
  EXPECT_TRUE(agrees_with_the_judge(odd, problem(1, "b1,hq2,hkv1,sq66,sk67", "win=60:0,scale=-0.3,sinks")));
  EXPECT_TRUE(agrees_with_the_judge(odd, problem(0, "b1,hq2,hkv1,sq6,sk67", "sinks:page16")));
}

INSTANTIATE_TEST_SUITE_P(Emulated, Whole, testing::ValuesIn(first_and_last(whole_heads())), heads_name);

}  // namespace
}  // namespace rapt::emulated
