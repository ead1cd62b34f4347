// Rows of the kernel table that take windows but not everything, emulated, against the judge.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "tests/kernels/emulated_engine.h"
#include "workbench/scalar.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Window : public testing::TestWithParam<Heads> {
 protected:
  Machine machine() const { return {GetParam().architecture}; }
  Case fresh(size_t turn, const std::string& shape, const std::string& rest) const {
    const auto all = types(GetParam());
    return make_case(parse_problem(GetParam().problem(all[turn % all.size()], shape, rest)));
  }
  void expect_judged(const Case& data) const {
    EXPECT_NE(choose(machine(), data.problem).row.find(fmt::format("sm{}", GetParam().architecture)), std::string::npos) << data.name;
    EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  }
  void expect_judged(size_t turn, const std::string& shape, const std::string& rest) const { expect_judged(fresh(turn, shape, rest)); }
};

TEST_P(Window, AgreesAtEveryEdgeOfATile) {
  const std::vector<int> lengths = {1, 63, 65, 127, 128, 129, 200, 300}, sides = {0, 1, 62, 63, 64, 65, 127, 128};
  for (size_t turn = 0; turn < lengths.size(); ++turn) {
    const int rows = lengths[turn], keys = lengths[(turn * 3 + 5) % lengths.size()];
    const int left = sides[(turn + 3) % sides.size()], right = sides[(turn * 5 + 1) % sides.size()];
    expect_judged(turn, fmt::format("b1,hq1,hkv1,sq{},sk{}", rows, keys), fmt::format("win={}:{}", left, right));
    expect_judged(turn + 1, fmt::format("b1,hq1,hkv1,sq{},sk{}", keys, rows), fmt::format("causal=br,win={}:-1", left));
  }
}

TEST_P(Window, AgreesAtAnyOffset) {
  size_t turn = 0;
  for (const char* offset : {"tl", "-1", "-70", "-200", "37", "64", "1000", "-5000000000", "4294967296"})
    expect_judged(turn++, "b1,hq1,hkv1,sq130,sk270", fmt::format("align={},win=66:3", offset));
  expect_judged(0, "b1,hq1,hkv1,sq70,sk140", "win=4611686018427387904:9223372036854775807");
}

// Both phases of every stage, and a ring that begins in the middle of the keys.
TEST_P(Window, AgreesForMoreKeysThanTheRingHolds) {
  expect_judged(0, "b1,hq2,hkv1,sq129,sk1100", "causal=br,win=500:-1");
  expect_judged(1, "b1,hq1,hkv1,sq70,sk1000", "align=200,win=30:600");
}

// A run's number of warp-wide steps tells how many tiles it went through.
TEST_P(Window, GoesThroughNoTileThatNoRowSees) {
  const auto steps = [&](const std::string& shape, const std::string& rest) {
    emu::Report report;
    EXPECT_TRUE(run(machine(), fresh(0, shape, rest), &report).ok());
    return report.collectives;
  };
  EXPECT_EQ(steps("b1,hq1,hkv1,sq1,sk384", "win=63:0"), steps("b1,hq1,hkv1,sq1,sk128", "align=127,win=63:0"));
  EXPECT_EQ(steps("b1,hq1,hkv1,sq64,sk640", "align=256,win=0:0"), steps("b1,hq1,hkv1,sq64,sk640", "align=0,win=0:0"));
  EXPECT_EQ(steps("b1,hq1,hkv1,sq64,sk600", "align=2000,win=9:0"), steps("b1,hq1,hkv1,sq64,sk600", "align=-2000,win=9:0"));
}

TEST_P(Window, AgreesBesideEverythingElse) {
  expect_judged(0, "b3,hq2,hkv1,sq90,sk150", "causal=br,win=20:-1,lens=edges");
  expect_judged(1, "b3,hq4,hkv2,sq90,sk150", "win=7:40,lens=random:bshd");
  expect_judged(0, "b4,hq2,hkv1,sq100,sk240", "causal=br,win=100:-1,lens=random:ragged");
  expect_judged(1, "b4,hq2,hkv2,sq70,sk230", "win=65:64,lens=edges:ragged");
  expect_judged(0, "b3,hq1,hkv1,sq66,sk180", "align=tl,win=0:70,lens=random:raggedq");
  expect_judged(1, "b3,hq1,hkv1,sq66,sk180", "causal=40,win=33:-1,lens=random:raggedkv");
  expect_judged(0, "b2,hq2,hkv1,sq65,sk129", "causal=br,win=64:-1,scale=-0.3");
  expect_judged(1, "b1,hq2,hkv1,sq66,sk67", "win=3:3,nolse");
}

TEST_P(Window, ValuesAndKeysThatAreNotFiniteReachTheRowsThatSeeThem) {
  for (const char* rest : {"causal=br,win=40:-1", "win=30:20", "align=90,win=10:9"}) {
    Case data = fresh(0, "b1,hq2,hkv1,sq140,sk270", rest);
    for (const auto& [key, col, x] : std::vector<std::tuple<int, int, double>>{
             {0, 3, NAN}, {100, 3, INFINITY}, {127, 20, -INFINITY}, {128, 20, INFINITY}, {135, 21, NAN}, {265, 22, INFINITY}})
      store(data.v.data(), data.problem.v.type, value_row(data, 0, 0, key) + col, x);
    expect_judged(data);
    for (const int key : {5, 128, 200}) store(data.k.data(), data.problem.k.type, key_row(data, 0, 0, key) + 7, NAN);
    expect_judged(data);
  }
}

INSTANTIATE_TEST_SUITE_P(Emulated, Window, testing::ValuesIn(window_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
