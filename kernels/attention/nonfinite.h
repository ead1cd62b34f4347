// NaN and infinities in V. A hidden key has the weight 0, but 0 * NaN and 0 * inf are NaN inside a tile product. So a tile of rows whose
// output has a NaN is done again with those values taken as 0, which changes no other bit, and afterwards each row gets back what it
// does see of them. An ordinary tile pays one vote.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/work.h"
#include "tile/fragment.h"

namespace rapt::kernels {

// x - x is 0 for what is finite and NaN for what is not.
SIMT_DEVICE bool is_finite(float x) { return !simt::is_nan(x - x); }

// Does any of the warp's rows that exist have a NaN? 16 rows from warp_row0.
template <int kD>
SIMT_DEVICE bool has_nan(const Accumulator<kD>& o, const Work& work, int warp_row0) {
  bool found = false;
  SIMT_UNROLL
  for (int i = 0; i < o.kSize; ++i) found = found || (simt::is_nan(o.v[i]) && warp_row0 + o.row(o.half(i)) < work.query.length);
  return simt::any(found);
}

// Takes the values of a V tile that are not finite as 0, and rows from `hidden` on too. Thread number `thread` of kThreads.
template <int kThreads, class T, int kRows, int kCols>
SIMT_DEVICE void clear_nonfinite(SharedTile<T, kRows, kCols>& v, int hidden, int thread) {
  for_each_element<kThreads>(v, 0, kRows, thread, [=](int row, T x) { return row < hidden && is_finite(simt::to_float(x)) ? x : T{0}; });
}

// Adds to the rows of o, stored by now, what they see of the values that clear_nonfinite took out: inf or NaN, whatever the weight.
template <int kTileQ, int kThreads, class T>
SIMT_COLD void add_nonfinite(const ForwardParams& p, int thread) {
  const Work work = find_work<kTileQ>(p);
  const GlobalRows<T> v = rows_of<T>(p.v, work.kv, work.kv_head, work.kv_end, p.head_dim_v);
  for (int col = thread; col < p.head_dim_v; col += kThreads) {
    float sum = 0.0f;
    int key = 0;
    for (int row = work.row0; row < work.row0 + kTileQ && row < work.query.length; ++row) {
      for (; key < work.visible(row); ++key) {  // a row sees what the rows before it see, and more
        const float x = simt::to_float(v.data[key * v.row_stride + col]);
        if (!is_finite(x)) sum += x;
      }
      if (sum == 0.0f) continue;
      if (p.o_is_f32) {
        const_cast<float*>(address<float>(p.o, work.query, work.head, row))[col] += sum;
      } else {
        T& o = const_cast<T*>(address<T>(p.o, work.query, work.head, row))[col];
        o = simt::from_float<T>(simt::to_float(o) + sum);
      }
    }
  }
}

}  // namespace rapt::kernels
