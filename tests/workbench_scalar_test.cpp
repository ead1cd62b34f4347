// Elements in and out of double: every 16-bit pattern, every rounding tie, and where tensors say that elements lie.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/scalar.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapt::workbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Format {
  const char* name;
  rapt_type type;
  int exponent_bits, fraction_bits;
};
constexpr Format kFormats[] = {{"f16", RAPT_F16, 5, 10}, {"bf16", RAPT_BF16, 8, 7}};

uint16_t narrowed(rapt_type type, double value) {
  uint16_t bits = 0;
  store(&bits, type, 0, value);
  return bits;
}

double widened(rapt_type type, uint16_t bits) { return load(&bits, type, 0); }

// IEEE 754's definition, straight: (-1)^s (1 + f) 2^(e - bias), or f 2^(1 - bias) where e = 0.
double defined_value(const Format& format, uint16_t bits) {
  const int bias = (1 << (format.exponent_bits - 1)) - 1, exponent = (bits & 0x7FFF) >> format.fraction_bits;
  const double fraction = std::ldexp(bits & ((1 << format.fraction_bits) - 1), -format.fraction_bits);
  const double magnitude = exponent == 0                                 ? std::ldexp(fraction, 1 - bias)
                           : exponent == (1 << format.exponent_bits) - 1 ? (fraction == 0 ? kInfinity : std::nan(""))
                                                                         : std::ldexp(1 + fraction, exponent - bias);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(Scalar, LoadsEveryPatternAsItsDefinitionSays) {
  for (const Format& format : kFormats) {
    for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
      const double value = widened(format.type, static_cast<uint16_t>(bits)), expected = defined_value(format, static_cast<uint16_t>(bits));
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(value)) << format.name << " " << bits;
      } else {
        ASSERT_EQ(std::bit_cast<uint64_t>(value), std::bit_cast<uint64_t>(expected)) << format.name << " " << bits;
      }
    }
  }
}

TEST(Scalar, StoresWhatItLoadedForEveryPattern) {
  for (const Format& format : kFormats) {
    for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
      const double value = widened(format.type, static_cast<uint16_t>(bits));
      const uint16_t back = narrowed(format.type, value);
      if (std::isnan(value)) {
        ASSERT_TRUE(std::isnan(widened(format.type, back))) << format.name << " " << bits;
      } else {
        ASSERT_EQ(back, bits) << format.name;
      }
    }
  }
}

// Between each pair of neighbours: the middle goes to the even one, the next double on either side to the nearer one.
TEST(Scalar, RoundsTiesToEvenBetweenAllNeighbours) {
  for (const Format& format : kFormats) {
    const int largest = ((1 << format.exponent_bits) - 1) << format.fraction_bits;  // infinity's pattern
    for (int bits = 0; bits < largest - 1; ++bits) {
      const auto below = static_cast<uint16_t>(bits), above = static_cast<uint16_t>(bits + 1);
      const double middle = (widened(format.type, below) + widened(format.type, above)) / 2;
      ASSERT_EQ(narrowed(format.type, middle), bits % 2 == 0 ? below : above) << format.name << " " << bits;
      ASSERT_EQ(narrowed(format.type, std::nextafter(middle, -kInfinity)), below) << format.name << " " << bits;
      ASSERT_EQ(narrowed(format.type, std::nextafter(middle, kInfinity)), above) << format.name << " " << bits;
      ASSERT_EQ(narrowed(format.type, -middle), 0x8000 | (bits % 2 == 0 ? below : above)) << format.name << " " << bits;
    }
  }
}

TEST(Scalar, RoundsBeyondTheLargestToInfinity) {
  EXPECT_EQ(widened(RAPT_F16, narrowed(RAPT_F16, 65519.99)), 65504.0);
  EXPECT_EQ(widened(RAPT_F16, narrowed(RAPT_F16, 65520.0)), kInfinity);
  EXPECT_EQ(widened(RAPT_F16, narrowed(RAPT_F16, -1e300)), -kInfinity);
  EXPECT_EQ(widened(RAPT_BF16, narrowed(RAPT_BF16, std::ldexp(511, 119))), kInfinity);
  EXPECT_EQ(widened(RAPT_BF16, narrowed(RAPT_BF16, std::nextafter(std::ldexp(511, 119), 0.0))), std::ldexp(255, 120));
}

TEST(Scalar, RoundsBelowHalfTheSmallestToZeroOfItsSign) {
  EXPECT_EQ(narrowed(RAPT_F16, 0x1p-25), 0x0000);
  EXPECT_EQ(narrowed(RAPT_F16, std::nextafter(0x1p-25, 1.0)), 0x0001);
  EXPECT_EQ(narrowed(RAPT_F16, -0x1p-26), 0x8000);
  EXPECT_EQ(narrowed(RAPT_BF16, 0x1p-134), 0x0000);
  EXPECT_EQ(narrowed(RAPT_BF16, std::nextafter(0x1p-134, 1.0)), 0x0001);
  EXPECT_EQ(narrowed(RAPT_BF16, -std::numeric_limits<double>::denorm_min()), 0x8000);
}

TEST(Scalar, RoundsOnceAndNotByWayOfF32) {
  EXPECT_EQ(widened(RAPT_F16, narrowed(RAPT_F16, 1 + 0x1p-11 + 0x1p-40)), 1 + 0x1p-10);  // f32 would make a tie of it
  EXPECT_EQ(widened(RAPT_BF16, narrowed(RAPT_BF16, 1 + 0x1p-8 + 0x1p-40)), 1 + 0x1p-7);
}

TEST(Scalar, StoresRowsElementByElement) {
  const double values[] = {0.1, -2.5, kInfinity};
  for (const rapt_type type : {RAPT_F32, RAPT_F16, RAPT_BF16, RAPT_F64, RAPT_BOOL}) {
    uint64_t row[5] = {}, one_by_one[5] = {};
    store_row(row, type, 1, values, 3);
    for (int i = 0; i < 3; ++i) store(one_by_one, type, 1 + i, values[i]);
    EXPECT_TRUE(std::equal(row, row + 5, one_by_one)) << type;
    EXPECT_EQ(load(row, type, 2), type == RAPT_BOOL ? 1.0 : -2.5);
    EXPECT_EQ(load(row, type, 0), 0.0);
  }
}

TEST(Scalar, RefusesTypesThatAreNotNumbersHere) {
  uint64_t element = 0;
  EXPECT_THROW(load(&element, RAPT_E4M3, 0), std::invalid_argument);
  EXPECT_THROW(store(&element, RAPT_NONE, 0, 1.0), std::invalid_argument);
}

TEST(Tensors, IgnoreIndexAndStrideOfDimensionsOfSizeOne) {
  rapt_tensor t = rapt_dense(RAPT_F32, 2, 1, 3, 5);
  t.strides[1] = -77;
  EXPECT_EQ(offset_of(t, 1, 9, 2, 4), 15 + 10 + 4);
  EXPECT_EQ(extent(t), 30);
}

TEST(Tensors, ExtendToOnePastTheirFurthestElement) {
  rapt_tensor t = rapt_dense(RAPT_F32, 2, 3, 4, 5);
  EXPECT_EQ(extent(t), 120);
  t.strides[0] = 1000;
  EXPECT_EQ(extent(t), 1000 + 60);
  t.shape[2] = 0;
  EXPECT_EQ(extent(t), 0);
}

TEST(Tensors, HaveOffsetsOf64Bits) {
  rapt_tensor t = rapt_dense(RAPT_F32, 2, 2, 2, 2);
  t.strides[0] = int64_t{1} << 40;
  EXPECT_EQ(offset_of(t, 1, 0, 0, 1), (int64_t{1} << 40) + 1);
}

}  // namespace
}  // namespace rapt::workbench
