// Rows of the kernel table that pack heads but do not take everything, emulated, against the judge: tiles of queries that several heads of
// a group share. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"
#include "workbench/scalar.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Packed : public testing::TestWithParam<Heads> {
 protected:
  Machine machine() const { return {GetParam().architecture}; }
  Case fresh(size_t turn, const std::string& shape, const std::string& rest) const {
    const auto all = types(GetParam());
    return make_case(parse_problem(GetParam().problem(all[turn % all.size()], shape, rest)));
  }
  void expect_judged(int pack, const Case& data) const {
    const Chosen chosen = choose(machine(), data.problem);
    EXPECT_NE(chosen.row.find("sm90"), std::string::npos) << data.name;
    EXPECT_EQ(chosen.division.pack, pack) << data.name;
    EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  }
  void expect_judged(int pack, size_t turn, const std::string& shape, const std::string& rest) const {
    expect_judged(pack, fresh(turn, shape, rest));
  }
};

// Groups that fill a tile and groups that leave rows of it over, queries on both sides of its edge.
TEST_P(Packed, AgreesForGroupsOfAnySize) {
  expect_judged(2, 0, "b1,hq2,hkv1,sq1,sk70", "");
  expect_judged(2, 1, "b1,hq4,hkv2,sq64,sk140", "causal=br");
  expect_judged(2, 0, "b1,hq2,hkv1,sq160,sk200", "causal=br");
  expect_judged(3, 1, "b1,hq6,hkv2,sq42,sk129", "");
  expect_judged(3, 0, "b1,hq3,hkv1,sq43,sk129", "causal=br");
  expect_judged(5, 1, "b2,hq5,hkv1,sq26,sk65", "causal=3");
  expect_judged(7, 0, "b1,hq14,hkv2,sq19,sk300", "causal=br");
  expect_judged(71, 1, "b1,hq71,hkv1,sq3,sk66", "causal=br");
  expect_judged(100, 0, "b1,hq100,hkv1,sq2,sk63", "causal=br");
  expect_judged(128, 1, "b1,hq128,hkv1,sq2,sk9", "");
  expect_judged(1, 0, "b1,hq129,hkv1,sq1,sk9", "");
}

// The sign of the scale and the rows that are left over are seen to in one step.
TEST_P(Packed, AgreesForAnySignOfTheScale) {
  for (const char* scale : {"-0.3", "0"}) {
    expect_judged(4, 0, "b1,hq4,hkv1,sq20,sk140", fmt::format("scale={}", scale));
    expect_judged(3, 1, "b1,hq3,hkv1,sq50,sk140", fmt::format("causal=br,scale={}", scale));
  }
}

TEST_P(Packed, AgreesBesideEverythingElse) {
  expect_judged(3, 0, "b4,hq6,hkv2,sq50,sk140", "causal=br,lens=random:ragged");
  expect_judged(6, 1, "b4,hq6,hkv1,sq40,sk130", "lens=edges:ragged");
  expect_judged(4, 0, "b3,hq4,hkv1,sq66,sk150", "causal=br,win=20:-1,lens=edges:bshd");
  expect_judged(5, 1, "b3,hq5,hkv1,sq30,sk280", "win=65:64,lens=random:raggedq");
  expect_judged(2, 0, "b3,hq4,hkv2,sq60,sk150", "causal=tl,lens=random:raggedkv");
  expect_judged(3, 1, "b2,hq3,hkv1,sq45,sk450", "align=200,win=30:90,lse2");
  expect_judged(3, 0, "b1,hq3,hkv1,sq45,sk67", "nolse,causal=br:bshd");
}

// Rows of head_dim that are not multiples of the tile's, and o in f32.
TEST_P(Packed, AgreesForSmallerHeadsAndWideOutput) {
  Heads smaller = GetParam();
  smaller.head_dim -= 8, smaller.head_dim_v -= 16;
  const char* t = types(GetParam())[0];
  expect_judged(3, make_case(parse_problem(smaller.problem(t, "b1,hq3,hkv1,sq45,sk67", "causal=br"))));
  expect_judged(3, make_case(parse_problem(GetParam().problem(fmt::format("{0}/{0}/{0}/f32", t), "b1,hq3,hkv1,sq45,sk67", ""))));
}

// Then the kernel is one that does not pack, on a plan made for one that does.
TEST_P(Packed, AgreesWhenPointersAreAlignedToAnElementAlone) {
  EXPECT_TRUE(agrees_with_the_judge({GetParam().architecture, 1}, fresh(0, "b2,hq6,hkv2,sq50,sk67", "causal=br")));
}

TEST_P(Packed, ValuesAndKeysThatAreNotFiniteReachTheRowsThatSeeThem) {
  for (const char* rest : {"causal=br", "win=30:20"}) {
    Case data = fresh(0, "b1,hq3,hkv1,sq70,sk200", rest);
    for (const auto& [key, col, x] :
         std::vector<std::tuple<int, int, double>>{{100, 3, INFINITY}, {140, 20, -INFINITY}, {150, 20, INFINITY}, {199, 21, NAN}})
      store(data.v.data(), data.problem.v.type, value_row(data, 0, 0, key) + col, x);
    expect_judged(3, data);
    store(data.k.data(), data.problem.k.type, key_row(data, 0, 0, 170) + 7, NAN);
    expect_judged(3, data);
  }
}

// The bits of a row do not depend on whether its tile is shared.
TEST_P(Packed, GivesTheBitsOfHeadsAlone) {
  const auto rows_of = [&](int rows, int pack) {
    Case data = fresh(0, fmt::format("b1,hq3,hkv1,sq{},sk200", rows), "causal=tl");
    EXPECT_EQ(choose(machine(), data.problem).division.pack, pack);
    const auto value = [](int64_t, int64_t head, int64_t row, int64_t col) {
      return static_cast<double>((head * 29 + row * 13 + col * 7) % 17 - 8) / 8;
    };
    conformance::fill(data.problem.q, data.q, value);
    conformance::fill_k(data, value);
    conformance::fill_v(data, value);
    const Outcome outcome = run(machine(), data);
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    std::vector<double> found;
    for (int64_t i = 0; i < 3 * 50 * GetParam().head_dim_v; ++i)
      found.push_back(conformance::at(data.problem.o, outcome.o, 0, i % 3, i / 3 % 50, i / 150));
    return found;
  };
  EXPECT_TRUE(conformance::same_bits(rows_of(50, 3), rows_of(128, 1)));
}

INSTANTIATE_TEST_SUITE_P(Emulated, Packed, testing::ValuesIn(packed_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
