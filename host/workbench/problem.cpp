// Writes problem strings, and counts the work a problem asks for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace rapt::workbench {
namespace {

std::string print_types(const Problem& p) {
  const std::string q = print_type(p.q_type), k = print_type(p.k_type), v = print_type(p.v_type), o = print_type(p.o_type);
  return q == k && q == v && q == o ? q : fmt::format("{}/{}/{}/{}", q, k, v, o);
}

std::string print_shape(const Problem& p) {
  std::string text;
  if (p.batch != 1) text += fmt::format("b{},", p.batch);
  if (p.heads_q != 1) text += fmt::format("hq{},", p.heads_q);
  if (p.heads_kv != p.heads_q) text += fmt::format("hkv{},", p.heads_kv);
  text += fmt::format("sq{},", p.seqlen_q);
  if (p.seqlen_kv != p.seqlen_q) text += fmt::format("sk{},", p.seqlen_kv);
  text += fmt::format("d{}", p.head_dim);
  if (p.head_dim_v != p.head_dim) text += fmt::format(",dv{}", p.head_dim_v);
  return text;
}

std::string print_alignment(const Problem& p) {
  if (p.align == RAPT_ALIGN_BOTTOM_RIGHT) return "br";
  return p.align == RAPT_ALIGN_TOP_LEFT ? "tl" : fmt::format("{}", p.offset);
}

// Each part is followed by a comma; the caller drops the last.
std::string print_semantics(const Problem& p) {
  std::string text;
  if (p.causal) text += fmt::format("causal={},", print_alignment(p));
  if (!p.causal && p.align != RAPT_ALIGN_BOTTOM_RIGHT) text += fmt::format("align={},", print_alignment(p));
  if (p.window_left != -1 || p.window_right != -1) text += fmt::format("win={}:{},", p.window_left, p.window_right);
  if (p.softcap != 0) text += fmt::format("cap={},", p.softcap);
  if (p.scale) text += fmt::format("scale={},", *p.scale);
  if (!p.mask.empty()) text += fmt::format("mask={},", p.mask);
  if (!p.bias.empty())
    text += fmt::format("bias={}{},", p.bias, p.bias_type == RAPT_F32 ? "" : fmt::format("/{}", print_type(p.bias_type)));
  if (p.alibi) text += p.alibi_per_batch ? "alibi=batch," : "alibi,";
  if (p.sinks) text += "sinks,";
  if (!p.lse) text += "nolse,";
  if (p.lse_base2) text += "lse2,";
  if (p.batch_invariant) text += "invariant,";
  if (p.lengths != "full") text += fmt::format("lens={},", p.lengths);
  if (p.distribution != "normal") text += fmt::format("data={},", p.distribution);
  if (p.seed != 1) text += fmt::format("seed={},", p.seed);
  return text;
}

std::string print_layout(const Problem& p) {
  std::string text;
  if (p.layout == Problem::Layout::bshd) text += "bshd,";
  if (p.layout == Problem::Layout::strided) text += "strided,";
  const bool paged = p.page_size > 0;
  if (p.ragged_q) text += p.kv_layout == RAPT_KV_DENSE ? "raggedq," : "ragged,";
  if (!p.ragged_q && p.kv_layout == RAPT_KV_RAGGED) text += "raggedkv,";
  if (paged && p.kv_layout == RAPT_KV_BLOCK_TABLE) text += fmt::format("page{},", p.page_size);
  if (paged && p.kv_layout == RAPT_KV_PAGE_LIST) text += fmt::format("list{},", p.page_size);
  if (paged && p.kv_layout == RAPT_KV_PAGE_POINTERS) text += fmt::format("pointers{},", p.page_size);
  return text;
}

// Far enough to be beyond every length, near enough that sums do not overflow.
int64_t within_reach(int64_t distance) { return std::clamp<int64_t>(distance, -(int64_t{1} << 40), int64_t{1} << 40); }

// (row, key) pairs of one head of one sequence at full lengths that causal and window leave visible.
double visible_pairs(const Problem& p) {
  const int64_t from_lengths = p.align == RAPT_ALIGN_BOTTOM_RIGHT ? p.seqlen_kv - p.seqlen_q : 0;
  const int64_t offset = p.align == RAPT_ALIGN_OFFSET ? within_reach(p.offset) : from_lengths;
  double pairs = 0;
  for (int64_t row = 0; row < p.seqlen_q; ++row) {
    int64_t first = 0, last = p.seqlen_kv - 1;
    if (p.causal) last = std::min(last, row + offset);
    if (p.window_left >= 0) first = std::max(first, row + offset - within_reach(p.window_left));
    if (p.window_right >= 0) last = std::min(last, row + offset + within_reach(p.window_right));
    pairs += static_cast<double>(std::max<int64_t>(0, last - first + 1));
  }
  return pairs;
}

}  // namespace

std::string print_type(rapt_type type) {
  switch (type) {
    case RAPT_F32:
      return "f32";
    case RAPT_F16:
      return "f16";
    case RAPT_BF16:
      return "bf16";
    case RAPT_F64:
      return "f64";
    default:
      throw std::invalid_argument(fmt::format("type number {} has no name in a problem string", type));
  }
}

std::string print_problem(const Problem& problem) {
  std::string text = print_types(problem) + ":" + print_shape(problem);
  for (std::string part : {print_semantics(problem), print_layout(problem)}) {
    if (part.empty()) continue;
    part.pop_back();
    text += ":" + part;
  }
  return text;
}

double flops(const Problem& problem) {
  const double heads = static_cast<double>(problem.batch) * static_cast<double>(problem.heads_q);
  return 2.0 * static_cast<double>(problem.head_dim + problem.head_dim_v) * heads * visible_pairs(problem);
}

double unique_bytes(const Problem& problem) {
  const auto bytes = [&problem](rapt_type type, int64_t heads, int64_t rows, int64_t width) {
    return static_cast<double>(rapt_type_size(type)) * static_cast<double>(problem.batch) * static_cast<double>(heads) *
           static_cast<double>(rows) * static_cast<double>(width);
  };
  return bytes(problem.q_type, problem.heads_q, problem.seqlen_q, problem.head_dim) +
         bytes(problem.k_type, problem.heads_kv, problem.seqlen_kv, problem.head_dim) +
         bytes(problem.v_type, problem.heads_kv, problem.seqlen_kv, problem.head_dim_v) +
         bytes(problem.o_type, problem.heads_q, problem.seqlen_q, problem.head_dim_v);
}

}  // namespace rapt::workbench
