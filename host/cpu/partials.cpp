// Combining splits: o = sum_s e^(m_s - m) o_s, l = sum_s e^(m_s - m) l_s, m = max_s m_s; 2 for e in log2 units.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/partials.h"

#include <cmath>
#include <cstring>

namespace rapt::cpu {

void save_partials(const Partials& p, const Tile& tile, int64_t split, const Scratch& scratch) {
  for (int64_t row = 0; row < tile.rows(); ++row) {
    const Partial to = partial_of(p.plan, p.workspace, p.slot, tile.row_begin + row, split);
    *to.row_max = scratch.row_max[row];
    std::memcpy(to.row_sum, scratch.row_sum + row * int64_t{kSumLanes}, kSumLanes * sizeof(float));
    std::memcpy(to.o, scratch.o + row * scratch.o_stride, static_cast<size_t>(scratch.o_stride) * sizeof(float));
  }
}

void load_partials(const Partials& p, const Tile& tile, int64_t splits, Scratch& scratch) {
  const bool nats = scores_are_nats(tile.call.problem);
  for (int64_t row = 0; row < tile.rows(); ++row) {
    float top = -INFINITY;
    for (int64_t split = 0; split < splits; ++split)
      top = std::max(top, *partial_of(p.plan, p.workspace, p.slot, tile.row_begin + row, split).row_max);
    float* o = scratch.o + row * scratch.o_stride;
    float* sum = scratch.row_sum + row * int64_t{kSumLanes};
    std::memset(o, 0, static_cast<size_t>(scratch.o_stride) * sizeof(float));
    std::memset(sum, 0, kSumLanes * sizeof(float));
    for (int64_t split = 0; split < splits; ++split) {
      const Partial from = partial_of(p.plan, p.workspace, p.slot, tile.row_begin + row, split);
      // Without a finite maximum every sum is 0, or NaN, which must go on.
      const float below = std::isinf(top) ? 0.0f : *from.row_max - top;
      const float weight = nats ? std::exp(below) : std::exp2(below);
      for (size_t lane = 0; lane < kSumLanes; ++lane) sum[lane] += weight * from.row_sum[lane];
      for (int64_t d = 0; d < scratch.o_stride; ++d) o[d] += weight * from.o[d];
    }
    scratch.row_max[row] = top;
  }
}

}  // namespace rapt::cpu
