// One f32 to and from the 16-bit types, rounded to nearest even, subnormals kept.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

namespace rapt::cpu {

inline uint32_t bits_of(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
inline float float_of(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

// Adds just under half of the last bit that is kept, plus that bit itself; NaN stays a quiet NaN.
inline uint16_t bf16_of(float x) {
  const uint32_t bits = bits_of(x);
  if (x != x) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}
inline float of_bf16(uint16_t half) { return float_of(static_cast<uint32_t>(half) << 16); }

// Below 2^-14 a half counts in steps of 2^-24, the last bit of 0.5f: adding 0.5f does the rounding.
inline uint16_t f16_of(float x) {
  const uint32_t sign = bits_of(x) >> 16 & 0x8000u, magnitude = bits_of(x) & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<uint16_t>(sign | 0x7E00u);   // NaN
  if (magnitude >= 0x47800000u) return static_cast<uint16_t>(sign | 0x7C00u);  // 65536 and up: inf; 65520 to there rounds up to it below
  if (magnitude < 0x38800000u) return static_cast<uint16_t>(sign | (bits_of(float_of(magnitude) + 0.5f) - 0x3F000000u));
  return static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13));
}
// 2^112 moves a half's exponent, put in a float's place, to where it belongs; subnormals come out right on the way.
inline float of_f16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16, magnitude = half & 0x7FFFu;
  if (magnitude >= 0x7C00u) return float_of(sign | 0x7F800000u | (magnitude & 0x3FFu) << 13);
  return float_of(sign | bits_of(float_of(magnitude << 13) * 0x1p112f));
}

}  // namespace rapt::cpu
