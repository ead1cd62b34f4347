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

// Highway 1.0 knows no bf16 dot product. The body may use it where this says so, and only in the functions that Machine::bf16 names;
// Highway's own functions are compiled without.
#undef RAPT_CPU_BF16_DOT
#if HWY_TARGET == HWY_AVX3
#define RAPT_CPU_BF16_DOT 1
#undef HWY_TARGET_STR
#define HWY_TARGET_STR HWY_TARGET_STR_AVX3 ",avx512bf16"
#else
#define RAPT_CPU_BF16_DOT 0
#endif

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

// Constants of exp2 are variables on purpose: in the shadow of a micro-kernel they are to stay operands in memory, where a compiler that
// knows their values would keep them in registers that it does not have.
#if HWY_TARGET == HWY_AVX3
// 2^(k/16) as bits, less k << 19, so that adding 16 n + k << 19 leaves the exponent n.
alignas(64) inline uint32_t exp2_sixteenths[16] = {0x3F800000u, 0x3F7DAAC3u, 0x3F7B95C2u, 0x3F79C3D3u, 0x3F7837F0u, 0x3F76F532u,
                                                   0x3F75FED7u, 0x3F75583Fu, 0x3F7504F3u, 0x3F7508A4u, 0x3F75672Au, 0x3F76248Cu,
                                                   0x3F7744FDu, 0x3F78CCDFu, 0x3F7AC0C7u, 0x3F7D257Du};
inline float exp2_constants[] = {0x1.8p19f, 0x1.c6ac6ap-5f, 0x1.ebfff4p-3f, 0x1.62e43p-1f, -126.0f};
#else
inline float exp2_constants[] = {0x1.8p23f + 127.0f, 0x1.5bba14p-10f, 0x1.3cea88p-7f, 0x1.c6b752p-5f,
                                 0x1.ebf9bcp-3f,     0x1.62e42ap-1f,  1.0f,           -126.0f};
#endif
HWY_INLINE Vec exp2_constant(size_t i) { return hn::Set(kLanes, exp2_constants[i]); }

// 2^x for x <= 0 or so: 0 below -126 and at -inf, exactly 1 at 0, NaN stays NaN. Relative error 2e-7. A first constant that is greater by n
// gives 2^(x + n).
HWY_INLINE Vec exp2(Vec x, const float& first_constant = exp2_constants[0]) {
  constexpr size_t last = sizeof exp2_constants / sizeof exp2_constants[0] - 1;
  const hn::RebindToUnsigned<Lanes> bits;
  const Vec magic = hn::Set(kLanes, first_constant), shifted = hn::Add(x, magic);
  const Vec f = hn::Sub(x, hn::Sub(shifted, magic));
#if HWY_TARGET == HWY_AVX3
  // x = n + k/16 + f, |f| <= 1/32: the sum with magic leaves 16 n + k in its low bits. 2^(k/16) comes from a table of one vector, which
  // keeps the multipliers free; 2^f - 1 is f times a minimax polynomial (relative error of 2^f: 1.6e-9).
  const auto sixteenths = hn::BitCast(bits, shifted);
  const auto entry = hn::TableLookupLanes(hn::Load(bits, exp2_sixteenths), hn::Indices512<uint32_t>{sixteenths.raw});
  const Vec power = hn::BitCast(kLanes, hn::Add(entry, hn::ShiftLeft<19>(sixteenths)));
  const Vec slope = hn::MulAdd(f, hn::MulAdd(f, exp2_constant(1), exp2_constant(2)), exp2_constant(3));
  const Vec result = hn::MulAdd(hn::Mul(f, slope), power, power);
#else
  // x = n + f, |f| <= 1/2: the sum with magic leaves n + 127 in its low bits, which shifted up are the float 2^n. 2^f is a degree-5
  // minimax polynomial whose constant term is pinned to 1 (relative error 9.2e-8).
  Vec p = exp2_constant(1);
  for (size_t i = 2; i < last; ++i) p = hn::MulAdd(f, p, exp2_constant(i));
  const Vec result = hn::Mul(p, hn::BitCast(kLanes, hn::ShiftLeft<23>(hn::BitCast(bits, shifted))));
#endif
  return hn::IfThenZeroElse(hn::Lt(x, exp2_constant(last)), result);
}

// Maxima of rows are kept folded to kTopLanes, the halves of a long vector on top of each other: on Zen 5 a store of 64 bytes costs the
// multipliers a cycle, one of 32 nothing.
#if HWY_TARGET == HWY_AVX3
using TopLanes = hn::Half<Lanes>;
HWY_INLINE hn::Vec<TopLanes> fold_max(Vec x) { return hn::Max(hn::LowerHalf(TopLanes(), x), hn::UpperHalf(TopLanes(), x)); }
#else
using TopLanes = Lanes;
HWY_INLINE Vec fold_max(Vec x) { return x; }
#endif
inline constexpr TopLanes kTopTag{};
inline constexpr size_t kTopLanes = HWY_MAX(kN * sizeof(hn::Vec<TopLanes>) / sizeof(Vec), size_t{1});

// tanh: an odd polynomial below 0.6 (relative error 8e-8), else 1 - 2 / (e^2|x| + 1) with the sign of x.
HWY_INLINE Vec tanh(Vec x) {
  const Vec a = hn::Abs(x), t = hn::Mul(x, x), one = hn::Set(kLanes, 1.0f);
  Vec p = hn::MulAdd(t, hn::Set(kLanes, 0.015612632f), hn::Set(kLanes, -0.052211806f));
  p = hn::MulAdd(t, p, hn::Set(kLanes, 0.13313116f));
  p = hn::MulAdd(t, p, hn::Set(kLanes, -0.33332598f));
  const Vec small = hn::MulAdd(hn::Mul(x, t), p, x);
  const Vec e = exp2(hn::Mul(a, hn::Set(kLanes, -2.0f * kLog2e)));  // e^-2|x|, at most 1
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
