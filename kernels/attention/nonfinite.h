// NaN and infinities in V. A hidden key has the weight 0, but 0 * NaN and 0 * inf are NaN inside a tile product. So a tile of rows whose
// output has a NaN is done again with those values taken as 0, which changes no other bit, and afterwards each row gets back what it
// does see of them. An ordinary tile pays one vote.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/key_rows.h"
#include "attention/scores.h"
#include "attention/store.h"
#include "tile/fragment.h"

namespace rapt::kernels {

// Does any of the warp's rows that exist have a NaN? 16 rows from tile_row0.
template <int kD>
SIMT_DEVICE bool has_nan(const Accumulator<kD>& o, const Work& work, int tile_row0) {
  bool found = false;
  SIMT_UNROLL
  for (int i = 0; i < o.kSize; ++i) found = found || (simt::is_nan(o.v[i]) && tile_row0 + o.row(o.half(i)) < work.rows);
  return simt::any(found);
}

// Takes the values of a V tile that are not finite as 0, and rows from `hidden` on too. Thread number `thread` of kThreads.
template <int kThreads, class T, int kRows, int kCols>
SIMT_DEVICE void clear_nonfinite(SharedTile<T, kRows, kCols>& v, int hidden, int thread) {
  for_each_element<kThreads>(v, 0, kRows, thread, [=](int row, T x) { return row < hidden && is_finite(simt::to_float(x)) ? x : T{0}; });
}

SIMT_DEVICE bool is_infinite(float x) { return x == kInfinity || x == -kInfinity; }

template <class T>
SIMT_DEVICE bool has_infinity(const T* row, int cols) {
  for (int d = 0; d < cols; ++d)
    if (is_infinite(simt::to_float(row[d]))) return true;
  return false;
}

// Is the score of a query and a key -inf, that is, do infinities of theirs make it so? softcap leaves none.
template <class T>
SIMT_DEVICE bool weighs_nothing(const ForwardParams& p, const T* q, const T* k) {
  float sum = 0.0f;  // of the products that are not finite
  for (int d = 0; d < p.head_dim; ++d) {
    const float x = simt::to_float(q[d]) * p.q_factor * simt::to_float(k[d]);
    if (is_infinite(simt::to_float(q[d])) || is_infinite(simt::to_float(k[d]))) sum += x;
  }
  return sum == -kInfinity && !(p.terms.softcap_log2 > 0);
}

// How many values of a column that are not finite some keys have.
struct Nonfinite {
  int nan = 0, plus = 0, minus = 0;

  SIMT_DEVICE void count(float x, int by) {
    if (is_finite(x)) return;
    (simt::is_nan(x) ? nan : x > 0 ? plus : minus) += by;
  }
  SIMT_DEVICE bool none() const { return nan + plus + minus == 0; }
  SIMT_DEVICE bool infinite() const { return plus + minus > 0; }
  SIMT_DEVICE float sum() const {  // of the values
    const float up = plus > 0 ? kInfinity : 0.0f, down = minus > 0 ? -kInfinity : 0.0f;
    return nan > 0 ? kInfinity - kInfinity : up + down;
  }
};

// Keys [begin, end) of one column of V, as a window moves over them.
template <class T>
struct NonfiniteWindow {
  const ForwardParams& p;
  const Work& work;
  const KeyFinder<T>& finder;
  int col, begin = 0, end = 0;
  Nonfinite inside = {};
  int doubtful = 0;  // infinite values of keys that have an infinity too, so that their score may be -inf

  SIMT_DEVICE KeyRow<T> find(int key) const { return finder.find(p, work, key); }
  SIMT_DEVICE float value(int key) const {
    const T* row = find(key).v;
    return row == nullptr ? 0.0f : simt::to_float(row[col]);
  }
  SIMT_DEVICE void count(int key, int by) {
    const float x = value(key);
    inside.count(x, by);
    if (is_infinite(x) && has_infinity(find(key).k, p.head_dim)) doubtful += by;
  }
  // Neither end goes back.
  SIMT_DEVICE void move(int new_begin, int new_end) {
    for (; end < new_end; ++end) count(end, 1);
    for (; begin < new_begin; ++begin) count(begin, -1);
  }
};

// What a row sees of a column in the keys of its window, one by one. The weight of a score of -inf is 0, and 0 * inf is NaN.
template <class T>
SIMT_DEVICE Nonfinite count_one_by_one(const ForwardParams& p, const Work& work, const Place& at, const NonfiniteWindow<T>& window) {
  const T* q = address<T>(p.q, work.query, at.head, at.row);
  Nonfinite seen;
  for (int key = window.begin; key < window.end; ++key) {
    const float x = window.value(key);
    if (is_finite(x) || hidden(p.terms, work, at, key)) continue;
    seen.count(is_infinite(x) && weighs_nothing(p, q, window.find(key).k) ? x - x : x, 1);
  }
  return seen;
}

// Adds to the rows of o, stored by now, what they see of the values that clear_nonfinite took out: inf or NaN, whatever the weight unless
// it is that of a score of -inf.
template <int kTileQ, int kThreads, class T, bool kWhole = false, bool kWindow = kWhole, bool kPacks = kWhole>
SIMT_COLD void add_nonfinite(const ForwardParams& p, int thread) {
  const Work work = find_work<kTileQ, kWhole, kWindow, kPacks>(p);
  const KeyFinder<T> finder(p, work);
  const bool pairs = kWhole && (p.terms.mask.data != nullptr || p.terms.bias.data != nullptr);
  for (int col = thread; col < p.head_dim_v; col += kThreads) {
    NonfiniteWindow<T> window{p, work, finder, col, work.kv_begin, work.kv_begin};
    for (int tile_row = work.row0; tile_row < smaller(work.row0 + kTileQ, work.rows); ++tile_row) {
      const Place at = place<kPacks>(p, work, tile_row);
      const int begin = larger(work.first(at.row), work.kv_begin), end = smaller(work.end(at.row), work.kv_end);
      window.move(smaller(begin, work.kv_end), end);
      Nonfinite seen = window.inside;
      const T* q = address<T>(p.q, work.query, at.head, at.row);
      if (!seen.none() && (pairs || window.doubtful > 0 || (seen.infinite() && has_infinity(q, p.head_dim))))
        seen = count_one_by_one(p, work, at, window);
      if (!seen.none()) add_to_output<T, kWhole>(p, work, at, col, seen.sum());
    }
  }
}

}  // namespace rapt::kernels
