// A word of the micro-kernel's operands: two bf16 that are neighbours along the sum, multiplied by a dot product of the machine.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_BF16_WORD_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_BF16_WORD_H
#undef RAPT_CPU_TILE_BF16_WORD_H
#else
#define RAPT_CPU_TILE_BF16_WORD_H
#endif

#include "cpu/element.h"
#include "cpu/tile/rows.h"

#if RAPT_CPU_BF16_DOT
HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

inline Exp2Table exp2_table_2_48{0x1p48f};

// See F32Word for what each member is. vdpbf16ps is two FMAs, the odd value's first, which take subnormals for 0 and flush to 0 (Intel's
// manual; Zen 5 agrees bit by bit with FMAs). So that nothing is lost by that:
// - weights are times 2^48, and values of V within [2^-48, 2^48] or 0: no product of the two leaves the normal numbers;
// - K is within [2^-126, 2^60] or 0: what a subnormal q is worth then, and a sum that is flushed, is far below a score's rounding.
// Keys outside are done again, value by value.
struct Bf16Word {
  static constexpr size_t kValues = 2;
  static constexpr float kWeightUnit = 0x1p48f;
  static constexpr bool kAllValuesFit = false;
  static constexpr uint16_t kLeastKey = 0x0080, kMostKey = 0x5D80;      // bits of 2^-126, 2^60
  static constexpr uint16_t kLeastValue = 0x2780, kMostValue = 0x5780;  // bits of 2^-48, 2^48

  static HWY_INLINE Vec multiply_add(Vec a, Vec b, Vec c) {
    return Vec{_mm512_dpbf16_ps(c.raw, (__m512bh)_mm512_castps_si512(a.raw), (__m512bh)_mm512_castps_si512(b.raw))};
  }

  static HWY_INLINE Vec weight(Vec x) { return exp2(x, exp2_table_2_48); }
  static HWY_INLINE void store_weights(Vec weights, float* words) {  // to nearest even
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), (__m256i)_mm512_cvtneps_pbh(weights.raw));
  }

  static HWY_INLINE void load_query(rapt_type, const void* row, size_t n, float* words) {
    const size_t padded = static_cast<size_t>(round_up(static_cast<int64_t>(n), 2 * static_cast<int64_t>(kN))) * sizeof(uint16_t);
    std::memcpy(words, row, n * sizeof(uint16_t));
    std::memset(reinterpret_cast<char*>(words) + n * sizeof(uint16_t), 0, padded - n * sizeof(uint16_t));
  }

  static HWY_INLINE float value(float word, size_t i) { return hn::GetLane(values(hn::Set(kLanes, word), i)); }
  static HWY_INLINE Vec values(Vec words, size_t i) {
    const hn::RebindToUnsigned<Lanes> bits;
    const auto raw = hn::BitCast(bits, words);
    return hn::BitCast(kLanes, i == 0 ? hn::ShiftLeft<16>(raw) : hn::And(raw, hn::Set(bits, 0xFFFF0000u)));
  }
  static HWY_INLINE bool is_odd_key(float word) {
    const auto odd = [](uint32_t half) { return (half & 0x7FFFu) != 0 && ((half & 0x7FFFu) < kLeastKey || (half & 0x7FFFu) > kMostKey); };
    return odd(bits_of(word) & 0xFFFFu) || odd(bits_of(word) >> 16);
  }
};

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
#endif
