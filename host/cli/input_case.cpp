// The problem string that resembles a call.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/input_case.h"

namespace rapt::cli {
namespace {

// "bhqk" with a 1 for each dimension that is broadcast; empty: absent.
std::string broadcast_pattern(const rapt_tensor& tensor) {
  if (tensor.type == RAPT_NONE) return "";
  std::string pattern = "bhqk";
  for (size_t d = 0; d < pattern.size(); ++d) {
    if (tensor.shape[d] == 1) pattern[d] = '1';
  }
  return pattern;
}

}  // namespace

std::string print_like(const workbench::Case& data) {
  const rapt_problem& p = data.problem;
  workbench::Problem like;
  like.q_type = p.q.type, like.k_type = p.k.type, like.v_type = p.v.type, like.o_type = p.o.type;
  like.batch = static_cast<int64_t>(data.lens_q.size());
  like.heads_q = p.q.shape[1], like.heads_kv = p.k.shape[1];
  like.seqlen_q = p.max_seqlen_q != 0 ? p.max_seqlen_q : p.q.shape[2];
  like.seqlen_kv = p.max_seqlen_kv != 0 ? p.max_seqlen_kv : p.k.shape[2];
  like.head_dim = p.q.shape[3], like.head_dim_v = p.v.shape[3];
  like.causal = p.causal != 0;
  like.align = p.align;
  like.offset = p.offset;
  like.window_left = p.window_left, like.window_right = p.window_right;
  like.softcap = p.softcap;
  if (p.has_scale != 0) like.scale = p.scale;
  like.mask = broadcast_pattern(p.mask);
  like.bias = broadcast_pattern(p.bias);
  if (!like.bias.empty()) like.bias_type = p.bias.type;
  like.alibi = p.alibi.type != RAPT_NONE;
  like.alibi_per_batch = p.alibi.shape[0] > 1;
  like.sinks = p.sinks.type != RAPT_NONE;
  like.lse = p.lse.type != RAPT_NONE;
  like.ragged_q = p.q_layout == RAPT_Q_RAGGED;
  like.kv_layout = p.kv_layout;
  if (p.kv_layout == RAPT_KV_BLOCK_TABLE) like.page_size = p.k.shape[2];
  return workbench::print_problem(like);
}

}  // namespace rapt::cli
