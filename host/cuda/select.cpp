// First what no forward kernel takes, each refusal a sentence; then the first row that takes the rest.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/select.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numbers>
#include <utility>

#include "attention/forward_params.h"
#include "cuda/division.h"
#include "cuda/tma.h"

namespace rapt::gpu {
namespace {

using kernels::ElementType;
using kernels::Variant;

bool takes_types(const rapt_problem& p, Text& why_not) {
  if ((p.q.type != RAPT_BF16 && p.q.type != RAPT_F16 && p.q.type != RAPT_F32) || p.k.type != p.q.type || p.v.type != p.q.type) {
    why_not.append("q, k and v are not all bf16, all f16 or all f32; convert them, or use engine cpu");
  } else if (p.o.type != p.q.type && p.o.type != RAPT_F32) {
    why_not.append("o is neither f32 nor of the type of q; convert it afterwards, or use engine cpu");
  } else if (p.lse.type != RAPT_NONE && p.lse.type != RAPT_F32) {
    why_not.append("lse is not f32; ask for f32");
  } else {
    return true;
  }
  return false;
}

bool takes_terms(const rapt_problem& p, Text& why_not) {
  if (p.bias.type == RAPT_F64) {
    why_not.append("bias is f64; give f32, f16 or bf16, or use engine reference");
  } else if (p.alibi.type == RAPT_F64 || p.sinks.type == RAPT_F64) {
    why_not.append("%s are f64; give f32, or use engine reference", p.alibi.type == RAPT_F64 ? "alibi slopes" : "sinks");
  } else if (p.softcap * std::numbers::log2e > FLT_MAX) {
    why_not.append("softcap %g times log2(e) does not fit f32; leave it out, as it is beyond every score", static_cast<double>(p.softcap));
  } else {
    return true;
  }
  return false;
}

// What not every row of the table takes.
bool needs_window_row(const rapt_problem& p) { return p.window_left >= 0; }
bool needs_whole_row(const rapt_problem& p) {
  const bool paged = p.kv_layout != RAPT_KV_DENSE && p.kv_layout != RAPT_KV_RAGGED;
  return paged || p.mask.type != RAPT_NONE || p.bias.type != RAPT_NONE || p.alibi.type != RAPT_NONE || p.sinks.type != RAPT_NONE;
}

bool takes_sizes(const rapt_problem& p, Text& why_not) {
  const int64_t rows = std::max(p.q.shape[2], p.k.shape[2]);
  if (rows > kernels::kMaxRows) {
    why_not.append("a tensor has %lld rows; kernels count up to %d, so split the sequence", static_cast<long long>(rows),
                   kernels::kMaxRows);
    return false;
  }
  if (longest_kv(p) > kernels::kMaxRows) {
    why_not.append("max_seqlen_kv is %lld; kernels count up to %d keys, so split the sequence", static_cast<long long>(longest_kv(p)),
                   kernels::kMaxRows);
    return false;
  }
  if (std::abs(p.scale) * std::numbers::log2e > 3e38) {
    why_not.append("scale %g times log2(e) does not fit f32; scale q instead, or use engine reference", p.scale);
    return false;
  }
  return true;
}

ElementType type_of(const rapt_problem& p) {
  return p.q.type == RAPT_BF16 ? ElementType::bf16 : p.q.type == RAPT_F16 ? ElementType::f16 : ElementType::f32;
}

// Of the rows for the problem's type.
int widest(std::span<const Variant> rows, const rapt_problem& p) {
  int head_dim = 0;
  for (const Variant& row : rows)
    if (row.type == type_of(p)) head_dim = std::max(head_dim, row.head_dim);
  return head_dim;
}

bool tma_takes(const rapt_problem& p, Text& why_not) {
  const std::pair<const char*, const rapt_tensor*> tensors[] = {{"q", &p.q}, {"k", &p.k}, {"v", &p.v}};
  for (const auto& [name, tensor] : tensors) {
    const char* fault = why_not_tma(*tensor);
    if (fault == nullptr) continue;
    why_not.append("TMA cannot load %s, which %s", name, fault);
    return false;
  }
  return true;
}

}  // namespace

const char* type_name(ElementType type) { return type == ElementType::bf16 ? "bf16" : type == ElementType::f16 ? "f16" : "f32"; }

bool row_takes(const Variant& row, int architecture, const rapt_problem& p, Text& why_not) {
  if (row.architecture > architecture) {
    why_not.append("it is for sm_90a alone");
  } else if (row.type != type_of(p)) {
    why_not.append("it is for %s", type_name(row.type));
  } else if (p.q.shape[3] > row.head_dim || p.v.shape[3] > row.head_dim_v) {
    why_not.append("it is for head_dim up to %d and head_dim_v up to %d", row.head_dim, row.head_dim_v);
  } else if (!row.whole && needs_whole_row(p)) {
    why_not.append("it takes no mask, bias, alibi, sinks or pages");
  } else if (!row.whole && row.softcap != (p.softcap > 0)) {
    why_not.append(row.softcap ? "it is for softcap alone" : "it takes no softcap");
  } else if (!row.window && needs_window_row(p)) {
    why_not.append("it takes no window that begins");
  } else if (forward_blocks(undivided(row), p) > INT32_MAX) {
    why_not.append("it would have more than 2^31 - 1 blocks");
  } else {
    return row.architecture < 90 || tma_takes(p, why_not);
  }
  return false;
}

namespace {

// The first row that takes the problem, and the first that takes it wherever its tensors begin. -1: none.
ForwardPlan first_rows(std::span<const Variant> rows, int architecture, const rapt_problem& p, bool whole) {
  ForwardPlan plan = {-1, -1, {}};
  for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
    const Variant& row = rows[static_cast<size_t>(i)];
    Text nobody(nullptr, 0);
    if ((whole && !row.whole) || !row_takes(row, architecture, p, nobody)) continue;
    if (plan.row < 0) plan.row = i;
    if (plan.unaligned < 0 && row.architecture < 90) plan.unaligned = i;
  }
  return plan;
}

}  // namespace

bool choose_forward(std::span<const Variant> rows, int architecture, int32_t multiprocessors, const Request& request, ForwardPlan& plan,
                    Text& why_not) {
  const rapt_problem& p = request.problem;
  if (!takes_types(p, why_not) || !takes_terms(p, why_not) || !takes_sizes(p, why_not)) return false;
  plan = first_rows(rows, architecture, p, has_few_rows(p, multiprocessors));
  if (plan.row < 0) plan = first_rows(rows, architecture, p, false);
  if (plan.row >= 0 && plan.unaligned >= 0) {
    plan.division = divide(rows[static_cast<size_t>(plan.row)], p, multiprocessors);
    return true;
  }
  why_not.append("no kernel for head_dim %lld, head_dim_v %lld on sm_%d; the largest is %d, and a grid holds 2^31 - 1 tiles",
                 static_cast<long long>(p.q.shape[3]), static_cast<long long>(p.v.shape[3]), architecture, widest(rows, p));
  return false;
}

const Variant& row_for(std::span<const Variant> rows, const ForwardPlan& plan, const rapt_args& args) {
  return rows[static_cast<size_t>(aligned_for_tma(args) ? plan.row : plan.unaligned)];
}

kernels::Division division_for(std::span<const Variant> rows, const ForwardPlan& plan, const rapt_args& args) {
  return plan.row == plan.unaligned || aligned_for_tma(args) ? plan.division : undivided(row_for(rows, plan, args));
}

}  // namespace rapt::gpu
