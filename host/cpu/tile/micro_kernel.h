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

template <size_t kTall, size_t kWide>
HWY_INLINE void clear(Vec (&c)[kTall][kWide]) {
#pragma GCC unroll 16
  for (size_t r = 0; r < kTall; ++r)
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) c[r][j] = hn::Zero(kLanes);
}

// c[r][j] += sum_k a[r * kStride + k] * b[k * kPanel + j * kN ..], in words; a [kTall][depth], b [depth][kPanel], aligned. The stride is a
// constant so that one register addresses all rows of a. The sum is in the order of k, whatever the rows beside it: no row's bits depend
// on kTall.
template <class Word, size_t kStride, size_t kTall, size_t kWide>
HWY_INLINE void multiply(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t depth, Vec (&c)[kTall][kWide]) {
#pragma GCC unroll 2
  for (size_t k = 0; k < depth; ++k, b += kPanel) {
    Vec row[kWide];
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) row[j] = hn::Load(kLanes, b + j * kN);
#pragma GCC unroll 16
    for (size_t r = 0; r < kTall; ++r) {
      const Vec broadcast = hn::Set(kLanes, a[r * kStride + k]);
#pragma GCC unroll 4
      for (size_t j = 0; j < kWide; ++j) c[r][j] = Word::multiply_add(broadcast, row[j], c[r][j]);
    }
  }
}

// Where the scores of a panel go, times `factor`: rows of kScoreStride floats; and the maxima of rows, [kTall][kTopLanes].
struct Scores {
  float* s;
  float factor;
  float* tops;
};

// The scores, or one part of their sum: parts but the first are added to what is there.
template <size_t kTall, size_t kWide>
HWY_INLINE void store_scores(Vec (&c)[kTall][kWide], const Scores scores, bool first, bool last) {
  float* const s = scores.s;
  float* const tops = scores.tops;
  const Vec factor = hn::Set(kLanes, scores.factor);
#pragma GCC unroll 16
  for (size_t r = 0; r < kTall; ++r) {
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) {
      float* place = s + r * kScoreStride + j * kN;
      c[r][j] = first ? hn::Mul(c[r][j], factor) : hn::MulAdd(c[r][j], factor, hn::Load(kLanes, place));
      hn::Store(c[r][j], kLanes, place);
    }
    if (last) {
      float* top = tops + top_place(r);
      const Vec greatest = kWide == 2 ? hn::Max(c[r][0], c[r][kWide - 1]) : c[r][0];
      hn::Store(hn::Max(fold_max(greatest), hn::Load(kTopTag, top)), kTopTag, top);
    }
  }
}

// Words in a chain of additions, and between the rows of a part of Q.
template <class Word>
inline constexpr size_t kChainWords = kChain / Word::kValues;
template <class Word>
inline constexpr size_t kPartStride = kChainWords<Word> + kChainStride - kChain;

// A micro-tile of Q in parts of kChain columns, `part` words apart, each [kTall][kPartStride].
struct Queries {
  const float* q;
  size_t part, words;  // words: of a row
};

// scores[r][0 .. panels * kWide * kN) = factor * (q k^T), and their maxima, with other work in the shadow of the multiplications:
// job.step() after every kEvery words, while there are any steps. A constant, and unrolled: the ends of short loops cost several points.
template <class Word, size_t kTall, size_t kWide, size_t kEvery, class Job>
HWY_NOINLINE void score_panels(const Queries queries, const float* k_panel, Scores scores, size_t panels, Job job) {
  for (; panels > 0; --panels, k_panel += queries.words * kPanel, scores.s += kPanel) {
    const float* q = queries.q;
    for (size_t at = 0; at < queries.words; at += kChainWords<Word>, q += queries.part) {
      Vec c[kTall][kWide];
      clear(c);
      const float* k_part = k_panel + at * kPanel;
      const size_t depth = HWY_MIN(kChainWords<Word>, queries.words - at);
      size_t k = 0;
      for (; k + kEvery <= depth && !job.done(); k += kEvery) {
#pragma GCC unroll 4
        for (size_t i = k; i < k + kEvery; ++i) multiply<Word, kPartStride<Word>>(q + i, k_part + i * kPanel, 1, c);
        job.step();
      }
      multiply<Word, kPartStride<Word>>(q + k, k_part + k * kPanel, depth - k, c);
      store_scores(c, scores, at == 0, at + kChainWords<Word> >= queries.words);
    }
  }
  job.finish();
}

// No other work.
struct Idle {
  static bool done() { return true; }
  static void step() {}
  static void finish() {}
};

// o[r][0 .. kWide * kN) = rescale[r] * o + p v, for so many words of keys, with a job beside the multiplications as above.
template <class Word, size_t kTall, size_t kWide, class Job>
HWY_NOINLINE void accumulate_panel(const float* p, const float* v_panel, size_t words, const float* rescale, float* o, size_t o_stride,
                                   Job job) {
  constexpr size_t kEvery = 4;
  Vec c[kTall][kWide];
  clear(c);
  size_t k = 0;
  for (; k + kEvery <= words && !job.done(); k += kEvery) {
#pragma GCC unroll 4
    for (size_t i = k; i < k + kEvery; ++i) multiply<Word, kScoreStride>(p + i, v_panel + i * kPanel, 1, c);
    job.step();
  }
  multiply<Word, kScoreStride>(p + k, v_panel + k * kPanel, words - k, c);
#pragma GCC unroll 16
  for (size_t r = 0; r < kTall; ++r) {
    const Vec old = hn::Set(kLanes, rescale[r]);
#pragma GCC unroll 4
    for (size_t j = 0; j < kWide; ++j) {
      float* place = o + r * o_stride + j * kN;
      Vec sum = c[r][j];
      if constexpr (Word::kWeightUnit != 1) sum = hn::Mul(sum, hn::Set(kLanes, 1 / Word::kWeightUnit));
      hn::Store(hn::MulAdd(old, hn::Load(kLanes, place), sum), kLanes, place);
    }
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
