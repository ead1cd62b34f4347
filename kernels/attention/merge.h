// The merges: of the partial results of a forward's splits, and of partial results that somebody gives (rapt_merge).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/merge_params.h"
#include "attention/merge_row.h"
#include "attention/scores.h"

namespace rapt::kernels {

// A row of one head, from its splits; lse in log2.
struct SplitsOfRow {
  const MergeParams& p;
  const float *parts_o, *parts_lse;
  void* to_o;
  float* to_lse;

  static SIMT_DEVICE float exp(float x) { return simt::exp2(x); }
  SIMT_DEVICE int parts() const { return p.splits; }
  SIMT_DEVICE int columns() const { return p.head_dim_v; }
  SIMT_DEVICE bool skips(int) const { return false; }  // a split that saw nothing has o = 0
  SIMT_DEVICE float lse(int s) const { return parts_lse[s * p.lse_split_stride]; }
  SIMT_DEVICE float o(int s, int64_t col) const { return parts_o[s * p.o_split_stride + col]; }
  SIMT_DEVICE void put(int64_t col, float x) const { store_as(p.o_type, to_o, col, x); }
  SIMT_DEVICE void put_lse(float shift, float log2_sum) const {
    if (to_lse != nullptr) *to_lse = (shift + log2_sum) * p.lse_unit;
  }
};

// A warp takes a row.
struct Merge {
  using Params = MergeParams;
  struct SharedStorage {};
  static constexpr int kArchitecture = 80, kThreads = 128, kMinBlocks = 1, kRows = kThreads / 32;

  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    const int64_t index = int64_t{simt::block().x} * kRows + simt::warp(), longest = p.query.longest;
    if (index >= longest * p.heads * p.sequences) return;
    const int row = static_cast<int>(index % longest), head = static_cast<int>(index / longest % p.heads);
    const Sequence sequence = find_sequence(p.query, p.o.rows, static_cast<int>(index / longest / p.heads));
    if (row >= sequence.length) return;
    const void* o = p.o_type == OutputType::f32 ? static_cast<const void*>(address<float>(p.o, sequence, head, row))
                                                : address<simt::f16>(p.o, sequence, head, row);  // all of 16 bits are alike
    const float* lse = p.lse.data == nullptr ? nullptr : address<float>(p.lse, sequence, head, row);
    merge_row(SplitsOfRow{p, address<float>(p.o_parts, sequence, head, row), address<float>(p.lse_parts, sequence, head, row),
                          const_cast<void*>(o), const_cast<float*>(lse)});
  }
};

// Row (b, h, i) of parts that each have their own memory, strides and type; lse in natural units. A part whose lse is -inf adds nothing,
// whatever its o holds.
struct PartsOfRow {
  const MergePartsParams& p;
  int64_t b, h, i;

  static SIMT_DEVICE float exp(float x) { return simt::exp2(x * kLog2e); }
  SIMT_DEVICE int64_t at(const int64_t (&strides)[3]) const { return b * strides[0] + h * strides[1] + i * strides[2]; }
  SIMT_DEVICE int parts() const { return p.count; }
  SIMT_DEVICE int64_t columns() const { return p.columns; }
  SIMT_DEVICE bool skips(int s) const { return lse(s) == -kInfinity; }
  SIMT_DEVICE float lse(int s) const { return p.parts[s].lse[at(p.parts[s].lse_strides)]; }
  SIMT_DEVICE float o(int s, int64_t col) const { return load_as(p.parts[s].type, p.parts[s].o, at(p.parts[s].o_strides) + col); }
  SIMT_DEVICE void put(int64_t col, float x) const { store_as(p.result.type, p.result.o, at(p.result.o_strides) + col, x); }
  SIMT_DEVICE void put_lse(float shift, float log2_sum) const {
    if (p.result.lse != nullptr) p.result.lse[at(p.result.lse_strides)] = simt::fma(log2_sum, 1.0f / kLog2e, shift);
  }
};

struct MergeParts {
  using Params = MergePartsParams;
  struct SharedStorage {};
  static constexpr int kArchitecture = 80, kThreads = 128, kMinBlocks = 1, kRows = kThreads / 32;

  static SIMT_DEVICE void run(const Params& p, SharedStorage&) {
    const int64_t row = int64_t{simt::block().x} * kRows + simt::warp();
    if (row >= p.batch * p.heads * p.rows) return;
    merge_row(PartsOfRow{p, row / p.rows / p.heads, row / p.rows % p.heads, row % p.rows});
  }
};

}  // namespace rapt::kernels
