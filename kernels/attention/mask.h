// What a row may not see, where nothing but its window hides keys.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/online_softmax.h"
#include "attention/work.h"

namespace rapt::kernels {

// Scores of 16 rows from tile_row0 and keys from col0: -inf wherever the row does not see the key, NaN or not. Without kWindow no window
// has a begin, without kPacks all rows are of one head.
template <bool kWindow = false, bool kPacks = false, int kN>
SIMT_DEVICE void mask(Accumulator<kN>& s, const ForwardParams& p, const Work& work, int tile_row0, int col0) {
  int first[2], end[2];  // columns of the tile
  SIMT_UNROLL
  for (int h = 0; h < 2; ++h) {
    const int row = place<kPacks>(p, work, tile_row0 + s.row(h)).row;
    first[h] = kWindow ? work.first(row) - col0 : 0;
    end[h] = work.end(row) - col0;
  }
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i) {
    const bool sees = s.col(i) < end[s.half(i)] && (!kWindow || s.col(i) >= first[s.half(i)]);
    s.v[i] = sees ? s.v[i] : -kInfinity;
  }
}

}  // namespace rapt::kernels
