// The error bound on rows small enough to work it out by hand. Its agreement with an independent one is in reference_second_opinion_test.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/reference/attention.h"

namespace rapt::test {
namespace {

// Two keys of score 1.5 and -1.5, weights e^3 : 1; values 4 and -8.
Attention two_keys(rapt_type o_type) {
  Attention a = single(1, 2, 2, 1);
  a.q = {1, 1}, a.k = {2, -0.5, -2, 0.5}, a.v = {4, -8};
  a.rules.has_scale = 1, a.rules.scale = 1;
  a.o_type = o_type, a.lse_type = RAPT_F32;
  return a;
}
const double kA = (4 * std::exp(3.0) + 8) / (std::exp(3.0) + 1);  // sum p |v|
const double kV = 12 / (1 + std::exp(-3.0));                      // sum |v| / l
constexpr double kB = 2.5;                                        // sum |q k|

TEST(Bound, OfF32CountsEightRoundingsOfTheCondition) { EXPECT_NEAR(bounds(two_keys(RAPT_F32)).o[0], 8 * 0x1p-24 * (4 + kB) * kA, 1e-20); }

TEST(Bound, Of16BitsAddsTheRoundingOfWeightsAndOutput) {
  const double f = 8 * 0x1p-24 * (4 + kB) * kA;
  EXPECT_NEAR(bounds(two_keys(RAPT_BF16)).o[0], 2 * 0x1p-8 * kA + f, 1e-17);
  EXPECT_NEAR(bounds(two_keys(RAPT_F16)).o[0], 2 * (0x1p-11 * kA + 0x1p-25 * kV + 0x1p-25) + f, 1e-17);
}

TEST(Bound, OfLseIsFourRoundingsOfWhatItIsMadeOf) {
  const double lse = 1.5 + std::log1p(std::exp(-3.0));
  EXPECT_NEAR(bounds(two_keys(RAPT_F32)).lse[0], 4 * 0x1p-24 * (4 + kB + lse), 1e-20);
  Attention base2 = two_keys(RAPT_F32);
  base2.rules.lse_base2 = 1;
  EXPECT_NEAR(bounds(base2).lse[0], 4 * 0x1p-24 * (4 + kB + lse) / std::log(2.0), 1e-20);
}

TEST(Bound, GrowsWithEveryTermOfAScore) {
  const auto condition = [](const Attention& a) { return bounds(a).o[0] / (8 * 0x1p-24 * kA) - 4; };
  Attention a = two_keys(RAPT_F32);
  EXPECT_NEAR(condition(a), kB, 1e-12);
  a.bias = {7, 7}, a.bias_shape = {1, 1, 1, 2};  // the weights stay
  EXPECT_NEAR(condition(a), kB + 7, 1e-12);
  Attention b = two_keys(RAPT_F32);
  b.rules.scale = -1, b.q = {-1, -1};
  EXPECT_NEAR(condition(b), kB, 1e-12);
  Attention c = two_keys(RAPT_F32);
  c.sinks = {-40};  // too low to change a weight
  EXPECT_NEAR(condition(c), 40, 1e-12);
}

TEST(Bound, LeavesRoomForWeightsThatUnderflow) {
  Attention a = single(1, 2, 1, 1);
  a.q = {1}, a.k = {0, -90}, a.v = {0, 1};
  a.o_type = RAPT_F32;
  const double weight = run(a).o[0];
  ASSERT_LT(weight, 0x1p-126);
  ASSERT_GT(weight, 0);
  EXPECT_GE(bounds(a).o[0], weight);
}

TEST(Bound, CountsTheRoundingsOfSubnormalSums) {
  Attention a = single(1, 2, 1, 1);  // two keys alike: l = 2
  a.q = {1}, a.k = {0, 0}, a.v = {0x1p-140, 0x1p-140};
  a.o_type = RAPT_F32;
  const double rest = 8 * 0x1p-24 * 4 * 0x1p-140 + 0x1p-126 * 0x1p-140;
  EXPECT_NEAR(bounds(a).o[0], 0x1p-149 * (1 + 2 / 2) + rest, 1e-60);
  a.v = {0, 0};
  EXPECT_NEAR(bounds(a).o[0], 0x1p-149, 1e-60);
}

TEST(Bound, IsZeroWhereNothingIsSeen) {
  Attention a = two_keys(RAPT_F32);
  a.mask = {0, 0}, a.mask_shape = {1, 1, 1, 2};
  EXPECT_EQ(bounds(a).o, (Values{0}));
  EXPECT_EQ(bounds(a).lse, (Values{0}));
  a.sinks = {3};
  EXPECT_EQ(bounds(a).o, (Values{0}));
  EXPECT_NEAR(bounds(a).lse[0], 4 * 0x1p-24 * (4 + 3 + 3), 1e-20);
}

TEST(Bound, IsZeroWhereTheAnswerIsNotFinite) {
  Attention a = two_keys(RAPT_F32);
  a.v[1] = HUGE_VAL;
  EXPECT_EQ(bounds(a).o, (Values{0}));
  EXPECT_GT(bounds(a).lse[0], 0);
  a = two_keys(RAPT_F32);
  a.k[0] = std::nan("");
  EXPECT_EQ(bounds(a).o, (Values{0}));
  EXPECT_EQ(bounds(a).lse, (Values{0}));
  a.k = {-HUGE_VAL, 0, 1, 1};  // a score of -inf is exact, and is no condition of the others
  EXPECT_NEAR(bounds(a).o[0], 8 * 0x1p-24 * (4 + 2) * 8, 1e-20);
}

TEST(Bound, OfLseMayBeLeftOut) {
  Attention a = two_keys(RAPT_F32);
  Packed packed;
  pack(a, packed);
  double o = 0;
  EXPECT_EQ(rapt_error_bound(context(1), &packed.problem, &packed.args, &o, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(o, bounds(a).o[0]);
}

}  // namespace
}  // namespace rapt::test
