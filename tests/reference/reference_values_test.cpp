// The judge on problems whose answers can be worked out by hand.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "tests/reference/attention.h"
#include "tests/reference/bits.h"

namespace rapt::test {
namespace {

constexpr double kTiny = 1e-15;

void expect_values(const Values& values, const Values& expected, double tolerance) {
  ASSERT_EQ(values.size(), expected.size());
  for (size_t n = 0; n < values.size(); ++n) EXPECT_NEAR(values[n], expected[n], tolerance * std::max(1.0, std::fabs(expected[n]))) << n;
}

void use_scale(Attention& a, double scale) {
  a.rules.has_scale = 1;
  a.rules.scale = scale;
}

// R. Karim, "Illustrated: Self-Attention" (2019): three inputs, three keys, scale 1.
Attention worked_example() {
  Attention a = single(3, 3, 3, 3);
  a.q = {1, 0, 2, 2, 2, 2, 2, 1, 3};
  a.k = {0, 1, 1, 4, 4, 0, 2, 3, 1};
  a.v = {1, 2, 3, 2, 8, 0, 2, 6, 3};
  use_scale(a, 1);
  return a;
}

TEST(Reference, ScoresTheWorkedExampleAsPrinted) {
  EXPECT_EQ(map(worked_example(), RAPT_STAGE_SCALED).values, (Values{2, 4, 4, 4, 16, 12, 4, 12, 10}));
}

TEST(Reference, WeighsTheWorkedExample) {
  const Answer answer = run(worked_example());
  // First row: weights 1 : e^2 : e^2.
  const double e = std::exp(2.0), sum = 1 + 2 * e;
  EXPECT_NEAR(answer.o[0], (1 + 4 * e) / sum, kTiny);
  EXPECT_NEAR(answer.o[1], (2 + 14 * e) / sum, 8 * kTiny);
  EXPECT_NEAR(answer.o[2], (3 + 3 * e) / sum, kTiny);
  EXPECT_NEAR(answer.lse[0], 2 + std::log(sum), 4 * kTiny);
  // As printed in the article.
  EXPECT_NEAR(answer.o[0], 1.936621, 5e-7);
  EXPECT_NEAR(answer.o[1], 6.683105, 5e-7);
  EXPECT_NEAR(answer.o[2], 1.595068, 5e-7);
}

Attention identities() {  // bug catalogue D01
  Attention a = single(16, 16, 16, 16);
  for (size_t n = 0; n < 16; ++n) a.q[n * 17] = a.k[n * 17] = a.v[n * 17] = 1;
  return a;
}

TEST(Reference, TakesTheNaturalLogarithm) {
  const Answer answer = run(identities());
  const double sum = std::exp(0.25) + 15;
  EXPECT_NEAR(answer.lse[0], std::log(sum), kTiny);
  EXPECT_NEAR(answer.o[0], std::exp(0.25) / sum, kTiny);
  EXPECT_NEAR(answer.o[1], 1 / sum, kTiny);
  Attention in_f32 = identities();
  in_f32.lse_type = RAPT_F32;
  for (const double lse : run(in_f32).lse) EXPECT_EQ(lse, static_cast<double>(2.790184498f));
}

TEST(Reference, GivesTheLogarithmToBase2WhenAsked) {
  Attention a = identities();
  const Values natural = run(a).lse;
  a.rules.lse_base2 = 1;
  const Answer answer = run(a);
  for (size_t n = 0; n < natural.size(); ++n) EXPECT_EQ(answer.lse[n], natural[n] * std::numbers::log2e);
}

TEST(Reference, AveragesTheValuesWhereEveryScoreIsTheSame) {
  Attention a = single(3, 64, 5, 2);
  std::iota(a.v.begin(), a.v.end(), 0.0);  // columns 0, 2, .. and 1, 3, ..
  const Answer zero_queries = run(a);
  EXPECT_EQ(zero_queries.o, (Values{63, 64, 63, 64, 63, 64}));
  for (const double lse : zero_queries.lse) EXPECT_EQ(lse, std::log(64.0));
  std::fill(a.q.begin(), a.q.end(), 3.0);
  std::iota(a.k.begin(), a.k.end(), 0.0);
  use_scale(a, 0);  // C21
  const Answer zero_scale = run(a);
  EXPECT_EQ(zero_scale.o, zero_queries.o);
  EXPECT_EQ(zero_scale.lse, zero_queries.lse);
}

TEST(Reference, ReturnsTheValueOfAnOnlyKeyBitForBit) {
  std::mt19937_64 random(7);
  Attention a = single(4, 1, 8, 33);
  fill_normal(a, random);
  use_scale(a, -1.2);
  const Answer answer = run(a);
  const Values score = map(a, RAPT_STAGE_MASKED).values;
  EXPECT_EQ(answer.lse, score);
  for (size_t n = 0; n < answer.o.size(); ++n) ASSERT_EQ(answer.o[n], a.v[n % 33]);
}

TEST(Reference, DividesByTheRootOfTheHeadDimensionUnlessGivenAScale) {
  Attention a = single(1, 1, 9, 1);
  std::fill(a.q.begin(), a.q.end(), 1.0);
  std::fill(a.k.begin(), a.k.end(), 2.0);
  EXPECT_NEAR(run(a).lse[0], 6, 2e-15);
  for (const double scale : {0.0, -1.2, 1e-2, 1.2}) {
    use_scale(a, scale);
    EXPECT_EQ(run(a).lse[0], scale * 18);
  }
}

TEST(Reference, ReadsTheKvHeadOfTheGroup) {  // F16
  for (const auto& [heads_q, heads_kv] : {std::pair<int64_t, int64_t>{28, 4}, {32, 8}, {12, 12}, {5, 1}}) {
    Attention a;
    a.batch = 2, a.heads_q = heads_q, a.heads_kv = heads_kv, a.seqlen_q = 2, a.seqlen_kv = 4;
    allocate(a);
    for (size_t n = 0; n < a.v.size(); ++n) a.v[n] = static_cast<double>(n / 4);  // batch * heads_kv + head
    const Answer answer = run(a);
    for (int64_t row = 0; row < 2 * heads_q * 2; ++row) {
      const int64_t b = row / 2 / heads_q, h = row / 2 % heads_q;
      ASSERT_EQ(answer.o[static_cast<size_t>(row)], static_cast<double>(b * heads_kv + h / (heads_q / heads_kv)));
    }
  }
}

TEST(Reference, FindsTheKeyThatAQueryPointsAt) {
  Attention a = single(5, 5, 5, 5);
  for (size_t n = 0; n < 5; ++n) a.q[n * 5 + (n * 2) % 5] = 4000, a.k[n * 6] = a.v[n * 6] = 1;
  const Answer answer = run(a);
  for (size_t i = 0; i < 5; ++i) {
    for (size_t d = 0; d < 5; ++d) EXPECT_EQ(answer.o[i * 5 + d], d == (i * 2) % 5 ? 1.0 : 0.0);
  }
}

TEST(Reference, DoesNotOverflowOnScoresBeyondExp) {  // A03, G03
  Attention a = single(1, 2, 1, 1);
  a.q = {-20000}, a.k = {1, 0}, a.v = {1, 100};
  use_scale(a, 1);
  a.mask = {1, 0}, a.mask_shape = {1, 1, 1, 2};
  EXPECT_EQ(run(a).o[0], 1);

  Attention b = single(1, 7, 64, 1);
  std::fill(b.q.begin(), b.q.end(), -400.0);
  std::fill(b.k.begin(), b.k.end(), 400.0);
  std::iota(b.v.begin(), b.v.end(), 0.0);
  use_scale(b, 1);
  const Answer answer = run(b);
  EXPECT_NEAR(answer.o[0], 3, kTiny);
  EXPECT_NEAR(answer.lse[0], -1.024e7 + std::log(7.0), 2e-9);
}

TEST(Reference, CapsScoresBeforeItMasks) {  // C07
  Attention a = single(4, 6, 8, 1);
  for (size_t n = 0; n < a.q.size(); ++n) a.q[n] = static_cast<double>(n % 5) - 2;
  for (size_t n = 0; n < a.k.size(); ++n) a.k[n] = static_cast<double>(n % 7) - 3;
  a.rules.softcap = 0.5;
  a.v = {1, 1, 1, 1, 1000, 1000};
  a.bias = {0, 0, 0, 0, -HUGE_VAL, -HUGE_VAL}, a.bias_shape = {1, 1, 1, 6};
  for (const double o : run(a).o) EXPECT_NEAR(o, 1, kTiny);
  const Map scaled = map(a, RAPT_STAGE_SCALED), capped = map(a, RAPT_STAGE_SOFTCAPPED);
  for (size_t n = 0; n < scaled.values.size(); ++n) {
    EXPECT_NEAR(capped.values[n], 0.5 * std::tanh(2 * scaled.values[n]), kTiny);
    EXPECT_LE(std::fabs(capped.values[n]), 0.5);
  }
}

TEST(Reference, AddsTheSlopeTimesTheDistanceToTheSamePosition) {  // C10
  for (const auto& [seqlen_q, seqlen_kv] : {std::pair<int64_t, int64_t>{1, 77}, {5, 9}}) {
    Attention a;
    a.heads_q = a.heads_kv = 5, a.batch = 2, a.seqlen_q = seqlen_q, a.seqlen_kv = seqlen_kv;
    allocate(a);
    for (int n = 1; n <= 10; ++n) a.alibi.push_back(std::ldexp(1.0, -n));
    const Map scores = map(a, RAPT_STAGE_MASKED);
    size_t n = 0;
    for (int64_t head = 0; head < 10; ++head) {
      for (int64_t i = 0; i < seqlen_q; ++i) {
        for (int64_t j = 0; j < seqlen_kv; ++j) {
          ASSERT_EQ(scores.values[n++], std::ldexp(static_cast<double>(j - (i + seqlen_kv - seqlen_q)), static_cast<int>(-1 - head)));
        }
      }
    }
  }
}

TEST(Reference, LetsASinkJoinTheSumAndNothingElse) {  // C19
  Attention a = single(2, 3, 1, 1);
  a.heads_q = 2;
  allocate(a);
  a.v = {6, 6, 6};
  a.sinks = {std::log(3.0), -HUGE_VAL};
  const Answer answer = run(a);
  expect_values(answer.o, {3, 3, 6, 6}, kTiny);
  expect_values(answer.lse, {std::log(6.0), std::log(6.0), std::log(3.0), std::log(3.0)}, kTiny);
  expect_values(map(a, RAPT_STAGE_WEIGHTS).values,
                {1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 3., 1 / 3., 1 / 3., 1 / 3., 1 / 3., 1 / 3.}, kTiny);
}

TEST(Reference, TreatsAFiniteBiasAsANumberHoweverLow) {  // A18
  Attention a = single(1, 3, 1, 1);
  a.v = {1, 2, 6};
  a.bias.assign(3, std::numeric_limits<float>::lowest());
  a.bias_shape = {1, 1, 1, 3}, a.bias_type = RAPT_F32;
  EXPECT_NEAR(run(a).o[0], 3, kTiny);
}

}  // namespace
}  // namespace rapt::test
