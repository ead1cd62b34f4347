// Shapes, strides and meaning of a problem string, in the words of the public header.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/options.h"
#include "workbench/layout.h"

namespace rapt::cli {
namespace {

using workbench::place;
using workbench::Problem;
using Shape = std::array<int64_t, 4>;

constexpr double kMostElements = 0x1p58;  // of a tensor, so that no size in bytes overflows, gaps between its rows included

void refuse_what_overflows(const Problem& p) {
  const auto product = [](int64_t a, int64_t b, int64_t c, int64_t d) {
    return static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c) * static_cast<double>(d);
  };
  const int64_t width = std::max(p.head_dim, p.head_dim_v);
  const double most = std::max({product(p.batch, p.heads_q, p.seqlen_q, width), product(p.batch, p.heads_kv, p.seqlen_kv, width),
                                p.mask.empty() && p.bias.empty() ? 0 : product(p.batch, p.heads_q, p.seqlen_q, p.seqlen_kv)});
  if (most > kMostElements) {
    throw BadInput(fmt::format("problem: {} has a tensor of {:.1e} elements; make it smaller", print_problem(p), most));
  }
}

void describe_queries(const Problem& p, rapt_problem& problem) {
  const int64_t batch = p.ragged_q ? 1 : p.batch, rows = p.ragged_q ? p.batch * p.seqlen_q : p.seqlen_q;
  problem.q = place(p.q_type, {batch, p.heads_q, rows, p.head_dim}, p.layout);
  problem.o = place(p.o_type, {batch, p.heads_q, rows, p.head_dim_v}, p.layout);
  if (p.lse) problem.lse = place(p.o_type == RAPT_F64 ? RAPT_F64 : RAPT_F32, {batch, p.heads_q, rows, 1}, p.layout);
  if (!p.ragged_q) return;
  problem.q_layout = RAPT_Q_RAGGED;
  problem.batch = p.batch;
  problem.max_seqlen_q = p.seqlen_q;
}

void describe_keys(const Problem& p, rapt_problem& problem) {
  problem.kv_layout = p.kv_layout;
  Shape k = {p.batch, p.heads_kv, p.seqlen_kv, p.head_dim};
  if (p.kv_layout == RAPT_KV_RAGGED) {
    k[0] = 1;
    k[2] = p.batch * p.seqlen_kv;
    problem.max_seqlen_kv = p.seqlen_kv;
  } else if (p.kv_layout != RAPT_KV_DENSE) {
    const int64_t pages = p.batch * ((std::max<int64_t>(p.seqlen_kv, 1) + p.page_size - 1) / p.page_size);
    k[0] = p.kv_layout == RAPT_KV_PAGE_POINTERS ? 1 : pages;
    k[2] = p.page_size;
    problem.max_seqlen_kv = std::max<int64_t>(p.seqlen_kv, 1);
  }
  problem.k = place(p.k_type, k, p.layout);
  k[3] = p.head_dim_v;
  problem.v = place(p.v_type, k, p.layout);
}

void describe_modifiers(const Problem& p, rapt_problem& problem) {
  const Problem::Layout layout = p.layout == Problem::Layout::strided ? p.layout : Problem::Layout::bhsd;
  const Shape full = {p.batch, p.heads_q, p.seqlen_q, problem.max_seqlen_kv != 0 ? problem.max_seqlen_kv : p.seqlen_kv};
  const auto broadcast = [&full](const std::string& pattern) {
    Shape shape = full;
    for (size_t d = 0; d < shape.size(); ++d) {
      if (pattern[d] == '1') shape[d] = 1;
    }
    return shape;
  };
  if (!p.mask.empty()) problem.mask = place(RAPT_BOOL, broadcast(p.mask), layout);
  if (!p.bias.empty()) problem.bias = place(p.bias_type, broadcast(p.bias), layout);
  if (p.alibi) problem.alibi = place(RAPT_F32, {p.alibi_per_batch ? p.batch : 1, p.heads_q, 1, 1}, layout);
  if (p.sinks) problem.sinks = place(RAPT_F32, {1, p.heads_q, 1, 1}, layout);
}

}  // namespace

rapt_problem describe(const Problem& p) {
  refuse_what_overflows(p);
  rapt_problem problem = RAPT_PROBLEM_INIT;
  describe_queries(p, problem);
  describe_keys(p, problem);
  describe_modifiers(p, problem);
  problem.align = p.align;
  problem.offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : 0;
  problem.causal = p.causal ? 1 : 0;
  problem.window_left = p.window_left;
  problem.window_right = p.window_right;
  problem.softcap = p.softcap;
  problem.has_scale = p.scale ? 1 : 0;
  problem.scale = p.scale.value_or(0.0);
  problem.lse_base2 = p.lse_base2 ? 1 : 0;
  problem.batch_invariant = p.batch_invariant ? 1 : 0;
  return problem;
}

}  // namespace rapt::cli
