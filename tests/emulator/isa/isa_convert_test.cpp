// Conversions of small floats: every value of each type, and rounding against a search among all of them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/convert.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace emu::isa {
namespace {

// A format by its definition: sign, exponent bits, fraction bits.
struct Format {
  int exponent_bits, fraction_bits;
  uint32_t largest;  // the finite code of the greatest magnitude
  double value(uint32_t code) const {
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = static_cast<int>(code >> fraction_bits), fraction = static_cast<int>(code & ((1u << fraction_bits) - 1));
    return exponent == 0 ? std::ldexp(fraction, 1 - bias - fraction_bits)
                         : std::ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
  }
  // Nearest code of |x|, ties to the even one, as if codes went on beyond the largest.
  uint32_t nearest(double x) const {
    uint32_t low = 0, high = largest + 1;  // value(low) <= x < value(high), or beyond all
    if (x >= value(high)) return high;
    while (high - low > 1) {
      const uint32_t middle = (low + high) / 2;
      (value(middle) <= x ? low : high) = middle;
    }
    const double below = x - value(low), above = value(high) - x;
    return below < above || (below == above && low % 2 == 0) ? low : high;
  }
};
constexpr Format kBf16{8, 7, 0x7f7f}, kF16{5, 10, 0x7bff}, kE4m3{4, 3, 0x7e};

std::vector<float> floats() {
  std::vector<float> all;
  std::mt19937 random(11);
  for (uint32_t high = 0; high < 0x7f80; ++high)
    for (uint32_t low : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu, static_cast<uint32_t>(random() & 0xffff)})
      all.push_back(float_of(high << 16 | low));
  for (uint32_t code = 0; code <= kF16.largest; ++code) {  // every tie between two f16, and what lies beside it
    const float tie = static_cast<float>((kF16.value(code) + kF16.value(code + 1)) / 2);
    all.insert(all.end(), {tie, std::nextafter(tie, 0.0f), std::nextafter(tie, 1e9f)});
  }
  return all;
}

TEST(IsaConvert, EveryCodeHasItsValue) {
  for (uint32_t code = 0; code <= kBf16.largest; ++code) ASSERT_EQ(bf16_to_float(static_cast<uint16_t>(code)), kBf16.value(code));
  for (uint32_t code = 0; code <= kF16.largest; ++code) {
    ASSERT_EQ(f16_to_float(static_cast<uint16_t>(code)), kF16.value(code)) << code;
    ASSERT_EQ(f16_to_float(static_cast<uint16_t>(code | 0x8000)), -kF16.value(code)) << code;
  }
  for (uint32_t code = 0; code <= kE4m3.largest; ++code) {
    ASSERT_EQ(e4m3_to_float(static_cast<uint8_t>(code)), kE4m3.value(code)) << code;
    ASSERT_EQ(e4m3_to_float(static_cast<uint8_t>(code | 0x80)), -kE4m3.value(code)) << code;
  }
  EXPECT_EQ(kE4m3.value(kE4m3.largest), 448);
  EXPECT_TRUE(std::isnan(e4m3_to_float(0x7f)) && std::isnan(e4m3_to_float(0xff)) && std::isnan(f16_to_float(0x7c01)));
  EXPECT_EQ(f16_to_float(0xfc00), -INFINITY);
}

TEST(IsaConvert, RoundsToTheNearestAndTiesToEven) {
  for (float x : floats()) {
    ASSERT_EQ(float_to_bf16(x), kBf16.nearest(x)) << x;
    ASSERT_EQ(float_to_bf16(-x), 0x8000 | kBf16.nearest(x)) << x;
    ASSERT_EQ(float_to_f16(x), kF16.nearest(x)) << x;  // one code beyond the largest is infinity
    ASSERT_EQ(float_to_f16(-x), 0x8000 | kF16.nearest(x)) << x;
    ASSERT_EQ(float_to_e4m3(x), std::min(kE4m3.nearest(x), kE4m3.largest)) << x;
    ASSERT_EQ(float_to_e4m3(-x), 0x80 | std::min(kE4m3.nearest(x), kE4m3.largest)) << x;
  }
}

TEST(IsaConvert, WhatIsNotFiniteHasItsCode) {
  for (float nan : {NAN, -NAN, float_of(0xff800001)}) {
    EXPECT_EQ(float_to_bf16(nan), 0x7fff);
    EXPECT_EQ(float_to_f16(nan), 0x7fff);
    EXPECT_EQ(float_to_e4m3(nan), 0x7f);
    EXPECT_TRUE(std::isnan(tf32_to_float(float_to_tf32(nan))));
  }
  EXPECT_EQ(float_to_bf16(-INFINITY), 0xff80);
  EXPECT_EQ(float_to_f16(-INFINITY), 0xfc00);
  EXPECT_EQ(float_to_e4m3(-INFINITY), 0xfe);
  EXPECT_EQ(float_to_tf32(-INFINITY), 0xff800000);
}

TEST(IsaConvert, Tf32RoundsTiesAwayFromZero) {
  for (float x : {1.0f, 3.14159f, 1e-30f, 65504.0f}) {
    const float step = std::ldexp(1.0f, std::ilogb(x) - 10), grid = std::floor(x / step) * step;
    for (float sign : {1.0f, -1.0f}) {
      EXPECT_EQ(float_of(float_to_tf32(sign * grid)), sign * grid);
      EXPECT_EQ(float_of(float_to_tf32(sign * std::nextafter(grid + step / 2, 0.0f))), sign * grid);
      EXPECT_EQ(float_of(float_to_tf32(sign * (grid + step / 2))), sign * (grid + step));
    }
  }
  EXPECT_EQ(tf32_to_float(0x3f801fff), 1.0f);
}

TEST(IsaConvert, ApproximationsFlushSubnormals) {
  EXPECT_EQ(exp2_ftz(-INFINITY), 0.0f);
  EXPECT_EQ(exp2_ftz(-126.0f), 0x1p-126f);
  EXPECT_EQ(exp2_ftz(-126.5f), 0.0f);
  EXPECT_EQ(exp2_ftz(128.0f), INFINITY);
  EXPECT_EQ(log2_ftz(0x1p-130f), -INFINITY);
  EXPECT_EQ(log2_ftz(8.0f), 3.0f);
  EXPECT_TRUE(std::isnan(log2_ftz(-1.0f)));
  EXPECT_EQ(rcp_ftz(0x1p-130f), INFINITY);
  EXPECT_EQ(rcp_ftz(-0x1p127f), -0.0f);
  EXPECT_EQ(tanh_approx(INFINITY), 1.0f);
}

}  // namespace
}  // namespace emu::isa
