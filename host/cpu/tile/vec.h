// The vector vocabulary of the tile body, on Highway: lanes of f32, and the few operations that it lacks or does otherwise.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_VEC_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_VEC_H
#undef RAPT_CPU_TILE_VEC_H
#else
#define RAPT_CPU_TILE_VEC_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "cpu/machine.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<float>;
using Vec = hn::Vec<Lanes>;
inline constexpr Lanes kLanes{};
inline constexpr size_t kN = HWY_LANES(float);  // lanes of a vector; the machines here have fixed ones

// The micro-kernel's block of C, in registers: kRows x kVectors accumulators, kVectors of B and a broadcast of A.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
inline constexpr size_t kRows = 12;  // 32 registers
#else
inline constexpr size_t kRows = 6;  // 16 registers
#endif
inline constexpr size_t kVectors = 2;
inline constexpr size_t kPanel = kVectors * kN;

static_assert(kN <= kSumLanes);

inline constexpr float kHidden = -__builtin_inff();  // the score of a key that a row may not see
inline constexpr float kLog2e = 1.44269504088896341f;

// e^(x - base) for x <= base or so: 0 below 2^-126 and at -inf, exactly 1 at base, NaN stays NaN. Relative error 2e-7 and that of x.
// The difference is taken first: times log2(e) a score near the end of f32 would overflow. With y = (x - base) log2(e) = n + f, n the
// nearest integer: the sum with magic leaves n + 127 in its low bits, which shifted up are the float 2^n; 2^f is a degree-5 minimax
// polynomial on [-1/2, 1/2] whose constant term is pinned to 1 (relative error 9.2e-8).
HWY_INLINE Vec exp_from(Vec x, Vec base) {
  const Vec magic = hn::Set(kLanes, 12582912.0f + 127.0f), log2e = hn::Set(kLanes, kLog2e);
  const Vec below = hn::Sub(x, base);
  const Vec shifted = hn::MulAdd(below, log2e, magic);
  const Vec f = hn::MulSub(below, log2e, hn::Sub(shifted, magic));
  Vec p = hn::MulAdd(f, hn::Set(kLanes, 0x1.5bba14p-10f), hn::Set(kLanes, 0x1.3cea88p-7f));
  p = hn::MulAdd(f, p, hn::Set(kLanes, 0x1.c6b752p-5f));
  p = hn::MulAdd(f, p, hn::Set(kLanes, 0x1.ebf9bcp-3f));
  p = hn::MulAdd(f, p, hn::Set(kLanes, 0x1.62e42ap-1f));
  p = hn::MulAdd(f, p, hn::Set(kLanes, 1.0f));
  const hn::RebindToUnsigned<Lanes> bits;
  const Vec power = hn::BitCast(kLanes, hn::ShiftLeft<23>(hn::BitCast(bits, shifted)));
  return hn::IfThenZeroElse(hn::Lt(below, hn::Set(kLanes, -126.0f / kLog2e)), hn::Mul(p, power));
}

// tanh: an odd polynomial below 0.6 (relative error 8e-8), else 1 - 2 / (e^2|x| + 1) with the sign of x.
HWY_INLINE Vec tanh(Vec x) {
  const Vec a = hn::Abs(x), t = hn::Mul(x, x), one = hn::Set(kLanes, 1.0f);
  Vec p = hn::MulAdd(t, hn::Set(kLanes, 0.015612632f), hn::Set(kLanes, -0.052211806f));
  p = hn::MulAdd(t, p, hn::Set(kLanes, 0.13313116f));
  p = hn::MulAdd(t, p, hn::Set(kLanes, -0.33332598f));
  const Vec small = hn::MulAdd(hn::Mul(x, t), p, x);
  const Vec e = exp_from(hn::Mul(a, hn::Set(kLanes, -2.0f)), hn::Zero(kLanes));  // e^-2|x|, at most 1
  const Vec large = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
  return hn::IfThenElse(hn::Lt(a, hn::Set(kLanes, 0.6f)), small, large);
}

// ---- elements of other types, as f32 ----

// kN elements from p.
HWY_INLINE Vec load(const float* p) { return hn::LoadU(kLanes, p); }
HWY_INLINE Vec load(const hwy::bfloat16_t* p) {
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::RebindToUnsigned<Lanes> bits;
  return hn::BitCast(kLanes, hn::ShiftLeft<16>(hn::PromoteTo(bits, hn::LoadU(half, reinterpret_cast<const uint16_t*>(p)))));
}
HWY_INLINE Vec load(const hwy::float16_t* p) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_SSE4
  // No instruction for it, and Highway's own conversion knows neither inf nor NaN here. 2^112 moves the exponent to where a float has
  // it, subnormals included; what was inf or NaN comes out at 2^16 or more and gets the exponent of inf.
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::RebindToUnsigned<Lanes> bits;
  const auto wide = hn::PromoteTo(bits, hn::LoadU(half, reinterpret_cast<const uint16_t*>(p)));
  const auto sign = hn::ShiftLeft<16>(hn::And(wide, hn::Set(bits, 0x8000u)));
  const auto magnitude = hn::ShiftLeft<13>(hn::And(wide, hn::Set(bits, 0x7FFFu)));
  const Vec x = hn::Mul(hn::BitCast(kLanes, magnitude), hn::Set(kLanes, 0x1p112f));
  const Vec infinite = hn::BitCast(kLanes, hn::Or(magnitude, hn::Set(bits, 0x7F800000u)));
  return hn::Or(hn::IfThenElse(hn::Ge(x, hn::Set(kLanes, 65536.0f)), infinite, x), hn::BitCast(kLanes, sign));
#else
  const hn::Rebind<hwy::float16_t, Lanes> half;
  return hn::PromoteTo(kLanes, hn::LoadU(half, p));
#endif
}

// The first n < kN elements from p, the rest 0, touching nothing past them.
template <class T>
HWY_INLINE Vec load_first(const T* p, size_t n) {
  alignas(64) T copy[kN];
  std::memset(copy, 0, sizeof copy);
  std::memcpy(copy, p, n * sizeof(T));
  return load(copy);
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
