// Rewrites one block of K and V as panels of f32 for the micro-kernel: K transposed, V in strips, both widened from their types.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/pack.cpp"
#include <hwy/foreach_target.h>
//
#include "cpu/tile/kernels.h"
#include "cpu/tile/rows.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

// Rows 4b + i of a group of kN keys, floats d .. d + 3 of each, side by side: block b of the vector is key 4b + i.
#if HWY_TARGET != HWY_SCALAR
using Quad = hn::FixedTag<float, 4>;
#endif
#if HWY_MAX_BYTES == 64
HWY_INLINE Vec load_quads(const float* const* rows, size_t i, size_t d) {
  const Quad quad;
  const hn::FixedTag<float, 8> half;
  const auto low = hn::Combine(half, hn::LoadU(quad, rows[4 + i] + d), hn::LoadU(quad, rows[i] + d));
  const auto high = hn::Combine(half, hn::LoadU(quad, rows[12 + i] + d), hn::LoadU(quad, rows[8 + i] + d));
  return hn::Combine(kLanes, high, low);
}
#elif HWY_MAX_BYTES == 32
HWY_INLINE Vec load_quads(const float* const* rows, size_t i, size_t d) {
  const Quad quad;
  return hn::Combine(kLanes, hn::LoadU(quad, rows[4 + i] + d), hn::LoadU(quad, rows[i] + d));
}
#elif HWY_TARGET != HWY_SCALAR
HWY_INLINE Vec load_quads(const float* const* rows, size_t i, size_t d) { return hn::LoadU(kLanes, rows[i] + d); }
#endif

// panel[d][j] = rows[j][d] for kN keys; panel rows are kPanel floats apart.
HWY_INLINE void transpose_keys(const float* const* rows, size_t head_dim, float* panel) {
  size_t d = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::RepartitionToWide<Lanes> pairs;
  for (; d + 4 <= head_dim; d += 4) {
    const Vec r0 = load_quads(rows, 0, d), r1 = load_quads(rows, 1, d), r2 = load_quads(rows, 2, d), r3 = load_quads(rows, 3, d);
    const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(kLanes, r0, r1)),
               high01 = hn::BitCast(pairs, hn::InterleaveUpper(kLanes, r0, r1));
    const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(kLanes, r2, r3)),
               high23 = hn::BitCast(pairs, hn::InterleaveUpper(kLanes, r2, r3));
    hn::Store(hn::BitCast(kLanes, hn::InterleaveLower(pairs, low01, low23)), kLanes, panel + d * kPanel);
    hn::Store(hn::BitCast(kLanes, hn::InterleaveUpper(pairs, low01, low23)), kLanes, panel + (d + 1) * kPanel);
    hn::Store(hn::BitCast(kLanes, hn::InterleaveLower(pairs, high01, high23)), kLanes, panel + (d + 2) * kPanel);
    hn::Store(hn::BitCast(kLanes, hn::InterleaveUpper(pairs, high01, high23)), kLanes, panel + (d + 3) * kPanel);
  }
#endif
  for (; d < head_dim; ++d)
    for (size_t j = 0; j < kN; ++j) panel[d * kPanel + j] = rows[j][d];
}

// Keys are transposed from f32 rows: in place, or widened into `widened` kN at a time. Missing keys are rows of 0.
template <class T>
void pack_keys(const char* const* addresses, size_t keys, size_t head_dim, float* widened, const float* zeros, float* panels) {
  const size_t stride = static_cast<size_t>(round_up(static_cast<int64_t>(head_dim), kRowAlign));
  for (size_t group = 0; group < keys; group += kN) {
    const float* rows[kN];
    for (size_t j = 0; j < kN; ++j) {
      const char* address = group + j < keys ? addresses[group + j] : nullptr;
      if (address == nullptr) {
        rows[j] = zeros;
      } else if constexpr (sizeof(T) == sizeof(float)) {
        rows[j] = reinterpret_cast<const float*>(address);
      } else {
        widen_row<T>(address, head_dim, widened + j * stride);
        rows[j] = widened + j * stride;
      }
    }
    transpose_keys(rows, head_dim, panels + group / kPanel * kPanel * head_dim + group % kPanel);
  }
}

// v[strip][key][kPanel]; returns true if every value is finite (x * 0 is NaN otherwise).
template <class T>
bool pack_values(const char* const* addresses, size_t keys, size_t head_dim_v, float* strips) {
  Vec check = hn::Zero(kLanes);
  for (size_t j = 0; j < keys; ++j) {
    const T* row = reinterpret_cast<const T*>(addresses[j]);
    for (size_t d = 0; d < head_dim_v; d += kN) {
      const size_t left = head_dim_v - d;
      Vec x = hn::Zero(kLanes);
      if (row != nullptr) x = left >= kN ? load(row + d) : load_first(row + d, left);
      check = hn::MulAdd(x, hn::Zero(kLanes), check);
      hn::Store(x, kLanes, strips + (d / kPanel * kBlock + j) * kPanel + d % kPanel);
    }
  }
  const float sum = hn::GetLane(hn::SumOfLanes(kLanes, check));
  return sum == sum;
}

void pack_keys_of(rapt_type type, const char* const* rows, size_t keys, size_t head_dim, float* widened, const float* zeros,
                  float* panels) {
  if (type == RAPT_F16) return pack_keys<hwy::float16_t>(rows, keys, head_dim, widened, zeros, panels);
  if (type == RAPT_BF16) return pack_keys<hwy::bfloat16_t>(rows, keys, head_dim, widened, zeros, panels);
  pack_keys<float>(rows, keys, head_dim, widened, zeros, panels);
}
bool pack_values_of(rapt_type type, const char* const* rows, size_t keys, size_t head_dim_v, float* strips) {
  if (type == RAPT_F16) return pack_values<hwy::float16_t>(rows, keys, head_dim_v, strips);
  if (type == RAPT_BF16) return pack_values<hwy::bfloat16_t>(rows, keys, head_dim_v, strips);
  return pack_values<float>(rows, keys, head_dim_v, strips);
}

// Rows of one block: nullptr before the first key that is needed, and where a page is not mapped (then true is returned).
bool block_rows(const Call& call, const Sequence& sequence, Side side, int64_t head_kv, int64_t first, const Packed& packed,
                const char** rows, int64_t keys) {
  const int64_t lead = packed.begin_key > first ? packed.begin_key - first : 0;
  for (int64_t j = 0; j < lead; ++j) rows[j] = nullptr;
  key_rows(call, sequence, side, head_kv, first + lead, keys - lead, rows + lead);
  bool unmapped = false;
  for (int64_t j = lead; j < keys; ++j) unmapped |= rows[j] == nullptr;
  return unmapped;
}

}  // namespace

void pack(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch) {
  const rapt_problem& p = call.problem;
  const int64_t head_dim = p.k.shape[3], head_dim_v = p.v.shape[3];
  const int64_t first = packed.first_key() + block * kBlock;
  const int64_t keys = packed.end_key - first < kBlock ? packed.end_key - first : kBlock;
  const char* rows[kBlock];
  uint8_t flags = 0;

  if (block_rows(call, sequence, Side::k, head_kv, first, packed, rows, keys)) flags = kBlockUnmapped;
  pack_keys_of(p.k.type, rows, static_cast<size_t>(keys), static_cast<size_t>(head_dim), scratch.q, scratch.zeros,
               packed.k + block * kBlock * head_dim);

  if (block_rows(call, sequence, Side::v, head_kv, first, packed, rows, keys)) flags = kBlockUnmapped;
  float* strips = packed.v + block * kBlock * round_up(head_dim_v, static_cast<int64_t>(kPanel));
  if (!pack_values_of(p.v.type, rows, static_cast<size_t>(keys), static_cast<size_t>(head_dim_v), strips)) flags |= kBlockNonFinite;
  packed.flags[block] = flags;
}

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
