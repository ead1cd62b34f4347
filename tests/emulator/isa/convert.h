// Small floats in and out of f32, bit for bit as cvt does it, and the approximate functions as IEEE computes them (PTX ISA 9.7.9, 9.7.3).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace emu::isa {

inline uint32_t bits_of(float x) { return std::bit_cast<uint32_t>(x); }
inline float float_of(uint32_t u) { return std::bit_cast<float>(u); }
inline bool is_nan_bits(uint32_t u) { return (u & 0x7fffffff) > 0x7f800000; }

inline float bf16_to_float(uint16_t h) { return float_of(uint32_t{h} << 16); }

inline float f16_to_float(uint16_t h) {
  const uint32_t sign = (h & 0x8000u) << 16, magnitude = h & 0x7fffu;
  if (magnitude >= 0x7c00) return float_of(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
  return float_of(sign | bits_of(float_of(magnitude << 13) * 0x1p112f));  // exponent bias 15 -> 127; subnormals become normal
}

inline float e4m3_to_float(uint8_t h) {
  const uint32_t sign = (h & 0x80u) << 24, magnitude = h & 0x7fu;
  if (magnitude == 0x7f) return float_of(sign | 0x7fc00000);
  return float_of(sign | bits_of(float_of(magnitude << 20) * 0x1p120f));  // exponent bias 7 -> 127
}

// Round to nearest, ties to even. The canonical NaN of each type has no sign.
inline uint16_t float_to_bf16(float x) {
  const uint32_t u = bits_of(x);
  return static_cast<uint16_t>(is_nan_bits(u) ? 0x7fff : (u + 0x7fff + (u >> 16 & 1)) >> 16);
}

inline uint16_t float_to_f16(float x) {
  const uint32_t sign = bits_of(x) >> 16 & 0x8000, u = bits_of(x) & 0x7fffffff;
  if (is_nan_bits(u)) return 0x7fff;
  if (u >= bits_of(65520.0f)) return static_cast<uint16_t>(sign | 0x7c00);
  if (u < bits_of(0x1p-14f))  // subnormal: beside 0.5 the last place of a float is 2^-24, that of an f16
    return static_cast<uint16_t>(sign | (bits_of(float_of(u) + 0.5f) - bits_of(0.5f)));
  return static_cast<uint16_t>(sign | (u - (112u << 23) + 0xfff + (u >> 13 & 1)) >> 13);
}

inline uint8_t float_to_e4m3(float x) {  // .satfinite: what is beyond 448, infinity too, becomes 448
  const uint32_t sign = bits_of(x) >> 24 & 0x80, u = bits_of(x) & 0x7fffffff;
  if (is_nan_bits(u)) return 0x7f;
  if (u < bits_of(0x1p-6f))  // subnormal: beside 2^14 the last place of a float is 2^-9, that of an e4m3
    return static_cast<uint8_t>(sign | (bits_of(float_of(u) + 0x1p14f) - bits_of(0x1p14f)));
  if (u >= bits_of(448.0f)) return static_cast<uint8_t>(sign | 0x7e);
  return static_cast<uint8_t>(sign | (u - (120u << 23) + 0x7ffff + (u >> 20 & 1)) >> 20);
}

// cvt.rna.tf32.f32: 10 bits of fraction, nearest, ties away from zero.
inline uint32_t float_to_tf32(float x) {
  const uint32_t u = bits_of(x);
  if (is_nan_bits(u)) return 0x7fffffff;
  return (u + 0x1000) & ~0x1fffu;
}

// What an mma sees of a register that holds a tf32: the low 13 bits do not count.
inline float tf32_to_float(uint32_t u) { return float_of(u & ~0x1fffu); }

// .ftz: subnormals count as zeros of their sign, going in and coming out.
inline float flush(float x) { return std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x; }

// The hardware's own values are within a few ulp of these.
inline float exp2_ftz(float x) { return flush(static_cast<float>(std::exp2(static_cast<double>(flush(x))))); }
inline float log2_ftz(float x) { return static_cast<float>(std::log2(static_cast<double>(flush(x)))); }
inline float rcp_ftz(float x) { return flush(1.0f / flush(x)); }
inline float tanh_approx(float x) { return static_cast<float>(std::tanh(static_cast<double>(x))); }

}  // namespace emu::isa
