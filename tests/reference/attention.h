// A problem in logical order, and its run through the C API in any layout. Independent of the workbench: what tests the judge must not
// share its errors with what the judge's users share.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace rapt::test {

using Shape = std::array<int64_t, 4>;
using Values = std::vector<double>;

// How tensors lie in memory. Everything between and behind the elements of a sequence is poison: 0xFF, a NaN in every floating type.
struct Layout {
  bool rows_outside_heads = false;  // [batch, seqlen, heads, head_dim] in memory instead of [batch, heads, seqlen, head_dim]
  int64_t gap = 0;                  // elements added to every stride but the innermost
  int32_t q_layout = RAPT_Q_DENSE;
  int32_t kv_layout = RAPT_KV_DENSE;
  int64_t page_size = 1;
  uint64_t page_order = 1;     // seed of the order of pages; unused pages lie between them
  bool last_page_len = false;  // page list: lengths from kv_last_page_len instead of seqlens_kv
};

struct Attention {
  int64_t batch = 1, heads_q = 1, heads_kv = 1, seqlen_q = 1, seqlen_kv = 1, head_dim = 1, head_dim_v = 1;
  rapt_type q_type = RAPT_F64, k_type = RAPT_F64, v_type = RAPT_F64, o_type = RAPT_F64, lse_type = RAPT_F64, bias_type = RAPT_F64;
  rapt_problem rules = RAPT_PROBLEM_INIT;  // scale, softcap, causal, align, offset, window, lse_base2: all but tensors, sizes and layouts
  Values q, k, v;                          // [batch, heads, seqlen, head_dim] without gaps, representable in their types
  Shape bias_shape{}, mask_shape{};
  Values bias, alibi, sinks;  // alibi [heads_q] or [batch, heads_q], sinks [heads_q]; empty: absent
  std::vector<uint8_t> mask;
  std::vector<int32_t> lens_q, lens_kv;  // [batch]; empty: seqlen_q, seqlen_kv
  Layout layout;

  int64_t len_q(int64_t b) const { return lens_q.empty() ? seqlen_q : lens_q[static_cast<size_t>(b)]; }
  int64_t len_kv(int64_t b) const { return lens_kv.empty() ? seqlen_kv : lens_kv[static_cast<size_t>(b)]; }
};

// One batch entry, one head, f64, everything 0.
Attention single(int64_t seqlen_q, int64_t seqlen_kv, int64_t head_dim, int64_t head_dim_v);
void allocate(Attention& attention);  // q, k, v of the sizes given, zeros
// q, k, v drawn from N(0, 1) and rounded to their types.
void fill_normal(Attention& attention, std::mt19937_64& random);

struct Answer {
  rapt_status status = RAPT_OK;
  std::string message;  // rapt_last_error, or what was found wrong with the outputs' surroundings
  Values o;             // [batch, heads_q, seqlen_q, head_dim_v]; NaN in rows past a length
  Values lse;           // [batch, heads_q, seqlen_q]
  int64_t foreign = 0;  // bytes of o and lse changed that belong to no row of a sequence
};
Answer run(const Attention& attention, int32_t engine = RAPT_ENGINE_REFERENCE, int32_t threads = 2);

struct Map {
  rapt_status status = RAPT_OK;
  Values values;  // [batch, heads_q, seqlen_q, seqlen_kv]
};
Map map(const Attention& attention, int32_t stage);

struct Bounds {
  rapt_status status = RAPT_OK;
  Values o, lse;  // as Answer; 0 in rows past a length
};
Bounds bounds(const Attention& attention);

// The description and the pointers for tests that change one thing by hand before they run it. Owns its memory.
struct Packed {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  rapt_args args = RAPT_ARGS_INIT;
  std::vector<std::vector<uint8_t>> memory;
  std::vector<int32_t> cu_seqlens_q, cu_seqlens_kv, seqlens_q, seqlens_kv, block_table, kv_indptr, kv_last_page_len;
  std::vector<const void*> k_pages, v_pages;
};
void pack(const Attention& attention, Packed& packed);
Answer run(const Attention& attention, Packed& packed, int32_t engine = RAPT_ENGINE_REFERENCE, int32_t threads = 2);
rapt_context* context(int32_t threads);  // one of each for the whole program

}  // namespace rapt::test
