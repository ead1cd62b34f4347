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

// The micro-kernel's block of C, in registers: kRows x kVectors accumulators, kVectors of B and a broadcast of A. Fewer rows are left at
// the end of a tile, see rows_at().
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
// 2^(k/32) / (a^2 + b), of the constants below, times a power of two.
constexpr float kThirtySeconds[32] = {
    0x1.ebfe46p-3f, 0x1.f6c43ap-3f, 0x1.00e348p-2f, 0x1.06835p-2f,  0x1.0c42ep-2f,  0x1.1222a8p-2f, 0x1.18235ep-2f, 0x1.1e45bcp-2f,
    0x1.248a7cp-2f, 0x1.2af25ep-2f, 0x1.317e2ap-2f, 0x1.382ea8p-2f, 0x1.3f04a6p-2f, 0x1.4600f6p-2f, 0x1.4d246ep-2f, 0x1.546feap-2f,
    0x1.5be44ap-2f, 0x1.638276p-2f, 0x1.6b4b54p-2f, 0x1.733fd6p-2f, 0x1.7b60fp-2f,  0x1.83af9cp-2f, 0x1.8c2cdap-2f, 0x1.94d9aep-2f,
    0x1.9db722p-2f, 0x1.a6c64ap-2f, 0x1.b00838p-2f, 0x1.b97e0cp-2f, 0x1.c328e8p-2f, 0x1.cd09f6p-2f, 0x1.d72266p-2f, 0x1.e1736cp-2f};
struct Exp2Table {
  alignas(64) float powers[32];
  explicit constexpr Exp2Table(float unit) : powers{} {
    for (size_t k = 0; k < 32; ++k) powers[k] = kThirtySeconds[k] * unit;
  }
};
inline Exp2Table exp2_table{1.0f};
inline float exp2_constants[] = {0x1.8p18f, 0x1.71540ep+0f, 0x1.0a684ap+1f, -126.0f};
#else
inline float exp2_constants[] = {0x1.8p23f + 127.0f, 0x1.5bba14p-10f, 0x1.3cea88p-7f, 0x1.c6b752p-5f,
                                 0x1.ebf9bcp-3f,     0x1.62e42ap-1f,  1.0f,           -126.0f};
#endif
HWY_INLINE Vec exp2_constant(size_t i) { return hn::Set(kLanes, exp2_constants[i]); }

#if HWY_TARGET == HWY_AVX3
// unit 2^x, the unit that of the table, for x <= 0 or so: 0 below -126 and at -inf, exactly the unit at 0, NaN stays NaN. Relative error
// 2.5e-7. x = k/32 + f, |f| <= 1/64: the sum with magic leaves k in its low bits. 2^(k/32) comes from a table of two vectors, 2^f is
// ((f + a)^2 + b) / (a^2 + b), minimax (relative error 5.4e-8): two multiplications, for all else is free beside a micro-kernel. a and b
// are such that a^2 + b and its inverse round by next to nothing.
HWY_INLINE Vec exp2(Vec x, const Exp2Table& table = exp2_table) {
  const hn::RebindToUnsigned<Lanes> bits;
  const Vec magic = exp2_constant(0), shifted = hn::Add(x, magic), rounded = hn::Sub(shifted, magic);
  const Vec low = hn::Load(kLanes, table.powers), high = hn::Load(kLanes, table.powers + kN);
  const __m512 entry = _mm512_permutex2var_ps(low.raw, hn::BitCast(bits, shifted).raw, high.raw);
  const Vec power{_mm512_scalef_ps(entry, rounded.raw)};
  const Vec g = hn::Add(hn::Sub(x, rounded), exp2_constant(1));
  const Vec result = hn::Mul(hn::MulAdd(g, g, exp2_constant(2)), power);
  return hn::IfThenZeroElse(hn::Lt(x, exp2_constant(3)), result);
}
#else
// 2^x for x <= 0 or so: 0 below -126 and at -inf, exactly 1 at 0, NaN stays NaN. Relative error 2e-7. x = n + f, |f| <= 1/2: the sum with
// magic leaves n + 127 in its low bits, which shifted up are the float 2^n. 2^f is a degree-5 minimax polynomial whose constant term is
// pinned to 1 (relative error 9.2e-8).
HWY_INLINE Vec exp2(Vec x) {
  constexpr size_t last = sizeof exp2_constants / sizeof exp2_constants[0] - 1;
  const hn::RebindToUnsigned<Lanes> bits;
  const Vec magic = exp2_constant(0), shifted = hn::Add(x, magic);
  const Vec f = hn::Sub(x, hn::Sub(shifted, magic));
  Vec p = exp2_constant(1);
  for (size_t i = 2; i < last; ++i) p = hn::MulAdd(f, p, exp2_constant(i));
  const Vec result = hn::Mul(p, hn::BitCast(kLanes, hn::ShiftLeft<23>(hn::BitCast(bits, shifted))));
  return hn::IfThenZeroElse(hn::Lt(x, exp2_constant(last)), result);
}
#endif

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
// Where those of row r are: with halves, rows r and r + kTopLanes are one vector, as fold_lanes() wants them.
constexpr size_t top_place(size_t r) { return kTopLanes == kN ? r * kN : r % kTopLanes * kN + r / kTopLanes * kTopLanes; }

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
