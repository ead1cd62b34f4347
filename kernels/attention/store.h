// The end of a tile: o and lse to global memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/online_softmax.h"
#include "attention/work.h"

namespace rapt::kernels {

template <class To>
struct alignas(2 * sizeof(To)) Pair {
  To first, second;
};
SIMT_DEVICE void round_to(float& to, float x) { to = x; }
template <class T>
SIMT_DEVICE void round_to(T& to, float x) {
  to = simt::from_float<T>(x);
}

// A lane's part of one row: the neighbours of every 8 columns.
template <class To, int kD>
SIMT_DEVICE void store_row(To* row, const Accumulator<kD>& o, int half, int cols, bool pairs) {
  SIMT_UNROLL
  for (int n = 0; n < kD / 8; ++n) {
    const int i = 4 * n + 2 * half, col = o.col(i);
    Pair<To> pair;
    round_to(pair.first, o.v[i]);
    round_to(pair.second, o.v[i + 1]);
    if (pairs) {
      if (col < cols) *reinterpret_cast<Pair<To>*>(row + col) = pair;
    } else {
      if (col < cols) row[col] = pair.first;
      if (col + 1 < cols) row[col + 1] = pair.second;
    }
  }
}

// Where a row of o goes: the tensor itself, or the partial result of a split.
template <class To, bool kWhole>
SIMT_DEVICE To* output_row(const ForwardParams& p, const Work& work, const Place& at) {
  const int64_t split = kWhole ? work.split * p.division.o_split_stride : 0;
  return const_cast<To*>(address<To>(p.o, work.query, at.head, at.row)) + split;
}

// 16 rows from tile_row0, those of them that exist.
template <class T, bool kWhole = false, bool kPacks = kWhole, int kD>
SIMT_DEVICE void store(const ForwardParams& p, const Work& work, int tile_row0, const Accumulator<kD>& o, const OnlineSoftmax& softmax) {
  SIMT_UNROLL
  for (int h = 0; h < 2; ++h) {
    const int tile_row = tile_row0 + o.row(h);
    if (tile_row >= work.rows) continue;
    const Place at = place<kPacks>(p, work, tile_row);
    if (sizeof(T) == 4 || p.o_is_f32) {
      store_row(output_row<float, kWhole>(p, work, at), o, h, p.head_dim_v, p.o.aligned != 0);
    } else {
      store_row(output_row<T, kWhole>(p, work, at), o, h, p.head_dim_v, p.o.aligned != 0);
    }
    if (p.lse.data != nullptr && simt::lane() % 4 == 0) {
      const int64_t split = kWhole ? work.split * p.division.lse_split_stride : 0;
      const_cast<float*>(address<float>(p.lse, work.query, at.head, at.row))[split] = softmax.log2_sum(h, p.scale_log2) * p.lse_unit;
    }
  }
}

// Adds x to an element of o that is stored.
template <class T, bool kWhole>
SIMT_DEVICE void add_to_output(const ForwardParams& p, const Work& work, const Place& at, int col, float x) {
  if (p.o_is_f32) {
    output_row<float, kWhole>(p, work, at)[col] += x;
  } else {
    T& o = output_row<T, kWhole>(p, work, at)[col];
    o = simt::from_float<T>(simt::to_float(o) + x);
  }
}

}  // namespace rapt::kernels
