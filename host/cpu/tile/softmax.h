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

// s [n], n a multiple of kN, becomes weights e^(s - base); sum [kN] = rescale * sum + the weights, lane by lane.
template <bool kMarkHidden>
HWY_INLINE void weigh_row(float* s, int64_t n, float base, float rescale, float* sum) {
  const Vec subtract = hn::Set(kLanes, base), hidden = hn::Set(kLanes, kHidden);
  Vec total = hn::Mul(hn::LoadU(kLanes, sum), hn::Set(kLanes, rescale));
  for (int64_t j = 0; j < n; j += static_cast<int64_t>(kN)) {
    const Vec x = hn::LoadU(kLanes, s + j);
    const Vec p = exp_from(x, subtract);
    total = hn::Add(total, p);
    hn::StoreU(kMarkHidden ? hn::IfThenElse(hn::Eq(x, hidden), hn::Set(kLanes, kHiddenWeight), p) : p, kLanes, s + j);
  }
  hn::StoreU(total, kLanes, sum);
}

inline constexpr int64_t kSoftmaxRows = 16;  // most rows of one update: a micro-tile, or a tile of decode

// Rows of n scores, kScoreStride apart, become weights relative to the new row_max. rescale: what the old o and row_sum of each row are
// worth now. A row that has seen nothing keeps row_max = -inf and weights of 0: nothing is subtracted from -inf. The steps run over all
// rows each, so that no row waits for the reductions of another.
template <bool kMarkHidden>
HWY_INLINE void softmax_rows(float* s, int64_t rows, int64_t n, float* row_max, float* row_sum, float* rescale) {
  alignas(64) float top[kSoftmaxRows], base[kSoftmaxRows], before[kSoftmaxRows];
  for (int64_t r = 0; r < kSoftmaxRows; ++r) {
    top[r] = r < rows ? max_of(s + r * kScoreStride, n) : kHidden;
    before[r] = r < rows ? row_max[r] : kHidden;
  }
  for (int64_t r = 0; r < kSoftmaxRows; r += static_cast<int64_t>(kN)) {
    const Vec old = hn::LoadU(kLanes, before + r), now = hn::Max(hn::LoadU(kLanes, top + r), old);
    const Vec safe = hn::IfThenElse(hn::Eq(now, hn::Set(kLanes, kHidden)), hn::Zero(kLanes), now);
    hn::StoreU(now, kLanes, top + r);
    hn::StoreU(safe, kLanes, base + r);
    hn::StoreU(exp_from(old, safe), kLanes, before + r);
  }
  for (int64_t r = 0; r < rows; ++r) {
    row_max[r] = top[r];
    rescale[r] = before[r];
    weigh_row<kMarkHidden>(s + r * kScoreStride, n, base[r], rescale[r], row_sum + r * kSumLanes);
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
