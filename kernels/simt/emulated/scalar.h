// Scalar functions: the IEEE versions of what hardware approximates (a test's tolerance covers the difference).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_HOST_DEVICE uint32_t bits(float v) { return __builtin_bit_cast(uint32_t, v); }
SIMT_HOST_DEVICE float from_bits(uint32_t v) { return __builtin_bit_cast(float, v); }
SIMT_HOST_DEVICE bool is_nan(float v) { return (bits(v) & 0x7fffffffu) > 0x7f800000u; }
SIMT_HOST_DEVICE float flush_subnormal(float v) { return (bits(v) & 0x7f800000u) ? v : from_bits(bits(v) & 0x80000000u); }

SIMT_HOST_DEVICE float exp2(float x) { return flush_subnormal(__builtin_exp2f(flush_subnormal(x))); }
SIMT_HOST_DEVICE float log2(float x) { return __builtin_log2f(flush_subnormal(x)); }
SIMT_HOST_DEVICE float rcp(float x) { return flush_subnormal(1.0f / flush_subnormal(x)); }
SIMT_HOST_DEVICE float tanh(float x) { return __builtin_tanhf(x); }
SIMT_HOST_DEVICE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
// As max.f32: a NaN loses to a number.
SIMT_HOST_DEVICE float max(float a, float b) { return is_nan(a) || b > a ? (is_nan(b) ? a : b) : a; }
SIMT_HOST_DEVICE float min(float a, float b) { return is_nan(a) || b < a ? (is_nan(b) ? a : b) : a; }

SIMT_HOST_DEVICE float to_float(float v) { return v; }
SIMT_HOST_DEVICE float to_float(bf16 v) { return from_bits(uint32_t(v.bits) << 16); }
SIMT_HOST_DEVICE float to_float(f16 v) { return emu::f16_to_float(v.bits); }
SIMT_HOST_DEVICE float to_float(e4m3 v) { return emu::e4m3_to_float(v.bits); }

template <class T>
SIMT_HOST_DEVICE T from_float(float v);
template <>
SIMT_HOST_DEVICE float from_float<float>(float v) {
  return v;
}
template <>
SIMT_HOST_DEVICE bf16 from_float<bf16>(float v) {
  const uint32_t u = bits(v);
  if (is_nan(v)) return {0x7fff};
  return {uint16_t((u + 0x7fffu + ((u >> 16) & 1u)) >> 16)};
}
template <>
SIMT_HOST_DEVICE f16 from_float<f16>(float v) {
  return {emu::float_to_f16(v)};
}
template <>
SIMT_HOST_DEVICE e4m3 from_float<e4m3>(float v) {
  return {emu::float_to_e4m3(v)};
}

// lo goes to the low half.
template <class T>
SIMT_HOST_DEVICE uint32_t pack2(float lo, float hi) {
  return from_float<T>(lo).bits | uint32_t(from_float<T>(hi).bits) << 16;
}
template <class T>
SIMT_HOST_DEVICE uint16_t pack2_8bit(float lo, float hi) {
  return uint16_t(from_float<T>(lo).bits | from_float<T>(hi).bits << 8);
}
// Two e4m3 to two f16, the low byte to the low half; exact.
SIMT_HOST_DEVICE uint32_t unpack2_e4m3(uint16_t v) {
  return emu::float_to_f16(emu::e4m3_to_float(uint8_t(v))) | uint32_t(emu::float_to_f16(emu::e4m3_to_float(uint8_t(v >> 8)))) << 16;
}
SIMT_HOST_DEVICE uint32_t to_tf32(float v) { return emu::float_to_tf32(v); }

}  // namespace simt
