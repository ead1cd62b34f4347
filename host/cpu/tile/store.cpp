// Ends a tile: divides by the sums, joins the sinks, writes o in its type and lse.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/store.cpp"
#include <hwy/foreach_target.h>
//
#include <cmath>

#include "cpu/element.h"
#include "cpu/tile/kernels.h"
#include "cpu/tile/lane_sums.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

// kN values rounded to nearest even in a 16-bit type; NaN stays a quiet NaN.
HWY_INLINE void store_halves(rapt_type type, Vec x, uint16_t* to) {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_SSE4
  const bool in_vectors = type == RAPT_BF16;  // no instruction for f16, and Highway's own conversion knows neither inf nor NaN here
#else
  const bool in_vectors = true;
#endif
  if (!in_vectors) {
    alignas(64) float values[kN];
    hn::Store(x, kLanes, values);
    for (size_t j = 0; j < kN; ++j) to[j] = f16_of(values[j]);
  } else if (type == RAPT_F16) {
    const hn::Rebind<hwy::float16_t, Lanes> half;
    const Vec nan = hn::CopySign(hn::Set(kLanes, __builtin_nanf("")), x);
    hn::StoreU(hn::DemoteTo(half, hn::IfThenElse(hn::Eq(x, x), x, nan)), half, reinterpret_cast<hwy::float16_t*>(to));
  } else {  // as bf16_of
    const hn::RebindToSigned<Lanes> bits;
    const hn::RebindToUnsigned<Lanes> wide;
    const hn::Rebind<uint16_t, Lanes> half;
    const auto b = hn::BitCast(wide, x), top = hn::ShiftRight<16>(b);
    const auto rounded = hn::ShiftRight<16>(hn::Add(b, hn::Add(hn::And(top, hn::Set(wide, 1u)), hn::Set(wide, 0x7FFFu))));
    const auto quiet = hn::Or(top, hn::Set(wide, 0x40u));
    const auto result = hn::IfThenElse(hn::RebindMask(wide, hn::Eq(x, x)), rounded, quiet);
    hn::StoreU(hn::DemoteTo(half, hn::BitCast(bits, result)), half, to);
  }
}

void store_row(rapt_type type, const float* o, float factor, size_t n, void* to) {
  const Vec by = hn::Set(kLanes, factor);
  float* floats = static_cast<float*>(to);
  uint16_t* halves = static_cast<uint16_t*>(to);
  size_t d = 0;
  if (type == RAPT_F32) {
    for (; d + kN <= n; d += kN) hn::StoreU(hn::Mul(hn::LoadU(kLanes, o + d), by), kLanes, floats + d);
  } else {
    for (; d + kN <= n; d += kN) store_halves(type, hn::Mul(hn::LoadU(kLanes, o + d), by), halves + d);
  }
  if (d == n) return;
  alignas(64) float last[kN];
  const Vec x = hn::Mul(hn::LoadU(kLanes, o + d), by);
  if (type == RAPT_F32) {
    hn::Store(x, kLanes, last);
    std::memcpy(floats + d, last, (n - d) * sizeof(float));
  } else {
    store_halves(type, x, reinterpret_cast<uint16_t*>(last));
    std::memcpy(halves + d, last, (n - d) * sizeof(uint16_t));
  }
}

using Doubles = hn::ScalableTag<double>;
inline constexpr Doubles kDoubles{};
inline constexpr int64_t kNormRows = 16;  // rows whose sums and logarithms are taken at once

// ln x of positive normal x, to 1e-12: x = 2^k m, 1/sqrt 2 <= m < sqrt 2, ln m = 2 atanh s as a series in s = (m - 1) / (m + 1), |s| <
// 0.172.
HWY_INLINE hn::Vec<Doubles> log(hn::Vec<Doubles> x) {
  const hn::RebindToUnsigned<Doubles> bits;
  const auto root = hn::Set(bits, 0x3FE6A09E667F3BCDu);  // 1/sqrt 2
  const auto up = hn::Add(hn::BitCast(bits, x), hn::Sub(hn::Set(bits, 0x3FF0000000000000u), root));
  const auto m = hn::BitCast(kDoubles, hn::Add(hn::And(up, hn::Set(bits, 0x000FFFFFFFFFFFFFu)), root));
  // The exponent in the low bits of 2^52 is a number that is greater by 2^52, and by the exponent's bias.
  const auto shifted = hn::BitCast(kDoubles, hn::Or(hn::ShiftRight<52>(up), hn::Set(bits, 0x4330000000000000u)));
  const auto k = hn::Sub(shifted, hn::Set(kDoubles, 0x1p52 + 1023));
  const auto one = hn::Set(kDoubles, 1.0), s = hn::Div(hn::Sub(m, one), hn::Add(m, one)), square = hn::Mul(s, s);
  auto series = hn::Set(kDoubles, 1.0 / 13);
  for (const double next : {1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0})
    series = hn::MulAdd(series, square, hn::Set(kDoubles, next));
  return hn::MulAdd(k, hn::Set(kDoubles, 0.69314718055994530942), hn::Mul(hn::Add(s, s), series));
}

// What rows are multiplied by, and their lse; a row that saw nothing gets (0, -inf), or its sink.
struct Norms {
  alignas(64) float sum[kNormRows], factor[kNormRows];
  alignas(64) double lse[kNormRows];

  void take_sums(const float* row_sum, int64_t rows) {
    for (int64_t r = 0; r < kNormRows; r += static_cast<int64_t>(kN)) {
      Vec sums[kN];
      for (size_t i = 0; i < kN; ++i) {
        const float* lanes = row_sum + HWY_MIN(r + static_cast<int64_t>(i), rows - 1) * static_cast<int64_t>(kSumLanes);
        sums[i] = hn::LoadU(kLanes, lanes);
        for (size_t lane = kN; lane < kSumLanes; lane += kN) sums[i] = hn::Add(sums[i], hn::LoadU(kLanes, lanes + lane));
      }
      const Vec all = sums_of_lanes(sums);
      hn::Store(all, kLanes, sum + r);
      hn::Store(hn::IfThenZeroElse(hn::Eq(all, hn::Zero(kLanes)), hn::Div(hn::Set(kLanes, 1.0f), all)), kLanes, factor + r);
    }
  }
  // unit: of row_max, in nats.
  void take_logarithms(const float* row_max, double unit, int64_t rows) {
    const hn::Rebind<float, Doubles> floats;
    alignas(64) float top[kNormRows];
    for (int64_t r = 0; r < kNormRows; ++r) top[r] = row_max[HWY_MIN(r, rows - 1)];
    for (int64_t r = 0; r < kNormRows; r += static_cast<int64_t>(hn::Lanes(kDoubles))) {
      const auto x = hn::PromoteTo(kDoubles, hn::Load(floats, sum + r));
      auto seen = hn::MulAdd(hn::PromoteTo(kDoubles, hn::Load(floats, top + r)), hn::Set(kDoubles, unit), log(x));
      seen = hn::IfThenElse(hn::Eq(x, hn::Zero(kDoubles)), hn::Set(kDoubles, -__builtin_inf()), seen);
      hn::Store(hn::IfThenElse(hn::Eq(x, x), seen, x), kDoubles, lse + r);
    }
  }
  void join_sink(int64_t r, double row_max, double sink) {
    constexpr double none = -__builtin_inf();
    const double seen = lse[r], top = seen > sink ? seen : sink;
    if (top == none) return;
    lse[r] = top + std::log(std::exp(seen - top) + std::exp(sink - top));
    factor[r] = seen == none ? 0.0f : static_cast<float>(std::exp(row_max - lse[r]));
  }
};

}  // namespace

void store(const Tile& tile, const Scratch& scratch) {
  const rapt_problem& p = tile.call.problem;
  const size_t head_dim_v = static_cast<size_t>(p.v.shape[3]);
  const int64_t size = p.o.type == RAPT_F32 ? 4 : 2;
  const double unit = scores_are_nats(p) ? 1.0 : 0.69314718055994530942;  // of row_max, in nats
  const bool has_sink = p.sinks.type != RAPT_NONE;
  const bool has_lse = p.lse.type != RAPT_NONE;
  Norms norms;
  RowCursor at(tile);
  for (int64_t row = 0; row < tile.rows(); ++row, at.next()) {
    const int64_t r = row % kNormRows;
    if (r == 0) {
      norms.take_sums(scratch.row_sum + row * static_cast<int64_t>(kSumLanes), tile.rows() - row);
      if (has_sink || has_lse) norms.take_logarithms(scratch.row_max + row, unit, tile.rows() - row);
    }
    if (has_sink) {
      const float sink = static_cast<const float*>(tile.call.args.sinks)[at.head * p.sinks.strides[1]];
      norms.join_sink(r, unit * scratch.row_max[row], sink);
    }
    char* o = static_cast<char*>(tile.call.args.o) + row_offset(p.o, tile.sequence, at.head, at.query) * size;
    store_row(p.o.type, scratch.o + row * scratch.o_stride, norms.factor[r], head_dim_v, o);
    if (!has_lse) continue;
    const double lse = p.lse_base2 ? norms.lse[r] * 1.4426950408889634074 : norms.lse[r];
    static_cast<float*>(tile.call.args.lse)[row_offset(p.lse, tile.sequence, at.head, at.query)] = static_cast<float>(lse);
  }
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
