// A word of the micro-kernel's operands: 32 bits that hold neighbours along the sum. Here one f32, on every machine.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_F32_WORD_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_F32_WORD_H
#undef RAPT_CPU_TILE_F32_WORD_H
#else
#define RAPT_CPU_TILE_F32_WORD_H
#endif

#include "cpu/tile/rows.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// What the body asks of a word. Buffers of words are float*, whatever the words hold; a vector of words is a Vec.
struct F32Word {
  static constexpr size_t kValues = 1;         // in a word
  static constexpr float kWeightUnit = 1.0f;   // what weights are multiplied by, a power of two
  static constexpr bool kAllValuesFit = true;  // else keys with values that multiply_add flushes are marked when packed, and done again

  // c + a b: each lane adds the products of its word's values.
  static HWY_INLINE Vec multiply_add(Vec a, Vec b, Vec c) { return hn::MulAdd(a, b, c); }

  // kWeightUnit 2^x, the sum's term, and how it is stored for the second product: kN weights, in kN / kValues words.
  static HWY_INLINE Vec weight(Vec x) { return exp2(x); }
  static HWY_INLINE void store_weights(Vec weights, float* words) { hn::StoreU(weights, kLanes, words); }

  // n values of a row of Q as words; `words` holds whole vectors, the last is filled up with 0.
  static HWY_INLINE void load_query(rapt_type type, const void* row, size_t n, float* words) { widen_row_of(type, row, n, words); }

  // Value i of a word, as f32: for the few places that go value by value.
  static HWY_INLINE float value(float word, size_t) { return word; }
  static HWY_INLINE Vec values(Vec words, size_t) { return words; }
};

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
