// A run of keys and where they lie, and the rows that are fetched into the cache while others are used.
// Included once per instruction set. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_KEY_RUN_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_KEY_RUN_H
#undef RAPT_CPU_TILE_KEY_RUN_H
#else
#define RAPT_CPU_TILE_KEY_RUN_H
#endif

#include <hwy/cache_control.h>

#include <type_traits>

#include "cpu/tile/vec.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {

inline constexpr int64_t kRun = 512;      // most keys between two updates of the softmax
inline constexpr int64_t kReadPast = 16;  // keys are read up to a multiple of at most so many

// Where rows of K or V lie: evenly, or anywhere. Evenly is worth a case of its own: a load whose address must be loaded first begins late,
// and a list of addresses leaves the nearest cache before it is used. Measured: a tenth of the time (bench/NOTES.md).
struct EvenRows {
  const char* first;
  int64_t step;  // bytes
  HWY_INLINE const char* operator[](int64_t j) const { return first + j * step; }
  HWY_INLINE EvenRows from(int64_t j) const { return {first + j * step, step}; }
};
struct ListedRows {
  const char* const* row;
  HWY_INLINE const char* operator[](int64_t j) const { return row[j]; }
  HWY_INLINE ListedRows from(int64_t j) const { return {row + j}; }
};

// Keys [first, first + keys) and where they lie; behind them the keys of the next two runs. An unmapped page is rows of zeros until it is
// hidden, and so is what lies past the last key that is there. All runs but the first and the last begin and end at multiples of
// `most` keys.
class KeyRun {
 public:
  KeyRun(const Tile& tile, const float* zeros, int64_t begin, int64_t end, int64_t most)
      : most_(most),
        tile_(tile),
        zeros_(reinterpret_cast<const char*>(zeros)),
        end_(end),
        paged_(tile.call.problem.kv_layout >= RAPT_KV_BLOCK_TABLE),
        there_(paged_ ? end : HWY_MAX(end, tile.sequence.len_kv)),
        first_(begin) {
    const rapt_problem& p = tile.call.problem;
    k_all_.step = p.k.strides[2] * static_cast<int64_t>(rapt_type_size(p.k.type));
    v_all_.step = p.v.strides[2] * static_cast<int64_t>(rapt_type_size(p.v.type));
    const int64_t to_multiple = (begin / most + 1) * most - begin;
    keys_ = HWY_MIN(to_multiple, end - begin);
    if (paged_) {
      unmapped_[0] = find(0, to_multiple);
      unmapped_[1] = find(to_multiple, most);
      unmapped_[2] = find(to_multiple + most, most);
    } else {
      key_rows(tile.call, tile.sequence, Side::k, tile.head_kv, 0, 1, &k_all_.first);
      key_rows(tile.call, tile.sequence, Side::v, tile.head_kv, 0, 1, &v_all_.first);
      list_if_uneven();
    }
  }
  void advance() {
    if (paged_) {
      std::memmove(k_, k_ + keys_, static_cast<size_t>(2 * most_) * sizeof *k_);
      std::memmove(v_, v_ + keys_, static_cast<size_t>(2 * most_) * sizeof *v_);
    }
    first_ += keys_;
    keys_ = HWY_MIN(most_, end_ - first_);
    if (paged_) {
      unmapped_[0] = unmapped_[1];
      unmapped_[1] = unmapped_[2];
      unmapped_[2] = find(2 * most_, most_);
    } else {
      list_if_uneven();
    }
  }
  bool is_last() const { return first_ + keys_ >= end_; }

  int64_t most() const { return most_; }
  int64_t first() const { return first_; }
  int64_t keys() const { return keys_; }
  int64_t next_keys() const { return HWY_MIN(most_, end_ - first_ - keys_); }
  bool unmapped() const { return unmapped_[0]; }

  // How many rows are about so many bytes: those that one may fetch ahead.
  int64_t rows_ahead(size_t bytes, size_t row_bytes) const {
    return static_cast<int64_t>(HWY_MIN(HWY_MAX(bytes / row_bytes, size_t{1}), static_cast<size_t>(most_)));
  }

  bool even() const { return even_; }
  // The run's and 2 * `most` more; evenly, also whatever memory comes after the last key, which may be fetched but not read.
  template <class Rows>
  Rows k() const {
    if constexpr (std::is_same_v<Rows, EvenRows>)
      return k_all_.from(first_);
    else
      return {k_};
  }
  template <class Rows>
  Rows v() const {
    if constexpr (std::is_same_v<Rows, EvenRows>)
      return v_all_.from(first_);
    else
      return {v_};
  }

 private:
  void list_if_uneven() {
    even_ = first_ + round_up(keys_, kReadPast) <= there_;
    if (!even_) find(0, 3 * most_);
  }
  static void step_rows(const EvenRows& all, int64_t first, int64_t count, const char** to) {
    for (int64_t j = 0; j < count; ++j) to[j] = all[first + j];
  }
  // Rows at .. at + count of the window; true if some page of theirs is not mapped.
  bool find(int64_t at, int64_t count) {
    const int64_t known = HWY_MIN(count, HWY_MAX(there_ - first_ - at, 0));
    bool unmapped = false;
    if (paged_) {
      key_rows(tile_.call, tile_.sequence, Side::k, tile_.head_kv, first_ + at, known, k_ + at);
      key_rows(tile_.call, tile_.sequence, Side::v, tile_.head_kv, first_ + at, known, v_ + at);
      for (int64_t j = at; j < at + known; ++j) {
        unmapped |= k_[j] == nullptr || v_[j] == nullptr;
        if (k_[j] == nullptr) k_[j] = zeros_;
        if (v_[j] == nullptr) v_[j] = zeros_;
      }
    } else {
      step_rows(k_all_, first_ + at, known, k_ + at);
      step_rows(v_all_, first_ + at, known, v_ + at);
    }
    for (int64_t j = at + known; j < at + count; ++j) k_[j] = v_[j] = zeros_;
    return unmapped;
  }

  const int64_t most_;
  const Tile& tile_;
  const char* zeros_;
  const int64_t end_;
  const bool paged_;
  const int64_t there_;  // up to here rows past the end are fetched: this thread often goes on with them
  int64_t first_, keys_;
  EvenRows k_all_{}, v_all_{};  // from key 0 on, when keys are not paged
  bool even_ = false;
  bool unmapped_[3] = {};  // of this run and the next two
  const char* k_[3 * kRun];
  const char* v_[3 * kRun];
};

// How many rows ahead of their use rows are fetched into the cache. Measured, as are the keys of a run (bench/NOTES.md): several queries
// take longer over a row, and 16-bit rows take more instructions a byte.
template <class T>
HWY_INLINE int64_t rows_ahead(const KeyRun& run, size_t row_bytes, bool lone_query) {
  return run.rows_ahead((lone_query ? 4096 : 8192) * (4 / sizeof(T)), row_bytes);
}
template <size_t kBytes>
HWY_INLINE void fetch(const char* at) {
#pragma GCC unroll 8
  for (size_t line = 0; line < kBytes; line += 64) hwy::Prefetch(at + line);
}

// Rows that are needed later are fetched in the order of memory and evenly between the computations: a burst of prefetches is partly
// dropped, and out of order they mislead the processor's own prefetcher. Without a branch where that is possible: measured
// (bench/NOTES.md).

// Row after row, a part at a time.
template <class Rows>
struct RowsLater {
  Rows rows;
  size_t bytes;     // of a row
  int64_t advance;  // rows, after each; 0: nothing is to be fetched but the first again and again
  size_t at = 0;

  template <size_t kBytes>
  HWY_INLINE void fetch_part() {
    fetch<kBytes>(rows[0] + at);
    at += kBytes;
    const bool over = at + kBytes > bytes;
    rows = rows.from(over ? advance : 0);
    at = over ? 0 : at;
  }
};

// A few rows: in shares of which so and so many make up all of them, which takes rows that follow one another; else whole rows.
template <class Rows, bool kInShares>
struct FewRowsLater {
  Rows rows;
  int64_t row, end, rows_a_step;
  size_t bytes;  // of a row

  // kBytes of a share, each after the other; kMany shares are those of a step.
  template <size_t kBytes, size_t kMany>
  HWY_INLINE void fetch_share(size_t share) {
    if constexpr (kInShares) {
      fetch<kBytes>(rows[row] + share * kBytes);
    } else if (share % kMany == 0) {
      for (const int64_t stop = HWY_MIN(row + rows_a_step, end); row < stop; ++row)
        for (size_t line = 0; line < bytes; line += 64) hwy::Prefetch(rows[row] + line);
    }
  }
};
HWY_INLINE bool follow_one_another(const EvenRows& rows, size_t bytes) { return rows.step == static_cast<int64_t>(bytes); }
HWY_INLINE bool follow_one_another(const ListedRows&, size_t) { return false; }

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
