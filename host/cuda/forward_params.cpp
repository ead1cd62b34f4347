// Strides, lengths and the meaning of the scores, from the words of the header to those of the kernels.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/forward_params.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rapt::gpu {
namespace {

using namespace kernels;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Every row of the tensor begins at a multiple of `elements` elements' bytes and has a multiple of `elements` columns.
bool rows_aligned(const rapt_tensor& t, const void* data, int64_t elements) {
  const auto bytes = static_cast<uintptr_t>(elements) * rapt_type_size(t.type);
  return reinterpret_cast<uintptr_t>(data) % bytes == 0 && t.strides[0] % elements == 0 && t.strides[1] % elements == 0 &&
         t.strides[2] % elements == 0 && t.shape[3] % elements == 0;
}

Operand operand(const rapt_tensor& t, const void* data, int64_t elements) {
  if (t.type == RAPT_NONE) return {};
  return {data, t.strides[0], t.strides[1], t.strides[2], static_cast<int>(t.shape[2]), rows_aligned(t, data, elements) ? 1 : 0};
}

int64_t longest_query(const rapt_problem& p) { return p.q_layout == RAPT_Q_RAGGED ? std::min(p.max_seqlen_q, p.q.shape[2]) : p.q.shape[2]; }
int64_t longest_kv(const rapt_problem& p) { return p.kv_layout == RAPT_KV_RAGGED ? std::min(p.max_seqlen_kv, p.k.shape[2]) : p.k.shape[2]; }

void fill_offset(const rapt_problem& p, ForwardParams& params) {
  params.bottom_right = p.causal && p.align == RAPT_ALIGN_BOTTOM_RIGHT ? 1 : 0;
  params.offset = 0;
  if (!p.causal) params.offset = kSeesAll;
  if (p.causal && p.align == RAPT_ALIGN_OFFSET) params.offset = static_cast<int>(std::clamp<int64_t>(p.offset, -kMaxRows, kMaxRows));
}

// A scale so small that it vanishes in f32 is 0: then Q is taken as 0 and the exponent needs none.
void fill_scale(const rapt_problem& p, ForwardParams& params) {
  params.scale_log2 = static_cast<float>(std::abs(p.scale) * std::numbers::log2e);
  params.q_factor = params.scale_log2 == 0 ? 0.0f : p.scale < 0 ? -1.0f : 1.0f;
  if (params.q_factor == 0) params.scale_log2 = 1.0f;
  params.lse_unit = p.lse_base2 ? 1.0f : static_cast<float>(std::numbers::ln2);
}

}  // namespace

ForwardParams fill_forward(const Variant& row, const rapt_problem& p, const rapt_args& args) {
  ForwardParams params = {};
  const auto chunk = static_cast<int64_t>(16 / rapt_type_size(p.q.type));  // elements that are copied at a time
  params.q = operand(p.q, args.q, chunk);
  params.k = operand(p.k, args.k, chunk);
  params.v = operand(p.v, args.v, chunk);
  params.o = operand(p.o, args.o, 2);
  params.lse = operand(p.lse, args.lse, 1);
  const bool ragged_q = p.q_layout == RAPT_Q_RAGGED, ragged_kv = p.kv_layout == RAPT_KV_RAGGED;
  params.query = {ragged_q ? nullptr : args.seqlens_q, ragged_q ? args.cu_seqlens_q : nullptr, static_cast<int>(longest_query(p))};
  params.kv = {ragged_kv ? nullptr : args.seqlens_kv, ragged_kv ? args.cu_seqlens_kv : nullptr, static_cast<int>(longest_kv(p))};
  params.heads_q = static_cast<int>(p.q.shape[1]);
  params.group = static_cast<int>(p.q.shape[1] / p.k.shape[1]);
  params.head_dim = static_cast<int>(p.q.shape[3]);
  params.head_dim_v = static_cast<int>(p.v.shape[3]);
  params.q_tiles = static_cast<int>(ceil_div(longest_query(p), row.tile_q));
  params.o_is_f32 = p.o.type == RAPT_F32 ? 1 : 0;
  fill_offset(p, params);
  fill_scale(p, params);
  return params;
}

int64_t forward_blocks(const Variant& row, const rapt_problem& p) {
  int64_t blocks = 0;
  const bool overflow = __builtin_mul_overflow(ceil_div(longest_query(p), row.tile_q), p.q.shape[1], &blocks) ||
                        __builtin_mul_overflow(blocks, p.batch, &blocks);
  return overflow ? INT64_MAX : blocks;
}

TensorMapRequest describe(const Variant& row, const rapt_problem& p, const rapt_args& args, Tensor which) {
  const rapt_tensor& t = which == Tensor::q ? p.q : which == Tensor::k ? p.k : p.v;
  TensorMapRequest request = {};
  request.base = which == Tensor::q ? args.q : which == Tensor::k ? args.k : args.v;
  request.type = row.type;
  request.stride[0] = rapt_type_size(t.type);
  for (int i = 0; i < 4; ++i) {
    request.dim[i] = static_cast<uint64_t>(t.shape[3 - i]);
    request.box[i] = 1;
    // The stride of a dimension of size 1 is never used, but has to be one: as if it lay beyond the others.
    if (i > 0) request.stride[i] = t.shape[3 - i] == 1 ? 16 : static_cast<uint64_t>(t.strides[3 - i]) * request.stride[0];
  }
  request.box[0] = 64;
  request.box[1] = static_cast<uint32_t>(which == Tensor::q ? row.tile_q : row.tile_kv);
  return request;
}

const char* why_not_tma(const rapt_tensor& t) {
  constexpr int64_t kLimit = int64_t{1} << 40;  // bytes
  const auto bytes = static_cast<int64_t>(rapt_type_size(t.type));
  for (int i = 0; i < 4; ++i) {
    if (t.shape[i] < 1) return "has a dimension of size 0";
    if (t.shape[i] == 1 || i == 3) continue;
    if (t.strides[i] == 0) return "is broadcast";
    if (t.strides[i] * bytes % 16 != 0) return "has a stride that is not a multiple of 16 bytes";
    if (t.strides[i] >= kLimit / bytes) return "has a stride of a tebibyte or more";
  }
  return nullptr;
}

bool aligned_for_tma(const rapt_args& args) {
  return ((reinterpret_cast<uintptr_t>(args.q) | reinterpret_cast<uintptr_t>(args.k) | reinterpret_cast<uintptr_t>(args.v)) & 15) == 0;
}

}  // namespace rapt::gpu
