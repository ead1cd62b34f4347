// What happens to a row of scores between Q K^T and softmax: softcap, bias, ALiBi, mask. Hidden keys get -inf.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_MASK_AND_BIAS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_MASK_AND_BIAS_H
#undef RAPT_CPU_TILE_MASK_AND_BIAS_H
#else
#define RAPT_CPU_TILE_MASK_AND_BIAS_H
#endif

#include "cpu/tile/rows.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

// Plain scores need nothing here and are in log2 units: log2(e) is part of their factor. With softcap, bias, ALiBi or a mask they are in
// nats.
HWY_INLINE float score_factor(const rapt_problem& p) {
  return static_cast<float>(scores_are_nats(p) ? p.scale : p.scale * 1.4426950408889634074);
}

// One row of a tensor shaped [batch, heads_q, seqlen_q, seqlen_kv], each dimension possibly broadcast (stride 0).
struct BroadcastRow {
  const char* data;  // element of key 0
  rapt_type type;    // RAPT_NONE: absent
  int64_t step;      // elements from key to key: 1, or 0 when one value serves all
};
HWY_INLINE BroadcastRow broadcast_row(const rapt_tensor& t, const void* data, int64_t b, int64_t h, int64_t i) {
  const int64_t offset = b * t.strides[0] + h * t.strides[1] + i * t.strides[2];
  const int64_t size = t.type == RAPT_F32 ? 4 : t.type == RAPT_BOOL ? 1 : 2;
  return {static_cast<const char*>(data) + offset * size, t.type, t.strides[3]};
}

template <class T>
HWY_INLINE Vec load_keys(const BroadcastRow& row, int64_t key, size_t n) {
  const T* p = reinterpret_cast<const T*>(row.data) + key * row.step;
  if (row.step != 0) return n >= kN ? load(p) : load_first(p, n);
  alignas(64) T same[kN];
  for (size_t j = 0; j < kN; ++j) same[j] = *p;
  return load(same);
}
HWY_INLINE Vec bias_at(const BroadcastRow& row, int64_t key, size_t n) {
  switch (row.type) {
    case RAPT_F16: return load_keys<hwy::float16_t>(row, key, n);
    case RAPT_BF16: return load_keys<hwy::bfloat16_t>(row, key, n);
    default: return load_keys<float>(row, key, n);
  }
}
HWY_INLINE Vec mask_at(const BroadcastRow& row, int64_t key, size_t n) {  // 1 where the row may see, else 0
  alignas(64) float may_see[kN] = {};
  for (size_t j = 0; j < (n < kN ? n : kN); ++j) may_see[j] = row.data[(key + static_cast<int64_t>(j)) * row.step] != 0 ? 1.0f : 0.0f;
  return hn::Load(kLanes, may_see);
}

// Everything a row adds to its scores, resolved once per row of a tile.
struct RowAdjustment {
  BroadcastRow bias, mask;
  float softcap, slope;
  int64_t position;  // of the key at the same place: query + offset
};
HWY_INLINE RowAdjustment row_adjustment(const Tile& tile, int64_t row) {
  const rapt_problem& p = tile.call.problem;
  const rapt_args& args = tile.call.args;
  const int64_t b = tile.sequence.index, h = tile.head(row), i = tile.query(row);
  RowAdjustment a{{nullptr, RAPT_NONE, 0}, {nullptr, RAPT_NONE, 0}, p.softcap, 0.0f, i + tile.sequence.offset};
  if (p.bias.type != RAPT_NONE) a.bias = broadcast_row(p.bias, args.bias, b, h, i);
  if (p.mask.type != RAPT_NONE) a.mask = broadcast_row(p.mask, args.mask, b, h, i);
  if (p.alibi.type != RAPT_NONE) a.slope = static_cast<const float*>(args.alibi)[b * p.alibi.strides[0] + h * p.alibi.strides[1]];
  return a;
}

// s[0 .. n): scores of keys key, key + 1, ..., all visible by position. The buffer holds whole vectors.
inline HWY_NOINLINE void adjust_row(const RowAdjustment& a, float* s, int64_t key, int64_t n) {
  const Vec hidden = hn::Set(kLanes, kHidden);
  for (int64_t j = 0; j < n; j += static_cast<int64_t>(kN)) {
    const size_t left = static_cast<size_t>(n - j);
    Vec x = hn::LoadU(kLanes, s + j);
    if (a.softcap > 0) x = hn::Mul(hn::Set(kLanes, a.softcap), tanh(hn::Div(x, hn::Set(kLanes, a.softcap))));
    if (a.slope != 0) {
      const Vec distance = hn::Add(hn::Set(kLanes, static_cast<float>(key + j - a.position)), hn::Iota(kLanes, 0.0f));
      x = hn::MulAdd(hn::Set(kLanes, a.slope), distance, x);
    }
    hn::Mask<Lanes> hide = hn::MaskFromVec(hn::Zero(kLanes));
    if (a.bias.type != RAPT_NONE) {
      const Vec bias = bias_at(a.bias, key + j, left);
      hide = hn::Eq(bias, hidden);
      x = hn::Add(x, bias);
    }
    if (a.mask.type != RAPT_NONE) hide = hn::Or(hide, hn::Eq(mask_at(a.mask, key + j, left), hn::Zero(kLanes)));
    x = hn::IfThenElse(hide, hidden, x);
    if (left >= kN) {
      hn::StoreU(x, kLanes, s + j);
    } else {
      alignas(64) float tail[kN];
      hn::Store(x, kLanes, tail);
      std::memcpy(s + j, tail, left * sizeof(float));
    }
  }
}

// Hides the scores of keys outside `visible` in s, which begins at key `first` and holds n, whole vectors.
HWY_INLINE void hide_outside(float* s, int64_t first, int64_t n, KeyRange visible) {
  constexpr int64_t wide = static_cast<int64_t>(kN);
  const Vec hidden = hn::Set(kLanes, kHidden);
  const int64_t begin = HWY_MIN(visible.begin - first, n), end = HWY_MIN(HWY_MAX(visible.end - first, 0), n);
  int64_t j = 0;
  for (; j + wide <= begin; j += wide) hn::StoreU(hidden, kLanes, s + j);
  if (j < begin)
    hn::StoreU(hn::IfThenElse(hn::FirstN(kLanes, static_cast<size_t>(begin - j)), hidden, hn::LoadU(kLanes, s + j)), kLanes, s + j);
  j = end / wide * wide;
  if (j < end) {
    hn::StoreU(hn::IfThenElse(hn::FirstN(kLanes, static_cast<size_t>(end - j)), hn::LoadU(kLanes, s + j), hidden), kLanes, s + j);
    j += wide;
  }
  for (; j < n; j += wide) hn::StoreU(hidden, kLanes, s + j);
}

// The same for keys [part.begin, part.end) alone, whole vectors, every one of them written; the greatest that is left, in lanes. Places
// count from s.
HWY_INLINE Vec hide_and_take_maximum(float* s, KeyRange part, KeyRange visible) {
  const Vec hidden = hn::Set(kLanes, kHidden);
  const Vec begin = hn::Set(kLanes, static_cast<float>(visible.begin)), end = hn::Set(kLanes, static_cast<float>(visible.end));
  Vec greatest = hidden;
  for (int64_t j = part.begin; j < part.end; j += static_cast<int64_t>(kN)) {
    const Vec place = hn::Iota(kLanes, static_cast<float>(j));
    const Vec x = hn::IfThenElse(hn::And(hn::Ge(place, begin), hn::Lt(place, end)), hn::LoadU(kLanes, s + j), hidden);
    hn::StoreU(x, kLanes, s + j);
    greatest = hn::Max(greatest, x);
  }
  return greatest;
}

// marks[j] = kHidden where the row may not see key first + j, n of them, whole vectors: the scores of a row that scores 0 throughout,
// without what hides nothing. Beside weights, which do not tell a hidden key from one whose score is -inf.
inline HWY_NOINLINE void mark_hidden(const Tile& tile, int64_t row, KeyRange visible, bool unmapped, int64_t first, int64_t n,
                                     float* marks) {
  const KeyRange here = clip(visible, first, first + n);
  std::memset(marks, 0, static_cast<size_t>(n) * sizeof(float));
  hide_outside(marks, first, n, visible);
  RowAdjustment hiding = row_adjustment(tile, row);
  hiding.softcap = hiding.slope = 0;
  adjust_row(hiding, marks + (here.begin - first), here.begin, here.end - here.begin);
  if (unmapped) hide_unmapped(tile, marks, first, here);
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
