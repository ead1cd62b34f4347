// Floating types by their definition, one value at a time: sign, exponent and mantissa as integers, scaled by powers of two.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace rapt::test {

struct FloatFormat {
  int mantissa_bits, min_exponent, max_exponent;  // of the numbers 1.m * 2^e
};
inline FloatFormat format_of(rapt_type type) {
  switch (type) {
    case RAPT_F16:
      return {10, -14, 15};
    case RAPT_BF16:
      return {7, -126, 127};
    case RAPT_F32:
      return {23, -126, 127};
    default:
      return {52, -1022, 1023};
  }
}

// The value of a bit pattern of f16, bf16 or f32.
inline double value_of_bits(uint32_t bits, rapt_type type) {
  const FloatFormat format = format_of(type);
  const int width = type == RAPT_F32 ? 32 : 16;
  const int64_t units = int64_t{1} << format.mantissa_bits;
  const int64_t magnitude = bits & ((uint32_t{1} << (width - 1)) - 1);
  const double sign = (bits >> (width - 1)) != 0 ? -1.0 : 1.0;
  const int64_t field = magnitude / units, fraction = magnitude % units;
  if (field == format.max_exponent - format.min_exponent + 2) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  if (field == 0) return sign * std::ldexp(static_cast<double>(fraction), format.min_exponent - format.mantissa_bits);
  return sign * std::ldexp(static_cast<double>(units + fraction), format.min_exponent - format.mantissa_bits + static_cast<int>(field) - 1);
}

// The nearest value of the type, ties to the even mantissa.
inline double nearest(double value, rapt_type type) {
  const FloatFormat format = format_of(type);
  if (type == RAPT_F64 || value == 0 || !std::isfinite(value)) return value;
  const int exponent = std::max(std::ilogb(value), format.min_exponent);
  const double unit = std::ldexp(1.0, exponent - format.mantissa_bits);
  const double rounded = std::nearbyint(value / unit) * unit;
  return std::fabs(rounded) >= std::ldexp(1.0, format.max_exponent + 1) ? std::copysign(HUGE_VAL, value) : rounded;
}

// The bit pattern of a value of the type (f16, bf16, f32).
inline uint32_t bits_of_value(double value, rapt_type type) {
  const FloatFormat format = format_of(type);
  const uint32_t units = 1u << format.mantissa_bits;
  const uint32_t infinity = static_cast<uint32_t>(format.max_exponent - format.min_exponent + 2) * units;
  const uint32_t sign = std::signbit(value) ? (type == RAPT_F32 ? 0x80000000u : 0x8000u) : 0;
  if (std::isnan(value)) return infinity | (units / 2);
  const double magnitude = std::fabs(nearest(value, type));
  if (std::isinf(magnitude)) return sign | infinity;
  if (magnitude < std::ldexp(1.0, format.min_exponent)) {
    return sign | static_cast<uint32_t>(std::ldexp(magnitude, format.mantissa_bits - format.min_exponent));
  }
  const int exponent = std::ilogb(magnitude);
  return sign | (static_cast<uint32_t>(exponent - format.min_exponent) * units +
                 static_cast<uint32_t>(std::ldexp(magnitude, format.mantissa_bits - exponent)));
}

inline void put(void* data, int64_t index, rapt_type type, double value) {
  char* at = static_cast<char*>(data) + index * static_cast<int64_t>(rapt_type_size(type));
  const uint32_t bits = type == RAPT_F64 ? 0 : bits_of_value(value, type);
  const uint16_t half = static_cast<uint16_t>(bits);
  if (type == RAPT_F64) std::memcpy(at, &value, sizeof value);
  if (type == RAPT_F32) std::memcpy(at, &bits, sizeof bits);
  if (type == RAPT_F16 || type == RAPT_BF16) std::memcpy(at, &half, sizeof half);
}

inline double take(const void* data, int64_t index, rapt_type type) {
  const char* at = static_cast<const char*>(data) + index * static_cast<int64_t>(rapt_type_size(type));
  double value = 0;
  uint32_t bits = 0;  // little-endian
  if (type == RAPT_F64) std::memcpy(&value, at, sizeof value);
  if (type == RAPT_F32) std::memcpy(&bits, at, 4);
  if (type == RAPT_F16 || type == RAPT_BF16) std::memcpy(&bits, at, 2);
  return type == RAPT_F64 ? value : value_of_bits(bits, type);
}

}  // namespace rapt::test
