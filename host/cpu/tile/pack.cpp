// Rewrites one block of K and V as panels of words for the micro-kernel: K transposed, V in strips, of any types as f32, of bf16 as pairs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/pack.cpp"
#include <hwy/foreach_target.h>
//
#include "cpu/tile/bf16_word.h"
#include "cpu/tile/f32_word.h"
#include "cpu/tile/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::cpu::HWY_NAMESPACE {
namespace {

// Rows 4b + i of a group of kN keys, words d .. d + 3 of each, side by side: block b of the vector is key 4b + i.
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

// panel[d][j] = rows[j][d] for kN keys of so many words; panel rows are kPanel words apart.
HWY_INLINE void transpose_keys(const float* const* rows, size_t words, float* panel) {
  size_t d = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::RepartitionToWide<Lanes> pairs;
  for (; d + 4 <= words; d += 4) {
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
  for (; d < words; ++d)
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

// v[strip][key][kPanel]; returns true if every value is finite. Magnitudes are compared as integers: each in a cycle, where a chain of
// floating-point operations would take four.
template <class T>
bool pack_values(const char* const* addresses, size_t keys, size_t head_dim_v, float* strips) {
  const hn::RebindToSigned<Lanes> bits;
  auto most = hn::Zero(bits);
  for (size_t j = 0; j < keys; ++j) {
    const T* row = reinterpret_cast<const T*>(addresses[j]);
    for (size_t d = 0; d < head_dim_v; d += kN) {
      const size_t left = head_dim_v - d;
      Vec x = hn::Zero(kLanes);
      if (row != nullptr) x = left >= kN ? load(row + d) : load_first(row + d, left);
      most = hn::Max(most, hn::And(hn::BitCast(bits, x), hn::Set(bits, 0x7FFFFFFF)));
      hn::Store(x, kLanes, strips + (d / kPanel * kBlock + j) * kPanel + d % kPanel);
    }
  }
  return hn::AllTrue(bits, hn::Lt(most, hn::Set(bits, 0x7F800000)));
}

#if RAPT_CPU_BF16_DOT
// The greatest magnitude of some bf16, and the least but 0, less 1, as bits.
struct Magnitudes {
  using Halves = hn::Rebind<uint16_t, Lanes>;
  static constexpr Halves kHalves{};
  hn::Vec<Halves> most, least_less_1;

  HWY_INLINE Magnitudes() : most(hn::Zero(kHalves)), least_less_1(hn::Set(kHalves, uint16_t{0xFFFF})) {}
  HWY_INLINE void add(hn::Vec<Halves> x) {
    const auto magnitude = hn::And(x, hn::Set(kHalves, uint16_t{0x7FFF}));
    most = hn::Max(most, magnitude);
    least_less_1 = hn::Min(least_less_1, hn::Sub(magnitude, hn::Set(kHalves, uint16_t{1})));
  }
  // A whole row, in registers: beside other work they would stay in memory, a round trip of 10 cycles for each vector.
  HWY_INLINE void add_row(const uint16_t* row, size_t n) {
    Magnitudes here = *this;
    size_t d = 0;
    for (; d + kN <= n; d += kN) here.add(hn::LoadU(kHalves, row + d));
    if (d < n) here.add(load_first(row + d, n - d));
    *this = here;
  }
  static hn::Vec<Halves> load_first(const uint16_t* p, size_t n) {  // the rest 0
    alignas(64) uint16_t copy[kN] = {};
    std::memcpy(copy, p, n * sizeof(uint16_t));
    return hn::Load(kHalves, copy);
  }
  bool are_within(uint16_t least, uint16_t greatest) const {
    alignas(64) uint16_t high[kN], low[kN];
    hn::Store(most, kHalves, high);
    hn::Store(least_less_1, kHalves, low);
    bool within = true;
    for (size_t lane = 0; lane < kN; ++lane) within &= high[lane] <= greatest && low[lane] >= least - 1;
    return within;
  }
};
HWY_INLINE hn::Vec<Magnitudes::Halves> load_halves(const uint16_t* p, size_t n) {  // the first n, the rest 0
  return n >= kN ? hn::LoadU(Magnitudes::kHalves, p) : Magnitudes::load_first(p, n);
}

// As pack_keys, from rows of bf16, whose pairs are words already; the last of an odd head_dim is paired with 0. Returns true if no key is
// odd.
bool pack_key_pairs(const char* const* addresses, size_t keys, size_t head_dim, float* copies, const float* zeros, float* panels) {
  const size_t words = (head_dim + 1) / 2, stride = static_cast<size_t>(round_up(static_cast<int64_t>(words), 2 * kRowAlign));
  Magnitudes magnitudes;
  for (size_t group = 0; group < keys; group += kN) {
    const float* rows[kN];
    for (size_t j = 0; j < kN; ++j) {
      const char* address = group + j < keys ? addresses[group + j] : nullptr;
      rows[j] = address == nullptr ? zeros : reinterpret_cast<const float*>(address);
      if (address == nullptr) continue;
      const uint16_t* row = reinterpret_cast<const uint16_t*>(address);
      magnitudes.add_row(row, head_dim);
      if (head_dim % 8 == 0) continue;  // whole quads of words: read in place
      Bf16Word::load_query(RAPT_BF16, row, head_dim, copies + j * stride);
      rows[j] = copies + j * stride;
    }
    transpose_keys(rows, words, panels + group / kPanel * kPanel * words + group % kPanel);
  }
  return magnitudes.are_within(Bf16Word::kLeastKey, Bf16Word::kMostKey);
}

// v[strip][pair of keys][kPanel]; returns true if no value is odd.
bool pack_value_pairs(const char* const* addresses, size_t keys, size_t head_dim_v, const float* zeros, float* strips) {
  const hn::RebindToUnsigned<Lanes> bits;
  Magnitudes magnitudes;
  const auto row_of = [&](size_t j) {
    return reinterpret_cast<const uint16_t*>(j < keys && addresses[j] != nullptr ? addresses[j] : reinterpret_cast<const char*>(zeros));
  };
  for (size_t j = 0; j < keys; j += 2) {
    const uint16_t *even = row_of(j), *odd = row_of(j + 1);
    for (size_t d = 0; d < head_dim_v; d += kN) {
      const auto low = load_halves(even + d, head_dim_v - d), high = load_halves(odd + d, head_dim_v - d);
      magnitudes.add(low);
      magnitudes.add(high);
      const auto pairs = hn::Or(hn::PromoteTo(bits, low), hn::ShiftLeft<16>(hn::PromoteTo(bits, high)));
      hn::Store(pairs, bits, reinterpret_cast<uint32_t*>(strips) + (d / kPanel * (kBlock / 2) + j / 2) * kPanel + d % kPanel);
    }
  }
  return magnitudes.are_within(Bf16Word::kLeastValue, Bf16Word::kMostValue);
}
#endif

// What differs between kinds of words: both return false if the block needs its flag for odd keys or values.
template <class Word>
struct Packer {
  const rapt_problem& p;
  Scratch& scratch;
  size_t head_dim() const { return static_cast<size_t>(p.k.shape[3]); }
  size_t head_dim_v() const { return static_cast<size_t>(p.v.shape[3]); }
  bool keys(const char* const* rows, size_t count, float* panels) const;
  bool values(const char* const* rows, size_t count, float* strips) const;
};
template <>
bool Packer<F32Word>::keys(const char* const* rows, size_t count, float* panels) const {
  switch (p.k.type) {
    case RAPT_F16: pack_keys<hwy::float16_t>(rows, count, head_dim(), scratch.widened, scratch.zeros, panels); break;
    case RAPT_BF16: pack_keys<hwy::bfloat16_t>(rows, count, head_dim(), scratch.widened, scratch.zeros, panels); break;
    default: pack_keys<float>(rows, count, head_dim(), scratch.widened, scratch.zeros, panels);
  }
  return true;
}
template <>
bool Packer<F32Word>::values(const char* const* rows, size_t count, float* strips) const {
  switch (p.v.type) {
    case RAPT_F16: return pack_values<hwy::float16_t>(rows, count, head_dim_v(), strips);
    case RAPT_BF16: return pack_values<hwy::bfloat16_t>(rows, count, head_dim_v(), strips);
    default: return pack_values<float>(rows, count, head_dim_v(), strips);
  }
}
#if RAPT_CPU_BF16_DOT
template <>
bool Packer<Bf16Word>::keys(const char* const* rows, size_t count, float* panels) const {
  return pack_key_pairs(rows, count, head_dim(), scratch.widened, scratch.zeros, panels);
}
template <>
bool Packer<Bf16Word>::values(const char* const* rows, size_t count, float* strips) const {
  return pack_value_pairs(rows, count, head_dim_v(), scratch.zeros, strips);
}
#endif

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

// A block's first key and how many it has.
KeyRange keys_of_block(int64_t block, const Packed& packed) {
  const int64_t first = packed.first_key() + block * kBlock;
  return {first, HWY_MIN(first + kBlock, packed.end_key)};
}

template <class Word>
int64_t words(int64_t values) {
  return (values + static_cast<int64_t>(Word::kValues) - 1) / static_cast<int64_t>(Word::kValues);
}

}  // namespace

template <class Word>
void pack_block_keys(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch) {
  const KeyRange keys = keys_of_block(block, packed);
  const int64_t count = keys.end - keys.begin;
  const char* rows[kBlock];
  // Masking comes before V is packed, and needs to know of its pages.
  const bool paged = call.problem.kv_layout >= RAPT_KV_BLOCK_TABLE;
  bool unmapped = paged && block_rows(call, sequence, Side::v, head_kv, keys.begin, packed, rows, count);
  unmapped |= block_rows(call, sequence, Side::k, head_kv, keys.begin, packed, rows, count);
  float* to = packed.k + packed.place(block) * kBlock * words<Word>(call.problem.k.shape[3]);
  const bool all_fit = Packer<Word>{call.problem, scratch}.keys(rows, static_cast<size_t>(count), to);
  packed.flags[block] = static_cast<uint8_t>(kBlockKeysPacked | (unmapped ? kBlockUnmapped : 0) | (all_fit ? 0 : kBlockOddKeys));
}

template <class Word>
void pack_block_values(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch) {
  const KeyRange keys = keys_of_block(block, packed);
  const int64_t count = keys.end - keys.begin;
  const char* rows[kBlock];
  block_rows(call, sequence, Side::v, head_kv, keys.begin, packed, rows, count);
  float* to = packed.v + packed.place(block) * words<Word>(kBlock) * round_up(call.problem.v.shape[3], static_cast<int64_t>(kPanel));
  const bool none_odd = Packer<Word>{call.problem, scratch}.values(rows, static_cast<size_t>(count), to);
  packed.flags[block] |= static_cast<uint8_t>(kBlockValuesPacked | (none_odd ? 0 : kBlockOddValues));
}

template void pack_block_keys<F32Word>(const Call&, const Sequence&, int64_t, int64_t, const Packed&, Scratch&);
template void pack_block_values<F32Word>(const Call&, const Sequence&, int64_t, int64_t, const Packed&, Scratch&);
void pack(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch) {
  pack_block_keys<F32Word>(call, sequence, head_kv, block, packed, scratch);
  pack_block_values<F32Word>(call, sequence, head_kv, block, packed, scratch);
}
#if RAPT_CPU_BF16_DOT
template void pack_block_keys<Bf16Word>(const Call&, const Sequence&, int64_t, int64_t, const Packed&, Scratch&);
template void pack_block_values<Bf16Word>(const Call&, const Sequence&, int64_t, int64_t, const Packed&, Scratch&);
void pack_bf16(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch) {
  pack_block_keys<Bf16Word>(call, sequence, head_kv, block, packed, scratch);
  pack_block_values<Bf16Word>(call, sequence, head_kv, block, packed, scratch);
}
#endif

}  // namespace rapt::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
