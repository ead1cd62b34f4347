// What a row may see, what reaches it and what does not, and rows that see nothing.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "tests/reference/attention.h"

namespace rapt::test {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

// Rows of 0 and 1, "110 111", as the judge sees them.
std::string pattern(const Attention& a) {
  const Values weights = map(a, RAPT_STAGE_WEIGHTS).values;
  std::string text;
  for (size_t n = 0; n < weights.size(); ++n) {
    if (n > 0 && n % static_cast<size_t>(a.seqlen_kv) == 0) text += ' ';
    text += weights[n] > 0 ? '1' : '0';
  }
  return text;
}

std::string causal(int64_t seqlen_q, int64_t seqlen_kv, int32_t align, int64_t offset = 0) {
  Attention a = single(seqlen_q, seqlen_kv, 1, 1);
  a.rules.causal = 1, a.rules.align = align, a.rules.offset = offset;
  return pattern(a);
}

std::string window(int64_t seqlen_q, int64_t seqlen_kv, int64_t left, int64_t right, bool is_causal = false) {
  Attention a = single(seqlen_q, seqlen_kv, 1, 1);
  a.rules.causal = is_causal, a.rules.window_left = left, a.rules.window_right = right;
  return pattern(a);
}

TEST(Visibility, OfACausalRowEndsAtItsOwnPosition) {
  EXPECT_EQ(causal(2, 5, RAPT_ALIGN_BOTTOM_RIGHT), "11110 11111");  // C01
  EXPECT_EQ(causal(2, 5, RAPT_ALIGN_TOP_LEFT), "10000 11000");
  EXPECT_EQ(causal(5, 2, RAPT_ALIGN_BOTTOM_RIGHT), "00 00 00 10 11");  // A15
  EXPECT_EQ(causal(5, 2, RAPT_ALIGN_TOP_LEFT), "10 11 11 11 11");
  EXPECT_EQ(causal(4, 4, RAPT_ALIGN_OFFSET, -2), "0000 0000 1000 1100");  // A21
  EXPECT_EQ(causal(2, 4, RAPT_ALIGN_OFFSET, 1), "1100 1110");
}

TEST(Visibility, OfAnAbsurdOffsetDoesNotWrapAround) {
  EXPECT_EQ(causal(2, 3, RAPT_ALIGN_OFFSET, INT64_MAX), "111 111");
  EXPECT_EQ(causal(2, 3, RAPT_ALIGN_OFFSET, INT64_MIN), "000 000");
  Attention a = single(2, 3, 1, 1);
  a.rules.align = RAPT_ALIGN_OFFSET, a.rules.offset = INT64_MAX, a.rules.window_left = INT64_MAX;
  EXPECT_EQ(pattern(a), "111 011");
  a.rules.offset = INT64_MIN, a.rules.window_left = -1, a.rules.window_right = INT64_MAX;
  EXPECT_EQ(pattern(a), "000 100");  // key 0 is 2^63 - 1 ahead of row 1, and 2^63 ahead of row 0
}

TEST(Visibility, OfAWindowIncludesBothEnds) {
  EXPECT_EQ(window(4, 4, 1, 0), "1000 1100 0110 0011");
  EXPECT_EQ(window(4, 4, 0, 1), "1100 0110 0011 0001");
  EXPECT_EQ(window(4, 4, 0, 0), "1000 0100 0010 0001");
  EXPECT_EQ(window(4, 4, -1, 0), "1000 1100 1110 1111");
  EXPECT_EQ(window(4, 4, 3, 0), window(4, 4, -1, 0));  // C03
  EXPECT_EQ(window(4, 4, 4, 0), window(4, 4, -1, 0));
  EXPECT_EQ(window(2, 5, 1, 1), "00111 00011");  // C04: the last query is at the last key
  EXPECT_EQ(window(1, 5, 2, 0), "00111");
  EXPECT_EQ(window(4, 4, 1, 1, true), "1000 1100 0110 0011");
}

TEST(Visibility, OfALeftWindowAveragesExactlyItsKeys) {  // C05
  Attention a = single(64, 64, 1, 1);
  std::iota(a.v.begin(), a.v.end(), 0.0);
  a.rules.window_left = 3, a.rules.window_right = 0;
  const Answer answer = run(a);
  for (int i = 3; i < 64; ++i) EXPECT_EQ(answer.o[static_cast<size_t>(i)], i - 1.5);
}

TEST(Visibility, FollowsMasksBroadcastInEveryDimension) {  // C13
  for (int bits = 0; bits < 16; ++bits) {
    Attention a;
    a.batch = 2, a.heads_q = a.heads_kv = 3, a.seqlen_q = 4, a.seqlen_kv = 5;
    allocate(a);
    a.mask_shape = {bits & 1 ? 2 : 1, bits & 2 ? 3 : 1, bits & 4 ? 4 : 1, bits & 8 ? 5 : 1};
    const Shape& shape = a.mask_shape;
    for (int64_t n = 0; n < shape[0] * shape[1] * shape[2] * shape[3]; ++n) a.mask.push_back(static_cast<uint8_t>(n * n % 5 % 3));
    const auto value = [&](int64_t b, int64_t h, int64_t i, int64_t j) {
      const int64_t index = ((b % shape[0] * shape[1] + h % shape[1]) * shape[2] + i % shape[2]) * shape[3] + j % shape[3];
      return a.mask[static_cast<size_t>(index)] != 0 ? '1' : '0';
    };
    std::string expected;
    for (int64_t row = 0; row < 24; ++row) {
      for (int64_t j = 0; j < 5; ++j) expected += value(row / 12, row / 4 % 3, row % 4, j);
      if (row < 23) expected += ' ';
    }
    EXPECT_EQ(pattern(a), expected) << "mask pattern " << bits;
  }
}

TEST(Visibility, OfARowThatSeesNothingGivesZeroAndMinusInfinity) {
  Attention a = single(2, 2, 8, 2);  // A01, A02
  std::fill(a.v.begin(), a.v.end(), 5.0);
  a.mask = {1, 0, 0, 0}, a.mask_shape = {1, 1, 2, 2};
  for (const int32_t is_causal : {0, 1}) {
    a.rules.causal = is_causal;
    const Answer answer = run(a);
    EXPECT_EQ(answer.o, (Values{5, 5, 0, 0}));
    EXPECT_EQ(answer.lse, (Values{0, -HUGE_VAL}));
    EXPECT_FALSE(std::signbit(answer.o[2]));
  }
  a.sinks = {1.25};
  const Answer with_sink = run(a);
  EXPECT_EQ(with_sink.o[2], 0);
  EXPECT_EQ(with_sink.lse[1], 1.25);
  a.sinks = {HUGE_VAL};
  EXPECT_EQ(run(a).o[2], 0);
  EXPECT_EQ(run(a).lse[1], HUGE_VAL);
}

TEST(Visibility, OfNoKeysAtAllGivesZeroEverywhere) {  // A05, A13, A14
  for (const int32_t is_causal : {0, 1}) {
    Attention a = single(3, 0, 4, 2);
    a.rules.causal = is_causal;
    const Answer answer = run(a);
    EXPECT_EQ(answer.status, RAPT_OK) << answer.message;
    EXPECT_EQ(answer.o, Values(6, 0.0));
    EXPECT_EQ(answer.lse, Values(3, -HUGE_VAL));
  }
  Attention a = single(1, 4, 1, 1);
  a.batch = 4, a.lens_kv = {1, 0, 0, 0};
  allocate(a);
  std::fill(a.v.begin(), a.v.end(), 2.0);
  EXPECT_EQ(run(a).o, (Values{2, 0, 0, 0}));
}

TEST(Visibility, KeepsHiddenNanOut) {  // B01, B07
  std::mt19937_64 random(11);
  Attention a = single(3, 4, 4, 4);
  fill_normal(a, random);
  a.mask = {1, 0, 1, 1}, a.mask_shape = {1, 1, 1, 4};
  const Answer clean = run(a);
  for (size_t d = 0; d < 4; ++d) a.k[4 + d] = a.v[4 + d] = kNan;
  const Answer masked = run(a);
  EXPECT_EQ(masked.o, clean.o);
  EXPECT_EQ(masked.lse, clean.lse);
  a.mask.clear();
  a.bias = {0, -HUGE_VAL, 0, 0}, a.bias_shape = {1, 1, 1, 4};
  const Answer biased = run(a);
  EXPECT_EQ(biased.o, clean.o);
  EXPECT_EQ(biased.lse, clean.lse);
}

TEST(Visibility, KeepsHiddenBiasOut) {
  Attention a = single(2, 2, 1, 1);
  a.v = {3, 5};
  a.rules.causal = 1;
  a.bias = {0, kNan, 0, 0}, a.bias_shape = {1, 1, 2, 2};
  EXPECT_EQ(run(a).o, (Values{3, 4}));
}

TEST(Visibility, LetsVisibleNanThrough) {
  for (const int where : {0, 1, 2, 3}) {
    Attention a = single(2, 3, 1, 2);
    std::fill(a.v.begin(), a.v.end(), 1.0);
    if (where == 0) a.k[1] = kNan;
    if (where == 1) a.bias = {0, kNan, 0}, a.bias_shape = {1, 1, 1, 3};
    if (where == 2) a.q[1] = kNan;
    if (where == 3) a.v[2] = kNan;
    const Answer answer = run(a);
    EXPECT_TRUE(std::isnan(answer.o[2])) << where;              // row 1 sees it in every case
    EXPECT_EQ(std::isnan(answer.o[0]), where != 2) << where;    // row 0 has a q of its own
    EXPECT_EQ(std::isnan(answer.o[3]), where != 3) << where;    // a value spoils its own column
    EXPECT_EQ(std::isnan(answer.lse[1]), where != 3) << where;  // and no sum
  }
}

TEST(Visibility, GivesAScoreOfMinusInfinityTheWeightZero) {
  Attention a = single(1, 2, 1, 1);
  a.q = {1}, a.k = {-HUGE_VAL, 0}, a.v = {7, 3};
  EXPECT_EQ(run(a).o[0], 3);
  EXPECT_EQ(run(a).lse[0], 0);
  a.v = {kNan, 3};
  EXPECT_TRUE(std::isnan(run(a).o[0]));  // seen, and 0 * NaN
  a.k = {-HUGE_VAL, -HUGE_VAL}, a.v = {7, 3};
  EXPECT_EQ(run(a).o[0], 0);  // as a merge of its parts, (0, -inf) each
  EXPECT_EQ(run(a).lse[0], -HUGE_VAL);
  EXPECT_EQ(map(a, RAPT_STAGE_WEIGHTS).values, (Values{0, 0}));
}

TEST(Visibility, GivesAScoreOfPlusInfinityNoAnswer) {
  Attention a = single(1, 2, 1, 1);
  a.q = {1}, a.k = {HUGE_VAL, 0}, a.v = {7, 3};
  EXPECT_TRUE(std::isnan(run(a).o[0]));
  EXPECT_TRUE(std::isnan(run(a).lse[0]));
  a.rules.softcap = 2;  // which is finite again
  EXPECT_NEAR(run(a).lse[0], 2 + std::log1p(std::exp(-2.0)), 1e-15);
}

TEST(Visibility, LeavesRowsPastALengthUntouched) {  // B12
  for (const bool ragged : {false, true}) {
    Attention a;
    a.batch = 3, a.heads_q = a.heads_kv = 2, a.seqlen_q = 4, a.seqlen_kv = 5;
    allocate(a);
    a.lens_q = {2, 0, 4}, a.lens_kv = {5, 3, 0};
    a.layout.q_layout = ragged ? RAPT_Q_RAGGED : RAPT_Q_DENSE;
    const Answer answer = run(a);
    EXPECT_EQ(answer.status, RAPT_OK) << answer.message;
    EXPECT_EQ(answer.foreign, 0);
  }
}

}  // namespace
}  // namespace rapt::test
