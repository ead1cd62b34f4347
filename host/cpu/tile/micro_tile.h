// A micro-tile: kRows rows of a tile, or fewer at its end, against one block of packed keys, and its verbs: score, mask, weigh, accumulate.
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

// Rows of the micro-tile that begins at a row of a tile of so many, an even number: the last one's padding is one row, of 1 and 2 rows 3
// and 2. With fewer than 4 x kVectors sums the multiplications wait for each other. As tiles begin at multiples of kLeastTileRows and end
// there or with their unit, micro-tiles hold the same rows of a unit however it is cut: the sums of a row's weights depend on its first
// key.
inline constexpr size_t kLeastRows = 4;
static_assert(kLeastTileRows % kRows == 0 && kRows > kLeastRows);
constexpr int64_t rows_at(int64_t row, int64_t tile_rows) {
  constexpr int64_t most = kRows, least = kLeastRows;
  const int64_t left = tile_rows - row;
  if (left <= most) return HWY_MAX(round_up(left, 2), least);
  return left <= 2 * least && row % kLeastTileRows == 0 ? least : most;
}
constexpr int64_t padded_rows(int64_t rows) {  // the sum of these
  const int64_t end = rows % kLeastTileRows;
  return end == 0 ? rows : rows - end + HWY_MAX(round_up(end, 2), static_cast<int64_t>(kLeastRows));
}

// Calls body<rows>().
template <size_t kTall = kRows, class Body>
HWY_INLINE void with_rows(size_t rows, const Body& body) {
  if constexpr (kTall > kLeastRows) {
    if (rows < kTall) return with_rows<kTall - 2>(rows, body);
  }
  body.template operator()<kTall>();
}

// Where registers suffice, weights and fetches go beside the multiplications. Else fetches go beside the weights, both by themselves.
inline constexpr bool kManyRegisters = kRows >= 12;

// Visible ranges move up with the row, so the first and the last row bound the keys [begin, end) of the block that some row may see.
struct MicroTile {
  const Tile& tile;
  const Packed& packed;
  Scratch& scratch;
  float* scores;               // [padded][kScoreStride], column = key of the block
  int64_t row = 0, block = 0;  // its first row in the tile; of packed
  int64_t padded = 0;          // its rows and those that pad it
  int64_t begin = 0, end = 0;
  KeyRange seen = {};  // whole panels, or the ends of the scores, that all rows see; of the block
  Weights weights = {};
  alignas(64) float tops[kSoftmaxRows * kTopLanes] = {};  // the maxima of the rows' scores, in lanes: of seen, then of all
  alignas(64) float other_tops[kSoftmaxRows * kTopLanes] = {};

  int64_t rows() const { return HWY_MIN(padded, tile.rows() - row); }
  int64_t first_key() const { return packed.first_key() + block * kBlock; }
  int64_t scores_begin() const { return begin / static_cast<int64_t>(kN) * static_cast<int64_t>(kN); }
  int64_t scores_end() const { return round_up(end, static_cast<int64_t>(kN)); }
  bool is_scored() const { return weights.rows > 0; }
  bool has(uint8_t flag) const { return (packed.flags[block] & flag) != 0; }

  // Where the maxima of some scores go: those of keys that some row may not see come with the mask.
  float* tops_of(KeyRange keys) { return keys.begin >= seen.begin && keys.end <= seen.end ? tops : other_tops; }

  // False if no row sees any key of the block.
  bool move_to(int64_t to_block, int64_t to_row) {
    block = to_block;
    row = to_row;
    padded = rows_at(row, tile.rows());
    const KeyRange first = scratch.visible[row], last = scratch.visible[row + rows() - 1];
    begin = HWY_MAX(first.begin - first_key(), 0);
    end = HWY_MIN(last.end - first_key(), kBlock);
    if (begin >= end) return false;
    constexpr int64_t panel = static_cast<int64_t>(kPanel);
    seen = {last.begin - first_key(), first.end - first_key()};
    seen.begin = seen.begin <= scores_begin() ? scores_begin() : HWY_MIN(round_up(seen.begin, panel), scores_end());
    seen.end = seen.end >= scores_end() ? scores_end() : HWY_MAX(seen.end / panel * panel, seen.begin);
    if (seen.end - seen.begin <= HWY_MIN(panel, (scores_end() - scores_begin()) / 2)) seen = {scores_begin(), scores_begin()};
    return true;
  }
};

template <class Word>
HWY_INLINE size_t words_of(int64_t values) {
  return (static_cast<size_t>(values) + Word::kValues - 1) / Word::kValues;
}

// Rows of Q of the micro-tile, and K of the block.
template <class Word>
HWY_INLINE Queries queries_of(const MicroTile& t) {
  const size_t part = static_cast<size_t>(padded_rows(t.tile.rows())) * kPartStride<Word>;
  return {t.scratch.q + t.row * static_cast<int64_t>(kPartStride<Word>), part, words_of<Word>(t.tile.call.problem.q.shape[3])};
}
template <class Word>
HWY_INLINE const float* keys_of(const MicroTile& t) {
  return t.packed.k + t.packed.place(t.block) * kBlock * static_cast<int64_t>(words_of<Word>(t.tile.call.problem.q.shape[3]));
}

// Keys with numbers that multiply_add may flush, or near the end of the range: value by value in f32, which alters no other key's score.
template <class Word>
HWY_NOINLINE void score_odd_keys(MicroTile& t, float factor) {
  const Queries queries = queries_of<Word>(t);
  for (size_t key = static_cast<size_t>(t.scores_begin()); key < static_cast<size_t>(t.end); ++key) {
    const float* k = keys_of<Word>(t) + key / kPanel * kPanel * queries.words + key % kPanel;
    bool odd = false;
    for (size_t w = 0; w < queries.words; ++w) odd |= Word::is_odd_key(k[w * kPanel]);
    if (!odd) continue;
    for (size_t r = 0; r < static_cast<size_t>(t.rows()); ++r) {
      float sum = 0, part = 0;
      for (size_t w = 0; w < queries.words; ++w) {
        const float q = queries.q[w / kChainWords<Word> * queries.part + r * kPartStride<Word> + w % kChainWords<Word>];
        for (size_t i = 0; i < Word::kValues; ++i) part += Word::value(q, i) * Word::value(k[w * kPanel], i);
        if ((w + 1) % kChainWords<Word> == 0) sum += part, part = 0;
      }
      t.scores[r * kScoreStride + key] = factor * (sum + part);
    }
  }
  for (size_t r = 0; r < static_cast<size_t>(t.rows()); ++r)
    take_maximum(t.scores + r * kScoreStride + t.seen.begin, t.seen.end - t.seen.begin, t.tops + top_place(r));
}

// Of keys, whole panels or half of one, with no other work.
template <class Word, size_t kTall, size_t kWide>
HWY_INLINE void score_part(MicroTile& t, float factor, KeyRange keys) {
  const Queries queries = queries_of<Word>(t);
  const size_t at = static_cast<size_t>(keys.begin);
  const float* k = keys_of<Word>(t) + at / kPanel * kPanel * queries.words + at % kPanel;
  const size_t panels = static_cast<size_t>(keys.end - keys.begin) / (kWide * kN);
  score_panels<Word, kTall, kWide, 1>(queries, k, {t.scores + at, factor, t.tops_of(keys)}, panels, Idle());
}

// Scores, with all the steps of a job, some in the shadow of the multiplications (Weigher, of the micro-tile before). Of a panel at either
// end whose other half no row sees, the half.
template <class Word, size_t kTall, class Job>
HWY_INLINE void score_rows(MicroTile& t, float factor, const Job& job) {
  constexpr int64_t panel = kPanel;
  const Queries queries = queries_of<Word>(t);
  const int64_t first = round_up(t.scores_begin(), panel), last = HWY_MAX(t.scores_end() / panel * panel, first);
  KeyRange most = clip({round_up(t.seen.begin, panel), t.seen.end / panel * panel}, first, last);
  if (most.begin == most.end) most = {first, last};
  const size_t panels = static_cast<size_t>(most.end - most.begin) / kPanel;
  const float* k = keys_of<Word>(t) + most.begin * static_cast<int64_t>(queries.words);
  const Scores scores{t.scores + most.begin, factor, t.tops_of(most)};
  if constexpr (kTall == kRows) {
    const size_t every = panels * queries.words / HWY_MAX(job.steps(), size_t{1});
    (every >= 4   ? score_panels<Word, kTall, kVectors, 4, Job>
     : every >= 2 ? score_panels<Word, kTall, kVectors, 2, Job>
                  : score_panels<Word, kTall, kVectors, 1, Job>)(queries, k, scores, panels, job);
  } else {
    score_panels<Word, kTall, kVectors, 2>(queries, k, scores, panels, job);
  }
  if (t.scores_begin() < first) score_part<Word, kTall, 1>(t, factor, {t.scores_begin(), first});
  if (first < most.begin) score_part<Word, kTall, kVectors>(t, factor, {first, most.begin});
  if (most.end < last) score_part<Word, kTall, kVectors>(t, factor, {most.end, last});
  if (last < t.scores_end()) score_part<Word, kTall, 1>(t, factor, {last, t.scores_end()});
}
template <class Word, class Job>
HWY_INLINE void score(MicroTile& t, float factor, const Job& job) {
  for (float& top : t.tops) top = kHidden;
  with_rows(static_cast<size_t>(t.padded), [&]<size_t kTall>() { score_rows<Word, kTall>(t, factor, job); });
  if constexpr (!Word::kAllValuesFit) {
    if (t.has(kBlockOddKeys)) score_odd_keys<Word>(t, factor);
  }
}

// Hides what rows may not see among the keys of a part of the scores, and takes the maxima of what they may.
HWY_INLINE void hide_in(MicroTile& t, KeyRange part) {
  for (int64_t r = 0; r < t.rows(); ++r) {
    const KeyRange seen = t.scratch.visible[t.row + r];
    const Vec greatest = hide_and_take_maximum(t.scores + r * kScoreStride, part, {seen.begin - t.first_key(), seen.end - t.first_key()});
    float* top = t.tops + top_place(static_cast<size_t>(r));
    hn::StoreU(hn::Max(fold_max(greatest), hn::LoadU(kTopTag, top)), kTopTag, top);
  }
}

HWY_INLINE void mask(MicroTile& t, bool nats) {
  const bool unmapped = t.has(kBlockUnmapped);
  if (!nats && !unmapped) {
    if (t.scores_begin() < t.seen.begin) hide_in(t, {t.scores_begin(), t.seen.begin});
    if (t.seen.end < t.scores_end()) hide_in(t, {t.seen.end, t.scores_end()});
    return;
  }
  const int64_t first = t.first_key() + t.scores_begin(), n = t.scores_end() - t.scores_begin();
  for (int64_t r = 0; r < t.rows(); ++r) {
    float* s = t.scores + r * kScoreStride + t.scores_begin();
    const KeyRange seen = t.scratch.visible[t.row + r], here = clip(seen, first, first + n);
    hide_outside(s, first, n, seen);
    if (nats) adjust_row(row_adjustment(t.tile, t.row + r), s + (here.begin - first), here.begin, here.end - here.begin);
    if (unmapped) hide_unmapped(t.tile, s, first, here);
    take_maximum(s, n, t.tops + top_place(static_cast<size_t>(r)));
  }
}

// The new maxima; from here on the scores wait to be weighed.
HWY_INLINE void take_maxima(MicroTile& t, bool nats) {
  t.weights.s = t.scores + t.scores_begin();
  t.weights.rows = t.rows();
  t.weights.n = t.scores_end() - t.scores_begin();
  t.weights.row_sum = t.scratch.row_sum + t.row * static_cast<int64_t>(kSumLanes);
  update_maxima(t.weights, t.tops, nats, t.scratch.row_max + t.row);
}

// V of the block for columns d .. of the strip that holds them.
template <class Word>
HWY_INLINE const float* v_strip(const MicroTile& t, int64_t d) {
  const int64_t panel = static_cast<int64_t>(kPanel), head_dim_v = t.tile.call.problem.v.shape[3];
  const int64_t words = kBlock / static_cast<int64_t>(Word::kValues);
  return t.packed.v + t.packed.place(t.block) * words * round_up(head_dim_v, panel) + d / panel * words * panel + d % panel;
}

// Weights of the keys that some row may see, in words.
template <class Word>
struct WeightWords {
  explicit WeightWords(const MicroTile& t)
      : first(static_cast<size_t>(t.begin) / Word::kValues),
        count(words_of<Word>(t.end) - first),
        weights(t.scores + t.scores_begin() + (first - static_cast<size_t>(t.scores_begin()) / Word::kValues)) {}
  size_t first, count;   // in the block
  const float* weights;  // rows kScoreStride apart
};

// Key by key: hidden ones are stepped around, whose values may be NaN or inf, which a weight of 0 does not silence. The order of additions
// is that of multiply_add.
template <class Word>
HWY_NOINLINE void accumulate_key_by_key(const MicroTile& t) {
  const WeightWords<Word> keys(t);
  alignas(64) float marks[kBlock];
  for (int64_t r = 0; r < t.rows(); ++r) {
    mark_hidden(t.tile, t.row + r, t.scratch.visible[t.row + r], t.has(kBlockUnmapped), t.first_key(), kBlock, marks);
    const float* p = keys.weights + r * kScoreStride;
    for (int64_t d = 0; d < t.tile.call.problem.v.shape[3]; d += static_cast<int64_t>(kN)) {
      float* o = t.scratch.o + (t.row + r) * t.scratch.o_stride + d;
      const float* v = v_strip<Word>(t, d) + keys.first * kPanel;
      Vec sum = hn::Zero(kLanes);
      for (size_t j = 0; j < keys.count; ++j) {
        for (size_t i = Word::kValues; i-- > 0;) {
          const float weight = Word::value(p[j], i) / Word::kWeightUnit;
          if (marks[(keys.first + j) * Word::kValues + i] == kHidden) continue;
          sum = hn::MulAdd(hn::Set(kLanes, weight), Word::values(hn::Load(kLanes, v + j * kPanel), i), sum);
        }
      }
      hn::Store(hn::MulAdd(hn::Set(kLanes, t.weights.rescale[r]), hn::Load(kLanes, o), sum), kLanes, o);
    }
  }
}

struct FetchAhead {
  Fetch* fetch;
  bool done() const { return fetch->done(); }
  HWY_INLINE void step() { fetch->step(); }
};

template <class Word, size_t kTall>
HWY_INLINE void accumulate_rows(const MicroTile& t) {
  const WeightWords<Word> keys(t);
  const int64_t columns = round_up(t.tile.call.problem.v.shape[3], static_cast<int64_t>(kN));
  const size_t o_stride = static_cast<size_t>(t.scratch.o_stride);
  for (int64_t d = 0; d < columns; d += static_cast<int64_t>(kPanel)) {
    const float* v = v_strip<Word>(t, d) + keys.first * kPanel;
    float* o = t.scratch.o + t.row * t.scratch.o_stride + d;
    const bool half = columns - d <= static_cast<int64_t>(kN);
    if (kManyRegisters && !half && !t.scratch.fetch.done()) {
      accumulate_panel<Word, kTall, kVectors>(keys.weights, v, keys.count, t.weights.rescale, o, o_stride, FetchAhead{&t.scratch.fetch});
      continue;
    }
    (half ? accumulate_panel<Word, kTall, 1, Idle> : accumulate_panel<Word, kTall, kVectors, Idle>)(keys.weights, v, keys.count,
                                                                                                    t.weights.rescale, o, o_stride, Idle());
  }
}
template <class Word>
HWY_INLINE void accumulate(const MicroTile& t) {
  if (t.has(kBlockOddValues)) return accumulate_key_by_key<Word>(t);
  with_rows(static_cast<size_t>(t.padded), [&]<size_t kTall>() { accumulate_rows<Word, kTall>(t); });
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
