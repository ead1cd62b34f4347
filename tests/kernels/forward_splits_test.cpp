// Keys split among blocks and merged by a second launch, emulated, against the judge.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Splits : public testing::TestWithParam<Heads> {
 protected:
  static constexpr Machine kMachine = {80, 0, 64};

  Case fresh(size_t turn, const std::string& shape, const std::string& rest) const {
    const auto all = types(GetParam());
    return make_case(parse_problem(fmt::format("{}:{},{}:{}", all[turn % all.size()], shape, GetParam().text(), rest)));
  }
  void expect_judged(int splits, const Case& data) const {
    EXPECT_EQ(choose(kMachine, data.problem).division.splits, splits) << data.name;
    EXPECT_TRUE(agrees_with_the_judge(kMachine, data));
  }
};

TEST_P(Splits, AgreeAtTheirEdges) {
  size_t turn = 0;
  for (const int keys : {512, 513, 575, 640, 641, 767, 768, 769}) {
    const std::string shape = fmt::format("b1,hq2,hkv1,sq{},sk{}", turn % 3 + 1, keys);
    expect_judged(keys / 256, fresh(turn, shape, turn % 2 == 0 ? "causal=br" : "sinks"));
    ++turn;
  }
}

TEST_P(Splits, AgreeWhereSequencesEndInTheFirstOnes) {
  expect_judged(3, fresh(0, "b5,hq2,hkv2,sq3,sk800", "lens=random,causal=br"));
  expect_judged(3, fresh(1, "b9,hq2,hkv1,sq2,sk800", "lens=edges,sinks:ragged"));
  expect_judged(3, fresh(0, "b3,hq3,hkv1,sq2,sk800", "lens=edges,lse2:page16"));
}

TEST_P(Splits, AgreeForWindowsThatBeginAnywhere) {
  expect_judged(3, fresh(0, "b1,hq2,hkv1,sq1,sk2000", "win=511:0"));
  expect_judged(3, fresh(1, "b2,hq2,hkv1,sq9,sk1100", "causal=br,win=520:-1,lens=random"));
  expect_judged(3, fresh(0, "b1,hq2,hkv1,sq2,sk1100", "win=300:300,align=400:list7"));
}

TEST_P(Splits, AgreeWithEveryOutput) {
  const char* const t = types(GetParam())[0];
  expect_judged(2, make_case(parse_problem(fmt::format("{}/{}/{}/f32:b2,hq2,hkv1,sq3,sk600,{}:sinks", t, t, t, GetParam().text()))));
  expect_judged(2, fresh(1, "b2,hq2,hkv1,sq3,sk600", "nolse:strided"));
  expect_judged(2, make_case(parse_problem(
                       fmt::format("{}:b2,hq2,hkv1,sq3,sk600,d{},dv{}:causal=br", t, GetParam().head_dim - 3, GetParam().head_dim_v - 3))));
}

// Of rows that see nothing at all, too.
TEST_P(Splits, AgreeForMasksThatHideSplitsWhole) {
  Case data = fresh(0, "b1,hq2,hkv1,sq4,sk800", "mask=11qk");
  for (int row = 0; row < 4; ++row) {
    for (int key = 0; key < 800; ++key) data.mask.as<unsigned char>()[row * 800 + key] = row == 3 || key / 270 != row ? 0 : 1;
  }
  expect_judged(3, data);
}

TEST_P(Splits, AgreeWhereThereAreMoreThanLanesOfAWarp) { expect_judged(34, fresh(0, "b1,hq1,hkv1,sq1,sk8704", "data=equal")); }

// The bits of a row, asked for, do not depend on how many blocks there are.
TEST_P(Splits, AreNotMadeWhereBitsMustNotDependOnTheBatch) {
  const auto first_sequence = [&](const char* shape, const char* rest) {
    const Case data = fresh(0, shape, rest);
    auto o = conformance::o_of(data, run(kMachine, data));
    o.resize(static_cast<size_t>(2 * 3 * GetParam().head_dim_v));
    return o;
  };
  EXPECT_TRUE(
      conformance::same_bits(first_sequence("b1,hq2,hkv1,sq3,sk600", "invariant"), first_sequence("b4,hq2,hkv1,sq3,sk600", "invariant")));
}

INSTANTIATE_TEST_SUITE_P(Emulated, Splits, testing::ValuesIn(first_and_last(whole_heads())), heads_name);

}  // namespace
}  // namespace rapt::emulated
