// The online softmax of one row: running maximum and sum, scores turned to weights in place. (Milakov and Gimelshein 2018)
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_SOFTMAX_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_SOFTMAX_H
#undef RAPT_CPU_TILE_SOFTMAX_H
#else
#define RAPT_CPU_TILE_SOFTMAX_H
#endif

#include <atomic>

#include "cpu/tile/lane_sums.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// The greatest of n scores, in lanes; n a multiple of kN.
HWY_INLINE void take_maximum(const float* s, int64_t n, float* top) {
  Vec greatest = hn::Set(kLanes, kHidden);
  for (int64_t j = 0; j < n; j += static_cast<int64_t>(kN)) greatest = hn::Max(greatest, hn::LoadU(kLanes, s + j));
  hn::StoreU(fold_max(greatest), kTopTag, top);
}

inline constexpr int64_t kSoftmaxRows = 16;  // most rows of one update: a micro-tile, or a tile of decode

// Scores on their way to weights: rows of n, n a multiple of kN, kScoreStride apart.
struct Weights {
  float* s = nullptr;
  int64_t rows = 0, n = 0;
  float* row_sum = nullptr;                      // [rows][kSumLanes]
  alignas(64) float base[kSoftmaxRows] = {};     // what is subtracted from a row's scores
  alignas(64) float rescale[kSoftmaxRows] = {};  // what the row's old o and row_sum are worth now
};

// Sets base, rescale and the new row_max from the greatest scores of the rows, in lanes: tops [kSoftmaxRows] at top_place(). A row that has
// seen nothing keeps -inf and gets weights of 0: nothing is subtracted from -inf. All rows at once, so that none waits for the reduction of
// another; those past w.rows have tops of -inf and keep the row_max that they find.
HWY_INLINE void update_maxima(Weights& w, const float* tops, bool nats, float* row_max) {
  const Vec unit = hn::Set(kLanes, nats ? kLog2e : 1.0f);
  for (size_t r = 0; r < static_cast<size_t>(w.rows); r += kN) {
    Vec lanes[kTopLanes];
#pragma GCC unroll 8
    for (size_t i = 0; i < kTopLanes; ++i) lanes[i] = hn::Load(kLanes, tops + r * kTopLanes + i * kN);
    const Vec old = hn::LoadU(kLanes, row_max + r), now = hn::Max(fold_lanes<Maximum>(lanes), old);
    const Vec base = hn::IfThenElse(hn::Eq(now, hn::Set(kLanes, kHidden)), hn::Zero(kLanes), now);
    hn::StoreU(now, kLanes, row_max + r);
    hn::Store(base, kLanes, w.base + r);
    hn::Store(exp2(hn::Mul(hn::Sub(old, base), unit)), kLanes, w.rescale + r);
  }
}
HWY_INLINE void update_maxima(Weights& w, bool nats, float* row_max) {
  alignas(64) float tops[kSoftmaxRows * kTopLanes];
  for (float& top : tops) top = kHidden;
  for (int64_t r = 0; r < w.rows; ++r) take_maximum(w.s + r * kScoreStride, w.n, tops + top_place(static_cast<size_t>(r)));
  update_maxima(w, tops, nats, row_max);
}

// Turns scores to weights one or two vectors a step, row after row, so that another loop can call step() between its own operations. A row
// of words of weights begins where its scores began. The sums are of the weights before they are rounded to words: then lse is in f32 and
// the error of o is at most that of the weights, whereas rounded sums can double it.
template <class Word, bool kNats>
class Weigher {
 public:
  explicit Weigher(const Weights& w)
      : s_(w.s),
        words_(w.s),
        row_end_(w.s + w.n),
        end_(w.s + w.rows * kScoreStride),
        gap_(kScoreStride - w.n),
        row_sum_(w.row_sum),
        base_(w.base),
        rescale_(w.rescale) {
    begin_row();
  }
  bool done() const { return s_ == end_; }
  size_t steps() const {  // at the beginning
    const int64_t two = 2 * static_cast<int64_t>(kN);
    return static_cast<size_t>((end_ - s_) / kScoreStride * ((kScoreStride - gap_ + two - 1) / two));
  }

  HWY_INLINE void step() {
    const Vec base = hn::Set(kLanes, *base_);
    weigh(base);
    if (s_ != row_end_) weigh(base);
    if (s_ == row_end_) end_row();
  }
  HWY_INLINE void finish() {
    while (!done()) step();
  }

 private:
  HWY_INLINE void weigh(Vec base) {
    const Vec x = hn::LoadU(kLanes, s_), below = hn::Sub(x, base);
    const Vec p = Word::weight(kNats ? hn::Mul(below, hn::Set(kLanes, kLog2e)) : below);
    Word::store_weights(p, words_);
    // One exponential at a time: the compiler must not gather several at the price of registers.
    std::atomic_signal_fence(std::memory_order_acq_rel);
    s_ += kN;
    words_ += kN / Word::kValues;
    sums_[turn_] = hn::Add(sums_[turn_], p);
    if constexpr (kSums > 1) turn_ = (turn_ + 1) % kSums;  // short vectors take turns: no lane sums more keys than a long one's
  }
  HWY_INLINE void begin_row() {
    if (done()) return;
    for (size_t i = 0; i < kSums; ++i) sums_[i] = hn::Mul(hn::LoadU(kLanes, row_sum_ + i * kN), hn::Set(kLanes, *rescale_));
    turn_ = 0;
  }
  HWY_INLINE void end_row() {
    for (size_t i = 0; i < kSums; ++i) hn::StoreU(sums_[i], kLanes, row_sum_ + i * kN);
    s_ += gap_;
    words_ = s_;
    row_end_ += kScoreStride;
    row_sum_ += kSumLanes;
    ++base_;
    ++rescale_;
    begin_row();
  }

  float *s_, *words_, *row_end_, *end_;
  int64_t gap_;  // floats from the end of a row to the beginning of the next
  float* row_sum_;
  static constexpr size_t kSums = kSumLanes / kN;
  Vec sums_[kSums];  // of the row: in memory, a vector would wait for the one before to be stored
  size_t turn_ = 0;
  const float *base_, *rescale_;
};

template <class Word>
HWY_INLINE void weigh_all(const Weights& w, bool nats) {
  if (nats) {
    Weigher<Word, true>(w).finish();
  } else {
    Weigher<Word, false>(w).finish();
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
