// Sums, or maxima, of the lanes of many vectors at once: a transposition whose steps add, about three operations a vector.
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

struct Sum {
  static HWY_INLINE Vec of(Vec a, Vec b) { return hn::Add(a, b); }
};
struct Maximum {
  static HWY_INLINE Vec of(Vec a, Vec b) { return hn::Max(a, b); }
};

// fold_*(a, b) adds the halves of a group of lanes: the lower half of each group is then a's sum of both, the upper half b's. Each is a
// blend and one permutation: blends run on every port, permutations on few.
#if HWY_TARGET != HWY_SCALAR
template <class Op>
HWY_INLINE Vec fold_pairs(Vec a, Vec b) {
  return Op::of(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b)));
}
template <class Op>
HWY_INLINE Vec fold_fours(Vec a, Vec b) {
  const hn::RepartitionToWide<Lanes> twos;
  const Vec blend = hn::BitCast(kLanes, hn::OddEven(hn::BitCast(twos, b), hn::BitCast(twos, a)));
  return Op::of(blend, hn::CombineShiftRightBytes<8>(kLanes, b, a));
}
#endif
#if HWY_MAX_BYTES >= 32
template <class Op>
HWY_INLINE Vec fold_eights(Vec a, Vec b) {
  return Op::of(hn::OddEvenBlocks(b, a), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(a, b)));
}
#endif
#if HWY_MAX_BYTES >= 64
HWY_INLINE Vec fold_sixteens(Vec a, Vec b) { return hn::Add(hn::ConcatUpperLower(kLanes, b, a), hn::ConcatLowerUpper(kLanes, b, a)); }
#endif

// Lane i of the result is the sum of the lanes of a[i]; a is used up. Of vectors of 16 lanes there are 8: the lower half of a[i] is summed
// in lane i, the upper in lane i + 8.
template <class Op>
HWY_INLINE Vec fold_lanes(Vec* a) {
#if HWY_MAX_BYTES >= 32
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) a[i] = fold_eights<Op>(a[i], a[i + 4]);
#endif
#if HWY_TARGET != HWY_SCALAR
  for (size_t i = 0; i < 2; ++i) a[i] = fold_fours<Op>(a[i], a[i + 2]);
  a[0] = fold_pairs<Op>(a[0], a[1]);
#endif
  return a[0];
}

// Lane i of the result is the sum of the lanes of a[i]; a is used up.
HWY_INLINE Vec sums_of_lanes(Vec* a) {
#if HWY_MAX_BYTES >= 64
#pragma GCC unroll 8
  for (size_t i = 0; i < 8; ++i) a[i] = fold_sixteens(a[i], a[i + 8]);
#endif
  return fold_lanes<Sum>(a);
}

// sums_of<kCount>: lane i of the result is the sum of the lanes of a[i], of kN vectors or kFew: as many as a block of lanes has sums for.
#if HWY_TARGET == HWY_SCALAR
inline constexpr size_t kFew = 1;
template <size_t kCount>
HWY_INLINE Vec sums_of(Vec* a) {
  return a[0];
}
#else
inline constexpr size_t kFew = 4;
template <class D>
HWY_INLINE hn::Vec<hn::CappedTag<float, kFew> > add_blocks(D d, hn::Vec<D> x) {
  if constexpr (hn::MaxLanes(d) == kFew) {
    return x;
  } else {
    const hn::Half<D> half;
    return add_blocks(half, hn::Add(hn::LowerHalf(half, x), hn::UpperHalf(half, x)));
  }
}
template <size_t kCount>
HWY_INLINE hn::Vec<hn::CappedTag<float, kCount> > sums_of(Vec* a) {
  if constexpr (kCount == kN) {
    return sums_of_lanes(a);
  } else {
    static_assert(kCount == kFew);
    for (size_t i = 0; i < 2; ++i) a[i] = fold_fours<Sum>(a[i], a[i + 2]);
    return add_blocks(kLanes, fold_pairs<Sum>(a[0], a[1]));
  }
}
#endif

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
