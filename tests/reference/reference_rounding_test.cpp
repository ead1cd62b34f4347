// Every 16-bit number in, and every rounding out: one visible key makes o the rounded v, element by element.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/reference/attention.h"
#include "tests/reference/bits.h"

namespace rapt::test {
namespace {

class Rounding : public testing::TestWithParam<rapt_type> {};
INSTANTIATE_TEST_SUITE_P(Types, Rounding, testing::Values(RAPT_F16, RAPT_BF16),
                         [](const auto& type) { return type.param == RAPT_F16 ? "f16" : "bf16"; });

uint32_t infinity(rapt_type type) { return type == RAPT_F16 ? 0x7c00 : 0x7f80; }

// o of one key whose value is `values`, in o_type.
Values copy_through(const Values& values, rapt_type v_type, rapt_type o_type) {
  Attention a = single(1, 1, 1, static_cast<int64_t>(values.size()));
  a.v = values;
  a.v_type = v_type, a.o_type = o_type;
  const Answer answer = run(a);
  EXPECT_EQ(answer.status, RAPT_OK) << answer.message;
  return answer.o;
}

bool same(double x, double y) { return (std::isnan(x) && std::isnan(y)) || (x == y && std::signbit(x) == std::signbit(y)); }

TEST_P(Rounding, ReadsEveryBitPattern) {
  Values patterns;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) patterns.push_back(value_of_bits(bits, GetParam()));
  const Values o = copy_through(patterns, GetParam(), RAPT_F64);
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const double expected = patterns[bits] == 0 ? 0.0 : patterns[bits];  // 0 + 1 * -0 is +0
    ASSERT_TRUE(same(o[bits], expected)) << std::hex << bits << ": " << o[bits] << " != " << expected;
  }
}

TEST_P(Rounding, WritesEveryNumberBackAsItIs) {
  Values numbers;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) numbers.push_back(value_of_bits(bits, GetParam()));
  const Values o = copy_through(numbers, RAPT_F64, GetParam());
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    ASSERT_TRUE(same(o[bits], numbers[bits] == 0 ? 0.0 : numbers[bits])) << std::hex << bits << ": " << o[bits];
  }
}

// Between neighbours x < y, subnormal to largest: what lies below the middle becomes x, above it y, and the middle the even one of the two.
// Behind the largest number the next one would be a power of two; it stands for infinity.
TEST_P(Rounding, GoesToTheNearestAndFromTheMiddleToTheEven) {
  Values inputs, expected;
  for (uint32_t bits = 0; bits < infinity(GetParam()); ++bits) {
    const double x = value_of_bits(bits, GetParam()), y = value_of_bits(bits + 1, GetParam());
    const double next = std::isinf(y) ? 2 * value_of_bits(bits, GetParam()) - value_of_bits(bits - 1, GetParam()) : y;
    const double middle = (x + next) / 2;
    for (const double sign : {1.0, -1.0}) {
      for (const double input : {std::nextafter(middle, 0.0), middle, std::nextafter(middle, HUGE_VAL)}) inputs.push_back(sign * input);
      for (const double output : {x, bits % 2 == 0 ? x : y, y}) expected.push_back(sign * output);
    }
  }
  const Values o = copy_through(inputs, RAPT_F64, GetParam());
  for (size_t n = 0; n < o.size(); ++n) ASSERT_EQ(o[n], expected[n]) << std::hexfloat << inputs[n];
}

TEST_P(Rounding, OverflowsToInfinityAndKeepsNan) {
  const Values o = copy_through({1e300, -1e300, HUGE_VAL, std::nan(""), 1e-300, -1e-300}, RAPT_F64, GetParam());
  EXPECT_EQ(o[0], HUGE_VAL);
  EXPECT_EQ(o[1], -HUGE_VAL);
  EXPECT_EQ(o[2], HUGE_VAL);
  EXPECT_TRUE(std::isnan(o[3]));
  EXPECT_EQ(o[4], 0);
  EXPECT_EQ(o[5], 0);
}

// 1 + 2^-11 + 2^-40 is above the middle of two f16 numbers, but rounds to the middle in f32: two roundings would go down to 1.
TEST(RoundingOnce, HappensFromF64NotThroughF32) {
  EXPECT_EQ(copy_through({1 + 0x1p-11 + 0x1p-40}, RAPT_F64, RAPT_F16)[0], 1 + 0x1p-10);
  EXPECT_EQ(copy_through({1 + 0x1p-8 + 0x1p-40}, RAPT_F64, RAPT_BF16)[0], 1 + 0x1p-7);
  EXPECT_EQ(copy_through({1 + 0x1p-24 + 0x1p-50}, RAPT_F64, RAPT_F32)[0], 1 + 0x1p-23);
  EXPECT_EQ(copy_through({1 + 0x1p-52}, RAPT_F64, RAPT_F64)[0], 1 + 0x1p-52);
}

TEST(RoundingOnce, AppliesToLseInItsOwnType) {
  Attention a = single(1, 3, 1, 1);
  const double exact = run(a).lse[0];
  a.lse_type = RAPT_F32;
  EXPECT_EQ(run(a).lse[0], static_cast<double>(static_cast<float>(exact)));
}

}  // namespace
}  // namespace rapt::test
