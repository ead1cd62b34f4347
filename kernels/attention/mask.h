// What a row may not see, where nothing but the end of its window hides keys.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/online_softmax.h"
#include "attention/work.h"

namespace rapt::kernels {

// Scores of 16 rows from tile_row0 and keys from col0: -inf wherever the row does not see the key, NaN or not.
template <int kN>
SIMT_DEVICE void mask(Accumulator<kN>& s, const Work& work, int tile_row0, int col0) {
  int visible[2];  // columns of the tile
  SIMT_UNROLL
  for (int h = 0; h < 2; ++h) visible[h] = work.end(tile_row0 + s.row(h)) - col0;
  SIMT_UNROLL
  for (int i = 0; i < s.kSize; ++i) s.v[i] = s.col(i) < visible[s.half(i)] ? s.v[i] : -kInfinity;
}

}  // namespace rapt::kernels
