// The same softmax for few rows against many keys: K and V are read in place, once for all rows of the group, in runs of keys.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/decode.cpp"
#include <hwy/foreach_target.h>
//
#include <utility>

#include "cpu/tile/accumulate_in_place.h"
#include "cpu/tile/f32_word.h"
#include "cpu/tile/kernels.h"
#include "cpu/tile/lone_row.h"
#include "cpu/tile/mask_and_bias.h"
#include "cpu/tile/rows.h"
#include "cpu/tile/score_in_place.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

void load_queries(const Tile& tile, Scratch& scratch) {
  const size_t head_dim = static_cast<size_t>(tile.call.problem.q.shape[3]);
  begin_rows(tile, tile.rows(), scratch);
  RowCursor at(tile);
  for (int64_t row = 0; row < tile.rows(); ++row, at.next()) {
    float* q = scratch.q + row * scratch.q_stride;
    widen_row_of(tile.call.problem.q.type, query_at(tile, at, 0), head_dim, q);
    if (tile.call.problem.k.type == RAPT_BF16) split_pairs(q, head_dim);
  }
}

// Keys of a run: the more, the less often the stream of memory waits for the softmax.
int64_t run_keys(const Tile& tile, int64_t keys) {
  static_assert(kRun <= kSoftmaxRows * kScoreStride);  // the only row has all of the buffer
  int64_t most = tile.rows() == 1 ? kRun : kBlock;
  while (most > kBlock / 4 && most / 2 >= keys) most /= 2;
  return most;
}

// From key `from` on: those before are scored already.
template <class Rows>
void score(const Tile& tile, const KeyRun& run, int64_t from, float factor, Scratch& scratch) {
  switch (tile.call.problem.k.type) {
    case RAPT_F16: return score_in_place<hwy::float16_t, Rows>(tile, run, from, factor, scratch);
    case RAPT_BF16: return score_in_place<hwy::bfloat16_t, Rows>(tile, run, from, factor, scratch);
    default: return score_in_place<float, Rows>(tile, run, from, factor, scratch);
  }
}

// Returns true if some row of the tile may not see some key of the run.
bool mask(const Tile& tile, const KeyRun& run, bool adjusted, Scratch& scratch) {
  const int64_t padded = round_up(run.keys(), static_cast<int64_t>(kN));
  bool hidden = adjusted || run.unmapped();
  for (int64_t r = 0; r < tile.rows(); ++r) {
    float* s = scratch.scores[0] + r * kScoreStride;
    const KeyRange seen = clip(scratch.visible[r], run.first(), run.first() + run.keys());
    hidden |= seen.end - seen.begin < run.keys();
    hide_outside(s, run.first(), padded, seen);
    if (adjusted) adjust_row(row_adjustment(tile, r), s + (seen.begin - run.first()), seen.begin, seen.end - seen.begin);
    if (run.unmapped()) hide_unmapped(tile, s, run.first(), seen);
  }
  return hidden;
}

// A lone row's weights in pieces, as a row of the Weigher is at most kBlock long.
void weigh(const Weights& all, bool nats) {
  Weights w = all;
  for (int64_t first = 0; first < all.n; first += kBlock) {
    w.s = all.s + first;
    w.n = HWY_MIN(all.n - first, kBlock);
    weigh_all<F32Word>(w, nats);
    w.rescale[0] = 1;
  }
}

// A lone row's values are accumulated beside the scores of its next keys: so both streams of memory flow all the time, which one alone does
// not fill. Returns how many of each: the rest is done as for other rows.
template <class Rows>
int64_t accumulate_beside(const Tile& tile, const KeyRun& run, float factor, const float* rescale, Scratch& scratch) {
  const rapt_type type = tile.call.problem.v.type;
  if (tile.rows() > 1 || tile.call.problem.k.type != type) return 0;
  switch (type) {
    case RAPT_F16: return accumulate_and_score_next<hwy::float16_t, Rows>(tile, run, factor, rescale, scratch);
    case RAPT_BF16: return accumulate_and_score_next<hwy::bfloat16_t, Rows>(tile, run, factor, rescale, scratch);
    default: return accumulate_and_score_next<float, Rows>(tile, run, factor, rescale, scratch);
  }
}

// From key `from` on.
template <class Rows>
void accumulate(const Tile& tile, const KeyRun& run, int64_t from, bool hidden, const float* rescale, Scratch& scratch) {
  switch (tile.call.problem.v.type) {
    case RAPT_F16: return accumulate_in_place<hwy::float16_t, Rows>(tile, run, from, hidden, rescale, scratch);
    case RAPT_BF16: return accumulate_in_place<hwy::bfloat16_t, Rows>(tile, run, from, hidden, rescale, scratch);
    default: return accumulate_in_place<float, Rows>(tile, run, from, hidden, rescale, scratch);
  }
}

// So many keys of the run are scored already, in scratch.scores[0]; returns how many of the next are.
template <class Rows>
int64_t attend(const Tile& tile, const KeyRun& run, int64_t scored, float factor, bool nats, Scratch& scratch) {
  score<Rows>(tile, run, scored, factor, scratch);     // score
  const bool hidden = mask(tile, run, nats, scratch);  // mask
  Weights w{scratch.scores[0], tile.rows(), round_up(run.keys(), static_cast<int64_t>(kN)), scratch.row_sum};
  update_maxima(w, nats, scratch.row_max);  // softmax
  weigh(w, nats);
  const int64_t done = hidden ? 0 : accumulate_beside<Rows>(tile, run, factor, w.rescale, scratch);  // accumulate
  accumulate<Rows>(tile, run, done, hidden, w.rescale, scratch);
  if (done > 0) std::swap(scratch.scores[0], scratch.scores[1]);
  return done;
}

// o in order, as others read it.
void finish_rows(const Tile& tile, Scratch& scratch) {
  if (tile.call.problem.v.type != RAPT_BF16) return;
  for (int64_t row = 0; row < tile.rows(); ++row)
    join_pairs(scratch.o + row * scratch.o_stride, static_cast<size_t>(tile.call.problem.v.shape[3]));
}

}  // namespace

void decode(const Tile& tile, Scratch& scratch) {
  const bool nats = scores_are_nats(tile.call.problem);
  const float factor = score_factor(tile.call.problem);
  load_queries(tile, scratch);  // load

  const int64_t begin = scratch.visible[0].begin, end = scratch.visible[tile.rows() - 1].end;
  if (begin >= end) return;
  int64_t scored = 0;
  for (KeyRun run(tile, scratch.zeros, begin, end, run_keys(tile, end - begin));; run.advance()) {
    if (run.even()) {
      scored = attend<EvenRows>(tile, run, scored, factor, nats, scratch);
    } else {
      scored = attend<ListedRows>(tile, run, scored, factor, nats, scratch);
    }
    if (run.is_last()) break;
  }
  finish_rows(tile, scratch);
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
