// Two vectors of elements at a time. A 32-bit lane of bf16 holds two elements, whose widening is a shift and a mask: so a pair of bf16
// vectors comes as the even elements and the odd ones, other types in order. Q and O are kept in the order of K's and V's pairs.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_PAIRS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_PAIRS_H
#undef RAPT_CPU_TILE_PAIRS_H
#else
#define RAPT_CPU_TILE_PAIRS_H
#endif

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

inline constexpr size_t kPair = 2 * kN;  // elements

// What was loaded before stays loaded, and what is fetched before is not gathered with what comes later into bursts, of which the processor
// drops a part. No atomic_signal_fence: compilers move prefetches across it.
HWY_INLINE void keep_order() { __asm__ volatile("" ::: "memory"); }

struct VecPair {
  Vec first, second;
};
template <class T>
HWY_INLINE VecPair load_pair(const T* p) {
  return {load(p), load(p + kN)};
}
HWY_INLINE VecPair load_pair(const hwy::bfloat16_t* p) {
  const hn::RebindToUnsigned<Lanes> bits;
  const auto both = hn::LoadU(bits, reinterpret_cast<const uint32_t*>(p));
  keep_order();  // else the compiler loads it for the shift and again for the mask: a line that is missing is then waited for twice
  return {hn::BitCast(kLanes, hn::ShiftLeft<16>(both)), hn::BitCast(kLanes, hn::And(both, hn::Set(bits, 0xFFFF0000u)))};
}

// The whole pairs of a row of n floats, from their own order to that of load_pair and back; what is left over stays.
HWY_INLINE void split_pairs(float* row, size_t n) {
  for (float* pair = row; pair + kPair <= row + n; pair += kPair) {
    float odd[kN];
    for (size_t i = 0; i < kN; ++i) {
      odd[i] = pair[2 * i + 1];
      pair[i] = pair[2 * i];
    }
    std::memcpy(pair + kN, odd, sizeof odd);
  }
}
HWY_INLINE void join_pairs(float* row, size_t n) {
  for (float* pair = row; pair + kPair <= row + n; pair += kPair) {
    float even[kN];
    std::memcpy(even, pair, sizeof even);
    for (size_t i = 0; i < kN; ++i) {
      pair[2 * i] = even[i];
      pair[2 * i + 1] = pair[kN + i];
    }
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
