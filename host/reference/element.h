// Elements of tensors in and out of double, by the bits of IEEE 754 (f16, f32, f64) and bfloat16.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace rapt::reference {

inline bool is_float(rapt_type type) { return type == RAPT_F32 || type == RAPT_F16 || type == RAPT_BF16 || type == RAPT_F64; }

inline int64_t size_of(rapt_type type) {
  switch (type) {
    case RAPT_F64:
      return 8;
    case RAPT_F32:
      return 4;
    case RAPT_F16:
    case RAPT_BF16:
      return 2;
    case RAPT_BOOL:
      return 1;
    default:
      return 0;
  }
}

template <class T>
T load_as(const void* data, int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

template <class T>
void store_as(void* data, int64_t index, T value) {
  std::memcpy(static_cast<char*>(data) + index * static_cast<int64_t>(sizeof(T)), &value, sizeof(T));
}

// A binary floating type of 16 bits: sign, exponent, mantissa.
struct Format16 {
  int mantissa_bits, exponent_bits;
  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  uint32_t infinity() const { return ((1u << exponent_bits) - 1) << mantissa_bits; }
};
inline constexpr Format16 kF16{10, 5};
inline constexpr Format16 kBf16{7, 8};

inline double decode(uint16_t bits, Format16 format) {
  const uint32_t magnitude = bits & 0x7fffu;
  const int exponent = static_cast<int>(magnitude >> format.mantissa_bits);
  const uint32_t mantissa = magnitude & ((1u << format.mantissa_bits) - 1);
  double value;
  if (magnitude > format.infinity()) {
    value = std::nan("");
  } else if (magnitude == format.infinity()) {
    value = HUGE_VAL;
  } else if (exponent == 0) {  // subnormal: a multiple of the smallest
    value = std::ldexp(static_cast<double>(mantissa), 1 - format.bias() - format.mantissa_bits);
  } else {  // every such number is a normal double: move the fields to their places
    const uint64_t wide =
        (static_cast<uint64_t>(exponent - format.bias() + 1023) << 52) | (static_cast<uint64_t>(mantissa) << (52 - format.mantissa_bits));
    std::memcpy(&value, &wide, sizeof value);
  }
  return (bits & 0x8000u) != 0 ? -value : value;
}

// One rounding, to the nearest, ties to even; beyond the largest number: infinity; NaN: the quiet one.
inline uint16_t encode(double value, Format16 format) {
  if (std::isnan(value)) return static_cast<uint16_t>(format.infinity() | (1u << (format.mantissa_bits - 1)));
  const uint32_t sign = std::signbit(value) ? 0x8000u : 0;
  const double magnitude = std::fabs(value);
  uint64_t bits;
  if (magnitude < std::ldexp(1.0, 1 - format.bias())) {  // subnormal, or rounds up to the smallest normal, whose bits come next
    bits = static_cast<uint64_t>(std::nearbyint(std::ldexp(magnitude, format.bias() - 1 + format.mantissa_bits)));
  } else {
    const int dropped = 52 - format.mantissa_bits;
    std::memcpy(&bits, &magnitude, sizeof bits);
    const uint64_t odd = (bits >> dropped) & 1;
    bits = (bits + (1ull << (dropped - 1)) - 1 + odd) >> dropped;
    bits -= static_cast<uint64_t>(1023 - format.bias()) << format.mantissa_bits;
    if (bits > format.infinity()) bits = format.infinity();
  }
  return static_cast<uint16_t>(sign | bits);
}

inline double load(const void* data, rapt_type type, int64_t index) {
  switch (type) {
    case RAPT_F64:
      return load_as<double>(data, index);
    case RAPT_F32:
      return static_cast<double>(load_as<float>(data, index));
    case RAPT_F16:
      return decode(load_as<uint16_t>(data, index), kF16);
    case RAPT_BF16:
      return decode(load_as<uint16_t>(data, index), kBf16);
    default:
      return std::nan("");
  }
}

inline void load_row(const void* row, rapt_type type, int64_t count, double* out) {
  for (int64_t d = 0; d < count; ++d) out[d] = load(row, type, d);
}

inline void store(void* data, rapt_type type, int64_t index, double value) {
  switch (type) {
    case RAPT_F64:
      store_as<double>(data, index, value);
      break;
    case RAPT_F32:
      store_as<float>(data, index, static_cast<float>(value));
      break;
    case RAPT_F16:
      store_as<uint16_t>(data, index, encode(value, kF16));
      break;
    case RAPT_BF16:
      store_as<uint16_t>(data, index, encode(value, kBf16));
      break;
    default:
      break;
  }
}

}  // namespace rapt::reference
