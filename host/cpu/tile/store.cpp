// Ends a tile: divides by the sums, joins the sinks, writes o in its type and lse.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/store.cpp"
#include <hwy/foreach_target.h>
//
#include <cmath>

#include "cpu/element.h"
#include "cpu/tile/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

void store_row(rapt_type type, const float* o, float factor, size_t n, void* to) {
  const Vec by = hn::Set(kLanes, factor);
  size_t d = 0;
  if (type == RAPT_F32)
    for (; d + kN <= n; d += kN) hn::StoreU(hn::Mul(hn::LoadU(kLanes, o + d), by), kLanes, static_cast<float*>(to) + d);
  for (; d < n; d += kN) {
    const size_t wide = HWY_MIN(kN, n - d);
    alignas(64) float scaled[kN];
    hn::Store(hn::Mul(hn::LoadU(kLanes, o + d), by), kLanes, scaled);
    if (type == RAPT_F32) {
      std::memcpy(static_cast<float*>(to) + d, scaled, wide * sizeof(float));
      continue;
    }
    uint16_t* halves = static_cast<uint16_t*>(to) + d;
    for (size_t j = 0; j < wide; ++j) halves[j] = type == RAPT_BF16 ? bf16_of(scaled[j]) : f16_of(scaled[j]);
  }
}

HWY_INLINE float sum_lanes(const float* lanes) {
  Vec sum = hn::LoadU(kLanes, lanes);
  for (size_t lane = kN; lane < kSumLanes; lane += kN) sum = hn::Add(sum, hn::LoadU(kLanes, lanes + lane));
  return hn::GetLane(hn::SumOfLanes(kLanes, sum));
}

// What a row's o is multiplied by, and its lse; a row that saw nothing gets (0, -inf), or its sink.
struct Norm {
  double factor, lse;
};
HWY_INLINE Norm normalise(double row_max, float row_sum, bool has_sink, double sink) {
  constexpr double none = -__builtin_inf();
  const double seen = row_sum == 0.0f ? none : row_max + std::log(static_cast<double>(row_sum));
  if (!has_sink) return {seen == none ? 0.0 : 1.0 / row_sum, seen};
  const double top = seen > sink ? seen : sink;
  if (top == none) return {0.0, none};
  const double lse = top + std::log(std::exp(seen - top) + std::exp(sink - top));
  return {seen == none ? 0.0 : std::exp(row_max - lse), lse};
}

}  // namespace

void store(const Tile& tile, const Scratch& scratch) {
  const rapt_problem& p = tile.call.problem;
  const size_t head_dim_v = static_cast<size_t>(p.v.shape[3]);
  const int64_t size = p.o.type == RAPT_F32 ? 4 : 2;
  const double unit = scores_are_nats(p) ? 1.0 : 0.69314718055994530942;  // of row_max, in nats
  const bool has_sink = p.sinks.type != RAPT_NONE;
  const bool has_lse = p.lse.type != RAPT_NONE;
  RowCursor at(tile);
  for (int64_t row = 0; row < tile.rows(); ++row, at.next()) {
    const float sum = sum_lanes(scratch.row_sum + row * static_cast<int64_t>(kSumLanes));
    const float sink = has_sink ? static_cast<const float*>(tile.call.args.sinks)[at.head * p.sinks.strides[1]] : 0.0f;
    const Norm norm =
        has_sink || has_lse ? normalise(unit * scratch.row_max[row], sum, has_sink, sink) : Norm{sum == 0.0f ? 0.0 : 1.0 / sum, 0};
    char* o = static_cast<char*>(tile.call.args.o) + row_offset(p.o, tile.sequence, at.head, at.query) * size;
    store_row(p.o.type, scratch.o + row * scratch.o_stride, static_cast<float>(norm.factor), head_dim_v, o);
    if (!has_lse) continue;
    const double lse = p.lse_base2 ? norm.lse * 1.4426950408889634074 : norm.lse;
    static_cast<float*>(tile.call.args.lse)[row_offset(p.lse, tile.sequence, at.head, at.query)] = static_cast<float>(lse);
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
