// The online softmax of one row: running maximum and sum, scores turned to weights in place. (Milakov and Gimelshein 2018)
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_SOFTMAX_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_SOFTMAX_H
#undef RAPT_CPU_TILE_SOFTMAX_H
#else
#define RAPT_CPU_TILE_SOFTMAX_H
#endif

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// The weight of a hidden key: a zero that is told apart from a weight that merely underflowed, where V holds NaN or inf.
inline constexpr float kHiddenWeight = -0.0f;
HWY_INLINE bool is_hidden_weight(float p) { return p == 0.0f && __builtin_signbit(p); }

HWY_INLINE float max_of(const float* s, int64_t n) {  // n a multiple of kN
  Vec top = hn::Set(kLanes, kHidden);
  for (int64_t j = 0; j < n; j += static_cast<int64_t>(kN)) top = hn::Max(top, hn::LoadU(kLanes, s + j));
  return hn::GetLane(hn::MaxOfLanes(kLanes, top));
}

// e^(x - base). The difference is taken first: times log2(e) a score near the end of f32 would overflow.
HWY_INLINE Vec exp_from(Vec x, Vec base) { return exp2(hn::Mul(hn::Sub(x, base), hn::Set(kLanes, kLog2e))); }

// s [n], n a multiple of kN, becomes weights relative to the new maximum. Returns what the row's old o and sum are worth now.
// A row that has seen nothing keeps row_max = -inf and weights of 0: nothing is subtracted from -inf.
template <bool kMarkHidden>
HWY_INLINE float update_row(float* s, int64_t n, float& row_max, float& row_sum) {
  const float block_max = max_of(s, n);
  const float new_max = block_max > row_max ? block_max : row_max;
  const float base = new_max == kHidden ? 0.0f : new_max;
  const Vec subtract = hn::Set(kLanes, base), hidden = hn::Set(kLanes, kHidden);
  const float rescale = hn::GetLane(exp_from(hn::Set(kLanes, row_max), subtract));
  Vec sum = hn::Zero(kLanes);
  for (int64_t j = 0; j < n; j += static_cast<int64_t>(kN)) {
    const Vec x = hn::LoadU(kLanes, s + j);
    const Vec p = exp_from(x, subtract);
    sum = hn::Add(sum, p);
    hn::StoreU(kMarkHidden ? hn::IfThenElse(hn::Eq(x, hidden), hn::Set(kLanes, kHiddenWeight), p) : p, kLanes, s + j);
  }
  row_max = new_max;
  row_sum = row_sum * rescale + hn::GetLane(hn::SumOfLanes(kLanes, sum));
  return rescale;
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
