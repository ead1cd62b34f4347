// NaN and infinities in keys and values of whole rows: windows, masks, pages, packed heads and splits. The judge's answer is exact about
// who gets them. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/kernels/emulated_engine.h"
#include "workbench/scalar.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class WholeNonfinite : public testing::TestWithParam<Heads> {
 protected:
  Case fresh(const std::string& shape, const std::string& rest) const {
    return make_case(parse_problem(fmt::format("{}:{},{}:{}", types(GetParam())[0], shape, GetParam().text(), rest)));
  }
  // Of the first sequence and kv head. A key that no row sees may have no memory.
  static void set(Case& data, Buffer Case::*side, int64_t key, int64_t col, double x) {
    const bool of_k = side == &Case::k;
    const int64_t row = of_k ? key_row(data, 0, 0, key) : value_row(data, 0, 0, key);
    if (row >= 0) store((data.*side).data(), of_k ? data.problem.k.type : data.problem.v.type, row + col, x);
  }
  // Column 3: a NaN. 20: both infinities, far apart. 21: one. 22: at neighbouring keys.
  static void spoil_values(Case& data, int64_t keys) {
    set(data, &Case::v, keys / 2, 3, NAN);
    set(data, &Case::v, keys / 4, 20, INFINITY);
    set(data, &Case::v, keys - 5, 20, -INFINITY);
    set(data, &Case::v, keys * 2 / 3, 21, -INFINITY);
    set(data, &Case::v, keys - 2, 22, INFINITY);
    set(data, &Case::v, keys - 1, 22, NAN);
    set(data, &Case::v, 0, 23, INFINITY);
  }
};

TEST_P(WholeNonfinite, ValuesReachTheRowsThatSeeThemAndNoOther) {
  for (const char* rest : {"causal=br,win=40:-1", "win=30:20", "win=-1:5,sinks", "bias=11qk,causal=br", "causal=br,win=70:-1:page16",
                           "mask=11qk,win=30:9:list7", "win=20:0:pointers5", "alibi,cap=5,lens=random:ragged"}) {
    Case data = fresh("b1,hq2,hkv1,sq70,sk140", rest);
    spoil_values(data, data.lens_kv[0] > 8 ? data.lens_kv[0] : 140);
    EXPECT_TRUE(agrees_with_the_judge({80}, data));
  }
}

TEST_P(WholeNonfinite, ValuesReachPackedRowsAndEverySplit) {
  for (const char* rest : {"causal=br", "causal=br,win=300:-1,sinks", "mask=bhqk:page16", "alibi"}) {
    Case data = fresh("b1,hq4,hkv1,sq5,sk600", rest);
    ASSERT_EQ(choose({80, 0, 64}, data.problem).division.pack, 4);
    spoil_values(data, 600);
    EXPECT_TRUE(agrees_with_the_judge({80}, data));
    EXPECT_TRUE(agrees_with_the_judge({80, 0, 64}, data));
  }
}

TEST_P(WholeNonfinite, KeysReachTheRowsThatSeeThemAndNoOther) {
  for (const char* rest : {"causal=br,win=40:-1", "mask=bhqk,cap=3", "bias=11qk,alibi", "win=20:0:pointers5"}) {
    Case data = fresh("b1,hq1,hkv1,sq70,sk160", rest);
    set(data, &Case::k, 130, 5, NAN);
    set(data, &Case::k, 100, 6, INFINITY);
    EXPECT_TRUE(agrees_with_the_judge({80}, data));
  }
}

// Under a score of -inf infinite values are NaN; softcap leaves no such score.
TEST_P(WholeNonfinite, InfiniteValuesUnderAScoreOfMinusInfinityAreNaN) {
  for (const char* rest : {"causal=br,win=40:-1", "mask=11qk,win=30:20", "bias=11qk,alibi", "cap=3", "win=20:0:pointers5"}) {
    Case data = fresh("b1,hq2,hkv1,sq70,sk140", rest);
    for (const int64_t key : {40, 95, 101}) set(data, &Case::k, key, 6, INFINITY);  // rows with a positive query are NaN
    set(data, &Case::v, 95, 24, INFINITY);
    set(data, &Case::v, 100, 25, -INFINITY);
    set(data, &Case::v, 101, 26, NAN);
    EXPECT_TRUE(agrees_with_the_judge({80}, data));
  }
  Case data = fresh("b1,hq4,hkv1,sq5,sk600", "causal=br");
  set(data, &Case::k, 550, 6, INFINITY);
  set(data, &Case::v, 550, 24, INFINITY);
  for (int64_t key = 0; key < 250; ++key) set(data, &Case::k, key, 7, -INFINITY);
  set(data, &Case::v, 100, 25, INFINITY);  // rows with a positive query see a split of nothing but -inf
  EXPECT_TRUE(agrees_with_the_judge({80}, data));
  EXPECT_TRUE(agrees_with_the_judge({80, 0, 64}, data));
}

// A bias may be anything; -inf hides, whatever the score.
TEST_P(WholeNonfinite, BiasesReachTheirRowsAlone) {
  Case data = fresh("b1,hq1,hkv1,sq20,sk100", "bias=11qk");
  const auto bias = [&](int row, int key) -> float& { return data.bias.as<float>()[row * 100 + key]; };
  bias(3, 70) = NAN, bias(4, 71) = INFINITY;
  for (int key = 0; key < 100; ++key) bias(5, key) = -INFINITY;
  bias(6, 9) = -INFINITY;
  set(data, &Case::k, 9, 0, NAN);
  set(data, &Case::v, 9, 0, INFINITY);
  EXPECT_TRUE(agrees_with_the_judge({80}, data));
}

INSTANTIATE_TEST_SUITE_P(Emulated, WholeNonfinite, testing::ValuesIn(first_and_last(whole_heads())), heads_name);

}  // namespace
}  // namespace rapt::emulated
