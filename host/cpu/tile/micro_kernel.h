// The one multiplication under both products: C = A B for a few rows of A against a packed panel of B, accumulated in registers.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_MICRO_KERNEL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_MICRO_KERNEL_H
#undef RAPT_CPU_TILE_MICRO_KERNEL_H
#else
#define RAPT_CPU_TILE_MICRO_KERNEL_H
#endif

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// c[r][j] = sum_k a[r * stride + k] * b[k * kPanel + j * kN ..]; a [kRows][depth], b [depth][kPanel], aligned.
template <size_t kWide>
HWY_INLINE void multiply(const float* HWY_RESTRICT a, size_t stride, const float* HWY_RESTRICT b, size_t depth, Vec (&c)[kRows][kWide]) {
#pragma GCC unroll 16
  for (size_t r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) c[r][j] = hn::Zero(kLanes);
#pragma GCC unroll 2
  for (size_t k = 0; k < depth; ++k, b += kPanel) {
    Vec row[kWide];
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) row[j] = hn::Load(kLanes, b + j * kN);
#pragma GCC unroll 16
    for (size_t r = 0; r < kRows; ++r) {
      const Vec broadcast = hn::Set(kLanes, a[r * stride + k]);
#pragma GCC unroll 4
      for (size_t j = 0; j < kWide; ++j) c[r][j] = hn::MulAdd(broadcast, row[j], c[r][j]);
    }
  }
}

// Longest chain of f32 additions in a score: rounding grows with it, so longer rows are summed in parts.
inline constexpr size_t kChain = 128;

// scores[r][0 .. kWide * kN) = factor * (q k^T); scores has rows of kScoreStride floats.
template <size_t kWide>
HWY_NOINLINE void score_panel(const float* q, size_t q_stride, const float* k_panel, size_t head_dim, float factor, float* scores) {
  const Vec scale = hn::Set(kLanes, factor);
  for (size_t d = 0; d < head_dim; d += kChain) {
    Vec c[kRows][kWide];
    multiply<kWide>(q + d, q_stride, k_panel + d * kPanel, HWY_MIN(kChain, head_dim - d), c);
#pragma GCC unroll 16
    for (size_t r = 0; r < kRows; ++r)
#pragma GCC unroll 4
      for (size_t j = 0; j < kWide; ++j) {
        float* place = scores + r * kScoreStride + j * kN;
        hn::Store(d == 0 ? hn::Mul(c[r][j], scale) : hn::MulAdd(c[r][j], scale, hn::Load(kLanes, place)), kLanes, place);
      }
  }
}

// o[r][0 .. kWide * kN) = rescale[r] * o + p v.
template <size_t kWide>
HWY_NOINLINE void accumulate_panel(const float* p, const float* v_panel, size_t keys, const float* rescale, float* o, size_t o_stride) {
  Vec c[kRows][kWide];
  multiply<kWide>(p, kScoreStride, v_panel, keys, c);
#pragma GCC unroll 16
  for (size_t r = 0; r < kRows; ++r) {
    const Vec old = hn::Set(kLanes, rescale[r]);
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) {
      float* place = o + r * o_stride + j * kN;
      hn::Store(hn::MulAdd(old, hn::Load(kLanes, place), c[r][j]), kLanes, place);
    }
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
