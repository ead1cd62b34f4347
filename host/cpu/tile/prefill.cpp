// o, row_max, row_sum = online softmax over packed blocks of keys, for one tile of rows.  (Dao 2023, FlashAttention-2, Alg. 1)
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/prefill.cpp"
#include <hwy/foreach_target.h>
//
#include "cpu/tile/kernels.h"
#include "cpu/tile/micro_kernel.h"
#include "cpu/tile/rows.h"
#include "cpu/tile/mask_and_bias.h"
#include "cpu/tile/softmax.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

// The part of a block that some row of a micro-tile may see: keys [begin, end) from the block's first.
struct Span {
  int64_t begin, end;
  size_t panel_begin() const { return static_cast<size_t>(begin) / kPanel; }
  size_t panel_end() const { return (static_cast<size_t>(end) + kPanel - 1) / kPanel; }
  int64_t scores_begin() const { return static_cast<int64_t>(panel_begin() * kPanel); }
  int64_t scores_end() const { return round_up(end, static_cast<int64_t>(kN)); }
};

// kRows rows of the tile against one block. Visible ranges move up with the row, so the first and the last row bound them all.
struct MicroTile {
  const Tile& tile;
  const Packed& packed;
  Scratch& scratch;
  int64_t row, rows;  // its first row in the tile, and how many of kRows are real
  int64_t block;      // of packed
  int64_t first_key() const { return packed.first_key() + block * kBlock; }
  KeyRange visible(int64_t r) const { return scratch.visible[row + r]; }
  Span span() const { return {HWY_MAX(visible(0).begin - first_key(), 0), HWY_MIN(visible(rows - 1).end - first_key(), kBlock)}; }
};

void score(const MicroTile& t, const Span& span, float factor) {
  const size_t head_dim = static_cast<size_t>(t.tile.call.problem.q.shape[3]), q_stride = static_cast<size_t>(t.scratch.q_stride);
  const float* q = t.scratch.q + t.row * t.scratch.q_stride;
  const float* k = t.packed.k + t.block * kBlock * static_cast<int64_t>(head_dim);
  for (size_t panel = span.panel_begin(); panel < span.panel_end(); ++panel) {
    const size_t key = panel * kPanel;
    const bool half = static_cast<size_t>(span.end) - key <= kN;  // the last panel may need its first vector alone
    (half ? score_panel<1> : score_panel<kVectors>)(q, q_stride, k + key * head_dim, head_dim, factor, t.scratch.scores + key);
  }
}

void mask(const MicroTile& t, const Span& span, bool adjusted) {
  const int64_t first = t.first_key() + span.scores_begin(), n = span.scores_end() - span.scores_begin();
  const bool unmapped = (t.packed.flags[t.block] & kBlockUnmapped) != 0;
  for (int64_t r = 0; r < t.rows; ++r) {
    float* s = t.scratch.scores + r * kScoreStride + span.scores_begin();
    const KeyRange seen = t.visible(r);
    if (seen.begin > first || seen.end < first + n) hide_outside(s, first, n, seen);
    if (adjusted) {
      const KeyRange here = clip(seen, first, first + n);
      adjust_row(row_adjustment(t.tile, t.row + r), s + (here.begin - first), here.begin, here.end - here.begin);
    }
    if (unmapped) hide_unmapped(t.tile, s, first, clip(seen, first, first + n));
  }
}

void softmax(const MicroTile& t, const Span& span, bool mark_hidden, float* rescale) {
  const int64_t n = span.scores_end() - span.scores_begin();
  (mark_hidden ? softmax_rows<true> : softmax_rows<false>)(t.scratch.scores + span.scores_begin(), t.rows, n, t.scratch.row_max + t.row,
                                                           t.scratch.row_sum + t.row * kSumLanes, rescale);
}

void accumulate(const MicroTile& t, const Span& span, const float* rescale) {
  const size_t columns = static_cast<size_t>(round_up(t.tile.call.problem.v.shape[3], static_cast<int64_t>(kN)));
  const float* v = t.packed.v + t.block * kBlock * round_up(static_cast<int64_t>(columns), static_cast<int64_t>(kPanel));
  float* o = t.scratch.o + t.row * t.scratch.o_stride;
  const float* p = t.scratch.scores + span.begin;
  const size_t keys = static_cast<size_t>(span.end - span.begin), o_stride = static_cast<size_t>(t.scratch.o_stride);
  for (size_t column = 0; column < columns; column += kPanel) {
    const float* strip = v + column * kBlock + span.begin * static_cast<int64_t>(kPanel);
    (columns - column <= kN ? accumulate_panel<1> : accumulate_panel<kVectors>)(p, strip, keys, rescale, o + column, o_stride);
  }
}

// As accumulate(), stepping around hidden keys one by one: their values may be NaN or inf, which a weight of 0 does not silence.
void accumulate_around_hidden(const MicroTile& t, const Span& span, const float* rescale) {
  const int64_t columns = round_up(t.tile.call.problem.v.shape[3], static_cast<int64_t>(kN));
  const float* v = t.packed.v + t.block * kBlock * round_up(columns, static_cast<int64_t>(kPanel));
  for (int64_t r = 0; r < t.rows; ++r) {
    float* o = t.scratch.o + (t.row + r) * t.scratch.o_stride;
    const float* p = t.scratch.scores + r * kScoreStride;
    for (int64_t d = 0; d < columns; d += static_cast<int64_t>(kN)) {
      const int64_t strip = d / static_cast<int64_t>(kPanel) * kBlock * static_cast<int64_t>(kPanel) + d % static_cast<int64_t>(kPanel);
      Vec sum = hn::Zero(kLanes);
      for (int64_t j = span.begin; j < span.end; ++j) {
        if (is_hidden_weight(p[j])) continue;
        sum = hn::MulAdd(hn::Set(kLanes, p[j]), hn::Load(kLanes, v + strip + j * static_cast<int64_t>(kPanel)), sum);
      }
      hn::Store(hn::MulAdd(hn::Set(kLanes, rescale[r]), hn::Load(kLanes, o + d), sum), kLanes, o + d);
    }
  }
}

}  // namespace

void prefill(const Tile& tile, const Packed& packed, Scratch& scratch) {
  const bool adjusted = scores_are_adjusted(tile.call.problem);
  const float factor = static_cast<float>(tile.call.problem.scale);
  load_queries(tile, round_up(tile.rows(), static_cast<int64_t>(kRows)), scratch);  // load

  const int64_t first = packed.first_key(), last = tile.key_end - first;
  for (int64_t block = (tile.key_begin - first) / kBlock; block * kBlock < last; ++block) {
    for (int64_t row = 0; row < tile.rows(); row += static_cast<int64_t>(kRows)) {
      const MicroTile t{tile, packed, scratch, row, HWY_MIN(static_cast<int64_t>(kRows), tile.rows() - row), block};
      const Span span = t.span();
      if (span.begin >= span.end) continue;
      float rescale[kRows] = {};
      score(t, span, factor);   // score
      mask(t, span, adjusted);  // mask
      const bool around_hidden = (packed.flags[block] & kBlockNonFinite) != 0;
      softmax(t, span, around_hidden, rescale);                                   // softmax
      (around_hidden ? accumulate_around_hidden : accumulate)(t, span, rescale);  // accumulate
    }
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
