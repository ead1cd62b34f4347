// First what no forward kernel takes, each refusal a sentence; then the first row that takes the rest.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/select.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "attention/forward_params.h"
#include "cuda/forward_params.h"

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

bool takes_features(const rapt_problem& p, Text& why_not) {
  const struct {
    bool wanted;
    const char* what;
  } features[] = {{p.mask.type != RAPT_NONE, "a mask"},
                  {p.bias.type != RAPT_NONE, "a bias"},
                  {p.alibi.type != RAPT_NONE, "alibi"},
                  {p.sinks.type != RAPT_NONE, "sinks"},
                  {p.softcap > 0, "softcap"},
                  {p.window_left >= 0 || p.window_right >= 0, "a window"},
                  {p.kv_layout != RAPT_KV_DENSE && p.kv_layout != RAPT_KV_RAGGED, "a paged cache"}};
  for (const auto& [wanted, what] : features) {
    if (!wanted) continue;
    why_not.append("no kernel for %s yet; use engine cpu", what);
    return false;
  }
  return true;
}

bool takes_sizes(const rapt_problem& p, Text& why_not) {
  const int64_t rows = std::max(p.q.shape[2], p.k.shape[2]);
  if (rows > kernels::kMaxRows) {
    why_not.append("a tensor has %lld rows; kernels count up to %d, so split the sequence", static_cast<long long>(rows),
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
  } else if (forward_blocks(row, p) > INT32_MAX) {
    why_not.append("it would have more than 2^31 - 1 blocks");
  } else {
    return row.architecture < 90 || tma_takes(p, why_not);
  }
  return false;
}

bool choose_forward(std::span<const Variant> rows, int architecture, const Request& request, ForwardPlan& plan, Text& why_not) {
  const rapt_problem& p = request.problem;
  if (!takes_types(p, why_not) || !takes_features(p, why_not) || !takes_sizes(p, why_not)) return false;
  plan = {-1, -1};
  for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
    Text nobody(nullptr, 0);
    if (!row_takes(rows[static_cast<size_t>(i)], architecture, p, nobody)) continue;
    if (plan.row < 0) plan.row = i;
    if (plan.unaligned < 0 && rows[static_cast<size_t>(i)].architecture < 90) plan.unaligned = i;
  }
  if (plan.row >= 0 && plan.unaligned >= 0) return true;
  why_not.append("no kernel for head_dim %lld, head_dim_v %lld on sm_%d; the largest is %d, and a grid holds 2^31 - 1 tiles",
                 static_cast<long long>(p.q.shape[3]), static_cast<long long>(p.v.shape[3]), architecture, widest(rows, p));
  return false;
}

const Variant& row_for(std::span<const Variant> rows, const ForwardPlan& plan, const rapt_args& args) {
  return rows[static_cast<size_t>(aligned_for_tma(args) ? plan.row : plan.unaligned)];
}

}  // namespace rapt::gpu
