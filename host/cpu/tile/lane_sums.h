// Sums of the lanes of many vectors at once: a transposition whose steps add, about three operations a vector.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_LANE_SUMS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_LANE_SUMS_H
#undef RAPT_CPU_TILE_LANE_SUMS_H
#else
#define RAPT_CPU_TILE_LANE_SUMS_H
#endif

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// fold_*(a, b) adds the halves of a group of lanes: the lower half of each group is then a's sum of both, the upper half b's. Each is a
// blend and one permutation: blends run on every port, permutations on few.
#if HWY_TARGET != HWY_SCALAR
HWY_INLINE Vec fold_pairs(Vec a, Vec b) { return hn::Add(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b))); }
HWY_INLINE Vec fold_fours(Vec a, Vec b) {
  const hn::RepartitionToWide<Lanes> twos;
  const Vec blend = hn::BitCast(kLanes, hn::OddEven(hn::BitCast(twos, b), hn::BitCast(twos, a)));
  return hn::Add(blend, hn::CombineShiftRightBytes<8>(kLanes, b, a));
}
#endif
#if HWY_MAX_BYTES >= 32
HWY_INLINE Vec fold_eights(Vec a, Vec b) { return hn::Add(hn::OddEvenBlocks(b, a), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(a, b))); }
#endif
#if HWY_MAX_BYTES >= 64
HWY_INLINE Vec fold_sixteens(Vec a, Vec b) { return hn::Add(hn::ConcatUpperLower(kLanes, b, a), hn::ConcatLowerUpper(kLanes, b, a)); }
#endif

// Lane i of the result is the sum of the lanes of a[i]; a is used up.
HWY_INLINE Vec sums_of_lanes(Vec* a) {
#if HWY_MAX_BYTES >= 64
#pragma GCC unroll 8
  for (size_t i = 0; i < 8; ++i) a[i] = fold_sixteens(a[i], a[i + 8]);
#endif
#if HWY_MAX_BYTES >= 32
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) a[i] = fold_eights(a[i], a[i + 4]);
#endif
#if HWY_TARGET != HWY_SCALAR
  for (size_t i = 0; i < 2; ++i) a[i] = fold_fours(a[i], a[i + 2]);
  a[0] = fold_pairs(a[0], a[1]);
#endif
  return a[0];
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
