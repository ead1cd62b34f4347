// A tile's rows: queries widened to f32, the running softmax cleared, keys of unmapped pages hidden.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_ROWS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_ROWS_H
#undef RAPT_CPU_TILE_ROWS_H
#else
#define RAPT_CPU_TILE_ROWS_H
#endif

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

HWY_INLINE KeyRange clip(KeyRange range, int64_t begin, int64_t end) {
  const int64_t low = HWY_MIN(HWY_MAX(range.begin, begin), end), high = HWY_MAX(HWY_MIN(range.end, end), low);
  return {low, high};
}

template <class T>
HWY_INLINE void widen_row(const void* from, size_t n, float* to) {  // `to` holds whole vectors; the last is filled up with 0
  const T* row = static_cast<const T*>(from);
  size_t d = 0;
  for (; d + kN <= n; d += kN) hn::StoreU(load(row + d), kLanes, to + d);
  if (d < n) hn::StoreU(load_first(row + d, n - d), kLanes, to + d);
}
HWY_INLINE void widen_row_of(rapt_type type, const void* from, size_t n, float* to) {
  if (type == RAPT_F16) return widen_row<hwy::float16_t>(from, n, to);
  if (type == RAPT_BF16) return widen_row<hwy::bfloat16_t>(from, n, to);
  widen_row<float>(from, n, to);
}

// The keys that each row may see by position. Both ends never move down from a row to the next.
HWY_INLINE void see_keys(const Tile& tile, KeyRange* visible) {
  const auto seen_by = [&tile](int64_t query) {
    return clip(visible_keys(tile.call.problem, tile.sequence, query), tile.key_begin, tile.key_end);
  };
  const KeyRange first = seen_by(tile.query(0)), last = seen_by(tile.query(tile.rows() - 1));
  if (first.begin == last.begin && first.end == last.end) {
    for (int64_t row = 0; row < tile.rows(); ++row) visible[row] = first;
    return;
  }
  RowCursor at(tile);
  for (int64_t row = 0; row < tile.rows(); ++row, at.next()) visible[row] = seen_by(at.query);
}

// visible, and o, row_max and row_sum before the first key.
HWY_INLINE void begin_rows(const Tile& tile, int64_t padded_rows, Scratch& scratch) {
  std::memset(scratch.o, 0, static_cast<size_t>(padded_rows * scratch.o_stride) * sizeof(float));
  std::memset(scratch.row_sum, 0, static_cast<size_t>(padded_rows) * kSumLanes * sizeof(float));
  for (int64_t row = 0; row < padded_rows; ++row) scratch.row_max[row] = kHidden;
  see_keys(tile, scratch.visible);
}

// Address of column d of a row of Q.
HWY_INLINE const void* query_at(const Tile& tile, const RowCursor& row, size_t d) {
  const rapt_tensor& q = tile.call.problem.q;
  const int64_t element = row_offset(q, tile.sequence, row.head, row.query) + static_cast<int64_t>(d);
  return static_cast<const char*>(tile.call.args.q) + element * (q.type == RAPT_F32 ? 4 : 2);
}

// Hides keys in pages that are not mapped, and reports the first that the row would have seen. s begins at key `first`.
inline HWY_NOINLINE void hide_unmapped(const Tile& tile, float* s, int64_t first, KeyRange seen) {
  for (int64_t key = seen.begin; key < seen.end; ++key) {
    const char *k = nullptr, *v = nullptr;
    key_rows(tile.call, tile.sequence, Side::k, tile.head_kv, key, 1, &k);
    key_rows(tile.call, tile.sequence, Side::v, tile.head_kv, key, 1, &v);
    if (k != nullptr && v != nullptr) continue;
    if (s[key - first] != kHidden) {
      int64_t none = 0;
      const int64_t entry = key / tile.call.problem.k.shape[2];
      tile.unmapped->compare_exchange_strong(none, 1 + (tile.sequence.index << 32 | entry), std::memory_order_relaxed);
    }
    s[key - first] = kHidden;
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
