// Scalar arithmetic and conversions of one thread. Needs sm_80; e4m3 needs sm_89.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace simt {

// ex2.approx.ftz.f32 d, a;
SIMT_DEVICE float exp2(float a) {
  float d;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(d) : "f"(a));
  return d;
}

// lg2.approx.ftz.f32 d, a;
SIMT_DEVICE float log2(float a) {
  float d;
  asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(d) : "f"(a));
  return d;
}

// rcp.approx.ftz.f32 d, a;
SIMT_DEVICE float rcp(float a) {
  float d;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(d) : "f"(a));
  return d;
}

// tanh.approx.f32 d, a;
SIMT_DEVICE float tanh(float a) {
  float d;
  asm("tanh.approx.f32 %0, %1;" : "=f"(d) : "f"(a));
  return d;
}

// fma.rn.f32 d, a, b, c;
SIMT_DEVICE float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }

// max.f32 d, a, b;   the other one where one is NaN
SIMT_DEVICE float max(float a, float b) { return ::fmaxf(a, b); }

// min.f32 d, a, b;
SIMT_DEVICE float min(float a, float b) { return ::fminf(a, b); }

// mov.b32 d, a;
SIMT_DEVICE uint32_t bits(float a) { return __float_as_uint(a); }
SIMT_DEVICE float from_bits(uint32_t a) { return __uint_as_float(a); }

// setp.nan.f32 p, a, a;
SIMT_DEVICE bool is_nan(float a) { return a != a; }

SIMT_DEVICE float to_float(float a) { return a; }

// shl.b32 d, a, 16;   exact
SIMT_DEVICE float to_float(bf16 a) { return from_bits(static_cast<uint32_t>(a.bits) << 16); }

// cvt.f32.f16 d, a;   exact
SIMT_DEVICE float to_float(f16 a) {
  float d;
  asm("cvt.f32.f16 %0, %1;" : "=f"(d) : "h"(a.bits));
  return d;
}

// cvt.rn.f16x2.e4m3x2 d, a;   exact, the low byte to the low half
SIMT_DEVICE uint32_t unpack2_e4m3(uint16_t a) {
  uint32_t d;
  asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(d) : "h"(a));
  return d;
}

SIMT_DEVICE float to_float(e4m3 a) { return to_float(f16{static_cast<uint16_t>(unpack2_e4m3(a.bits))}); }

// Two floats in one register, lo in the low half; the first source operand of the instruction is the upper half.
template <class T>
SIMT_DEVICE uint32_t pack2(float lo, float hi);

// cvt.rn.bf16x2.f32 d, hi, lo;
template <>
SIMT_DEVICE uint32_t pack2<bf16>(float lo, float hi) {
  uint32_t d;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(hi), "f"(lo));
  return d;
}

// cvt.rn.f16x2.f32 d, hi, lo;
template <>
SIMT_DEVICE uint32_t pack2<f16>(float lo, float hi) {
  uint32_t d;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(hi), "f"(lo));
  return d;
}

template <class T>
SIMT_DEVICE uint16_t pack2_8bit(float lo, float hi);

// cvt.rn.satfinite.e4m3x2.f32 d, hi, lo;   beyond 448: 448; NaN: 0x7f
template <>
SIMT_DEVICE uint16_t pack2_8bit<e4m3>(float lo, float hi) {
  uint16_t d;
  asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(d) : "f"(hi), "f"(lo));
  return d;
}

template <class T>
SIMT_DEVICE T from_float(float a);

template <>
SIMT_DEVICE float from_float<float>(float a) {
  return a;
}

// cvt.rn.bf16.f32 d, a;
template <>
SIMT_DEVICE bf16 from_float<bf16>(float a) {
  bf16 d;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(d.bits) : "f"(a));
  return d;
}

// cvt.rn.f16.f32 d, a;
template <>
SIMT_DEVICE f16 from_float<f16>(float a) {
  f16 d;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(d.bits) : "f"(a));
  return d;
}

template <>
SIMT_DEVICE e4m3 from_float<e4m3>(float a) {
  return {static_cast<uint8_t>(pack2_8bit<e4m3>(a, 0.0f))};
}

// cvt.rna.tf32.f32 d, a;   nearest, ties away from zero
SIMT_DEVICE uint32_t to_tf32(float a) {
  uint32_t d;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(d) : "f"(a));
  return d;
}

}  // namespace simt
