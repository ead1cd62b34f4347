// A micro-tile: kRows rows of a tile against one block of packed keys, and its verbs: score, mask, weigh, accumulate.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_MICRO_TILE_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_MICRO_TILE_H
#undef RAPT_CPU_TILE_MICRO_TILE_H
#else
#define RAPT_CPU_TILE_MICRO_TILE_H
#endif

#include "cpu/tile/mask_and_bias.h"
#include "cpu/tile/micro_kernel.h"
#include "cpu/tile/rows.h"
#include "cpu/tile/softmax.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// Visible ranges move up with the row, so the first and the last row bound the keys [begin, end) of the block that some row may see.
struct MicroTile {
  const Tile& tile;
  const Packed& packed;
  Scratch& scratch;
  float* scores;               // [kRows][kScoreStride], column = key of the block
  int64_t row = 0, block = 0;  // its first row in the tile; of packed
  int64_t begin = 0, end = 0;
  Weights weights = {};

  int64_t rows() const { return HWY_MIN(static_cast<int64_t>(kRows), tile.rows() - row); }
  int64_t first_key() const { return packed.first_key() + block * kBlock; }
  int64_t scores_begin() const { return begin / static_cast<int64_t>(kPanel) * static_cast<int64_t>(kPanel); }
  int64_t scores_end() const { return round_up(end, static_cast<int64_t>(kN)); }
  bool is_scored() const { return weights.rows > 0; }
  bool holds_non_finite() const { return (packed.flags[block] & kBlockNonFinite) != 0; }

  // False if no row sees any key of the block.
  bool move_to(int64_t to_block, int64_t to_row) {
    block = to_block;
    row = to_row;
    begin = HWY_MAX(scratch.visible[row].begin - first_key(), 0);
    end = HWY_MIN(scratch.visible[row + rows() - 1].end - first_key(), kBlock);
    return begin < end;
  }
};

// Scores, with the steps of a job in the shadow of the multiplications (Weigher, of the micro-tile before).
template <class Job>
HWY_INLINE void score(const MicroTile& t, float factor, Job& job) {
  const size_t head_dim = static_cast<size_t>(t.tile.call.problem.q.shape[3]), end = static_cast<size_t>(t.end);
  const size_t part = static_cast<size_t>(round_up(t.tile.rows(), static_cast<int64_t>(kRows))) * kChainStride;
  const Queries q{t.scratch.q + t.row * static_cast<int64_t>(kChainStride), part, head_dim};
  const float* k = t.packed.k + t.block * kBlock * static_cast<int64_t>(head_dim);
  const size_t columns = static_cast<size_t>(t.scores_end() - t.scores_begin()) / kPanel * head_dim;
  const size_t every = HWY_MAX(columns / HWY_MAX(job.steps(), size_t{1}), 4);
  for (size_t key = static_cast<size_t>(t.scores_begin()); key < end; key += kPanel) {
    const float* panel = k + key * head_dim;
    if (end - key <= kN) {  // the last panel may need its first vector alone
      score_panel<1>(q, panel, factor, t.scores + key);
    } else if (job.done()) {
      score_panel<kVectors>(q, panel, factor, t.scores + key);
    } else {
      score_panel_beside(q, panel, factor, t.scores + key, every, job);
    }
  }
}

HWY_INLINE void mask(const MicroTile& t, bool nats) {
  const int64_t first = t.first_key() + t.scores_begin(), n = t.scores_end() - t.scores_begin();
  const bool unmapped = (t.packed.flags[t.block] & kBlockUnmapped) != 0;
  for (int64_t r = 0; r < t.rows(); ++r) {
    float* s = t.scores + r * kScoreStride + t.scores_begin();
    const KeyRange seen = t.scratch.visible[t.row + r], here = clip(seen, first, first + n);
    if (seen.begin > first || seen.end < first + n) hide_outside(s, first, n, seen);
    if (nats) adjust_row(row_adjustment(t.tile, t.row + r), s + (here.begin - first), here.begin, here.end - here.begin);
    if (unmapped) hide_unmapped(t.tile, s, first, here);
  }
}

// The new maxima; from here on the scores wait to be weighed.
HWY_INLINE void take_maxima(MicroTile& t, bool nats) {
  t.weights.s = t.scores + t.scores_begin();
  t.weights.rows = t.rows();
  t.weights.n = t.scores_end() - t.scores_begin();
  t.weights.row_sum = t.scratch.row_sum + t.row * static_cast<int64_t>(kSumLanes);
  update_maxima(t.weights, nats, t.scratch.row_max + t.row);
}

// V of the block for columns d .. of the strip that holds them.
HWY_INLINE const float* v_strip(const MicroTile& t, int64_t d) {
  const int64_t panel = static_cast<int64_t>(kPanel), head_dim_v = t.tile.call.problem.v.shape[3];
  return t.packed.v + t.block * kBlock * round_up(head_dim_v, panel) + d / panel * kBlock * panel + d % panel;
}

// Hidden keys are stepped around one by one: their values may be NaN or inf, which a weight of 0 does not silence.
inline void accumulate_around_hidden(const MicroTile& t) {
  for (int64_t r = 0; r < t.rows(); ++r) {
    const float* p = t.scores + r * kScoreStride;
    for (int64_t d = 0; d < t.tile.call.problem.v.shape[3]; d += static_cast<int64_t>(kN)) {
      float* o = t.scratch.o + (t.row + r) * t.scratch.o_stride + d;
      const float* v = v_strip(t, d);
      Vec sum = hn::Zero(kLanes);
      for (int64_t j = t.begin; j < t.end; ++j) {
        if (is_hidden_weight(p[j])) continue;
        sum = hn::MulAdd(hn::Set(kLanes, p[j]), hn::Load(kLanes, v + j * static_cast<int64_t>(kPanel)), sum);
      }
      hn::Store(hn::MulAdd(hn::Set(kLanes, t.weights.rescale[r]), hn::Load(kLanes, o), sum), kLanes, o);
    }
  }
}

HWY_INLINE void accumulate(const MicroTile& t) {
  if (t.holds_non_finite()) return accumulate_around_hidden(t);
  const int64_t columns = round_up(t.tile.call.problem.v.shape[3], static_cast<int64_t>(kN));
  const size_t keys = static_cast<size_t>(t.end - t.begin), o_stride = static_cast<size_t>(t.scratch.o_stride);
  for (int64_t d = 0; d < columns; d += static_cast<int64_t>(kPanel)) {
    const float* v = v_strip(t, d) + t.begin * static_cast<int64_t>(kPanel);
    float* o = t.scratch.o + t.row * t.scratch.o_stride + d;
    const bool half = columns - d <= static_cast<int64_t>(kN);
    (half ? accumulate_panel<1> : accumulate_panel<kVectors>)(t.scores + t.begin, v, keys, t.weights.rescale, o, o_stride);
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
