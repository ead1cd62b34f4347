// o, row_max, row_sum = online softmax over packed blocks of keys, for one tile of rows.  (Dao 2023, FlashAttention-2, Alg. 1)
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/prefill.cpp"
#include <hwy/foreach_target.h>
//
#include <utility>

#include "cpu/tile/bf16_word.h"
#include "cpu/tile/f32_word.h"
#include "cpu/tile/kernels.h"
#include "cpu/tile/micro_tile.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

// Rows past the tile's are 0, up to whole micro-tiles.
template <class Word>
void load_queries(const Tile& tile, Scratch& scratch) {
  const size_t head_dim = static_cast<size_t>(tile.call.problem.q.shape[3]);
  const int64_t rows = padded_rows(tile.rows());
  begin_rows(tile, rows, scratch);
  for (size_t d = 0; d < head_dim; d += kChain) {
    float* part = scratch.q + static_cast<int64_t>(d / kChain) * rows * static_cast<int64_t>(kPartStride<Word>);
    RowCursor at(tile);
    for (int64_t row = 0; row < rows; ++row, at.next()) {
      float* to = part + row * static_cast<int64_t>(kPartStride<Word>);
      if (row < tile.rows()) {
        Word::load_query(tile.call.problem.q.type, query_at(tile, at, d), HWY_MIN(kChain, head_dim - d), to);
      } else {
        for (size_t i = 0; i < kChainWords<Word>; i += kN) hn::StoreU(hn::Zero(kLanes), kLanes, to + i);
      }
    }
  }
}

// A job that fetches some lines beside each of its steps, and then goes on fetching.
template <class Job>
class Fetching {
 public:
  Fetching(const Weights& weights, Fetch& fetch) : job_(weights), fetch_(&fetch) {}
  bool done() const { return job_.done() && fetch_->done(); }
  size_t steps() const { return job_.steps(); }
  HWY_INLINE void step() {
    if (!job_.done()) job_.step();
    fetch_->step();
  }
  HWY_INLINE void finish() {
    while (!job_.done()) step();
  }

 private:
  Job job_;
  Fetch* fetch_;
};

template <class Word, bool kNats>
void weigh_as(const MicroTile& t) {
  if (kManyRegisters || t.scratch.fetch.done()) return Weigher<Word, kNats>(t.weights).finish();
  Fetching<Weigher<Word, kNats>>(t.weights, t.scratch.fetch).finish();
}
template <class Word>
void weigh(const MicroTile& t, bool nats) {
  (nats ? weigh_as<Word, true> : weigh_as<Word, false>)(t);
}

// Scores `now` while the scores of `before` become weights: together where registers suffice and the scores are plain.
template <class Word>
void score_and_weigh(MicroTile& now, const MicroTile& before, float factor, bool nats) {
  using Plain = Weigher<Word, false>;
  const bool together = kManyRegisters && !nats && before.is_scored();
  if (before.is_scored() && !together) weigh<Word>(before, nats);
  const Weights nothing;
  const Weights& weights = together ? before.weights : nothing;
  Fetch& fetch = now.scratch.fetch;
  if (!kManyRegisters || fetch.done()) return score<Word>(now, factor, Plain(weights));  // a step costs a little even then
  score<Word>(now, factor, Fetching<Plain>(weights, fetch));
}

// Steps of fetching that the tile will take for these keys, about: beside each four words that a micro-tile multiplies, or beside each two
// vectors of weights.
template <class Word>
int64_t fetching_steps(const Tile& tile, KeyRange keys, const Scratch& scratch) {
  int64_t weights = 0, seen_by_all = 0;
  for (int64_t row = 0, rows; row < tile.rows(); row += rows) {
    rows = rows_at(row, tile.rows());
    const int64_t last = HWY_MIN(row + rows, tile.rows()) - 1;
    const KeyRange seen = clip({scratch.visible[row].begin, scratch.visible[last].end}, keys.begin, keys.end);
    seen_by_all += seen.end - seen.begin;
    weights += rows * (seen.end - seen.begin);
  }
  if (!kManyRegisters) return weights / static_cast<int64_t>(2 * kN);
  const rapt_problem& p = tile.call.problem;
  return seen_by_all * (p.q.shape[3] + p.v.shape[3]) / static_cast<int64_t>(4 * kPanel * Word::kValues);
}

// While a block is computed, the next one is fetched if it has to be packed, and beside the last what comes after the tile.
template <class Word>
void fetch_ahead(const Tile& tile, const Packed& packed, int64_t block, Scratch& scratch) {
  const int64_t first = packed.first_key() + block * kBlock, next = first + kBlock;
  scratch.fetch.clear();
  if (next >= scratch.visible[tile.rows() - 1].end) {
    scratch.fetch = scratch.after;
  } else if ((packed.flags[block + 1] & kBlockKeysPacked) == 0) {
    const KeyRange keys{HWY_MAX(next, packed.begin_key), HWY_MIN(next + kBlock, packed.end_key)};
    fetch_keys(tile.call, tile.sequence, tile.head_kv, keys, false, scratch);
  }
  scratch.fetch.spread(fetching_steps<Word>(tile, {first, next}, scratch));
}

// K or V of a block, unless they are packed.
template <class Word>
void load_keys(const MicroTile& t) {
  if (!t.has(kBlockKeysPacked)) pack_block_keys<Word>(t.tile.call, t.tile.sequence, t.tile.head_kv, t.block, t.packed, t.scratch);
}
template <class Word>
void load_values(const MicroTile& t) {
  if (!t.has(kBlockValuesPacked)) pack_block_values<Word>(t.tile.call, t.tile.sequence, t.tile.head_kv, t.block, t.packed, t.scratch);
}

// Sums of weights in units of 1.
template <class Word>
void end_rows(int64_t rows, Scratch& scratch) {
  if constexpr (Word::kWeightUnit != 1)
    for (int64_t i = 0; i < rows * static_cast<int64_t>(kSumLanes); ++i) scratch.row_sum[i] /= Word::kWeightUnit;
}

template <class Word>
void prefill_as(const Tile& tile, const Packed& packed, Scratch& scratch) {
  const bool nats = scores_are_nats(tile.call.problem);
  const float factor = score_factor(tile.call.problem);
  load_queries<Word>(tile, scratch);  // load

  MicroTile micro_tiles[2] = {{tile, packed, scratch, scratch.scores[0]}, {tile, packed, scratch, scratch.scores[1]}};
  MicroTile *now = &micro_tiles[0], *before = &micro_tiles[1];
  const int64_t first = packed.first_key(), end = scratch.visible[tile.rows() - 1].end;
  for (int64_t block = (scratch.visible[0].begin - first) / kBlock; first + block * kBlock < end; ++block) {
    fetch_ahead<Word>(tile, packed, block, scratch);
    for (int64_t row = 0; row < tile.rows(); row += rows_at(row, tile.rows())) {
      if (!now->move_to(block, row)) continue;
      load_keys<Word>(*now);
      score_and_weigh<Word>(*now, *before, factor, nats);                              // score; softmax of the one before
      if (before->is_scored()) load_values<Word>(*before), accumulate<Word>(*before);  // accumulate the one before
      mask(*now, nats);                                                                // mask
      take_maxima(*now, nats);
      std::swap(now, before);
    }
  }
  if (!before->is_scored()) return;
  weigh<Word>(*before, nats);
  load_values<Word>(*before);
  accumulate<Word>(*before);
  end_rows<Word>(tile.rows(), scratch);
}

}  // namespace

void prefill(const Tile& tile, const Packed& packed, Scratch& scratch) { prefill_as<F32Word>(tile, packed, scratch); }
#if RAPT_CPU_BF16_DOT
void prefill_bf16(const Tile& tile, const Packed& packed, Scratch& scratch) { prefill_as<Bf16Word>(tile, packed, scratch); }
#endif

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
