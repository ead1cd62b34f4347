// Strides and lengths, from the words of the header to those of the kernels; where results and partial results go.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/forward_params.h"

#include <algorithm>

#include "cuda/division.h"
#include "cuda/fill.h"

namespace rapt::gpu {
namespace {

using namespace kernels;

// Every row of the tensor begins at a multiple of `bytes` and its columns fill a multiple of them.
bool rows_aligned(const rapt_tensor& t, const void* data, size_t bytes) {
  const auto elements = static_cast<int64_t>(bytes / rapt_type_size(t.type));
  return reinterpret_cast<uintptr_t>(data) % bytes == 0 && t.strides[0] % elements == 0 && t.strides[1] % elements == 0 &&
         t.strides[2] % elements == 0 && t.shape[3] % elements == 0;
}

Operand operand(const rapt_tensor& t, const void* data, size_t bytes) {
  if (t.type == RAPT_NONE) return {};
  return {data, t.strides[0], t.strides[1], t.strides[2], static_cast<int>(t.shape[2]), rows_aligned(t, data, bytes) ? 1 : 0};
}
Operand output(const rapt_tensor& t, const void* data) { return operand(t, data, 2 * rapt_type_size(t.type)); }

Lengths query_lengths(const rapt_problem& p, const rapt_args& args) {
  const bool ragged = p.q_layout == RAPT_Q_RAGGED;
  return {ragged ? nullptr : args.seqlens_q, ragged ? args.cu_seqlens_q : nullptr, static_cast<int>(longest_query(p))};
}
Lengths kv_lengths(const rapt_problem& p, const rapt_args& args) {
  const bool ragged = p.kv_layout == RAPT_KV_RAGGED;
  return {ragged ? nullptr : args.seqlens_kv, ragged ? args.cu_seqlens_kv : nullptr, static_cast<int>(longest_kv(p))};
}

// Partial results of the first split: o and lse like those of the problem, in f32 and without gaps.
struct Parts {
  Operand o, lse;
};
Parts parts_of(const Division& division, const rapt_problem& p, void* workspace) {
  const int64_t(&shape)[4] = p.o.shape;
  const rapt_tensor o = rapt_dense(RAPT_F32, shape[0], shape[1], shape[2], shape[3]);
  const rapt_tensor lse = rapt_dense(RAPT_F32, shape[0], shape[1], shape[2], 1);
  auto* memory = static_cast<float*>(workspace);
  return {output(o, memory), output(lse, memory + division.splits * division.o_split_stride)};
}

}  // namespace

ForwardParams fill_forward(const Division& division, const rapt_problem& p, const rapt_args& args, void* workspace) {
  constexpr size_t kChunk = 16;  // bytes of a wide copy
  ForwardParams params = {};
  params.q = operand(p.q, args.q, kChunk);
  params.k = operand(p.k, args.k, kChunk);
  params.v = operand(p.v, args.v, kChunk);
  params.o = output(p.o, args.o);
  params.lse = output(p.lse, args.lse);
  params.query = query_lengths(p, args);
  params.kv = kv_lengths(p, args);
  params.heads_q = static_cast<int>(p.q.shape[1]);
  params.group = static_cast<int>(p.q.shape[1] / p.k.shape[1]);
  params.head_dim = static_cast<int>(p.q.shape[3]);
  params.head_dim_v = static_cast<int>(p.v.shape[3]);
  params.q_tiles = static_cast<int>((longest_query(p) * division.pack + division.tile_rows - 1) / division.tile_rows);
  params.o_is_f32 = p.o.type == RAPT_F32 ? 1 : 0;
  params.division = division;
  fill_window(p, params);
  fill_scores(p, args, params);
  fill_pages(p, args, params);
  if (division.splits > 1) {
    const Parts parts = parts_of(division, p, workspace);
    params.o = parts.o;
    params.lse = parts.lse;
    params.o_is_f32 = 1;
    params.lse_unit = 1.0f;
  }
  return params;
}

MergeParams fill_merge(const Division& division, const rapt_problem& p, const rapt_args& args, void* workspace) {
  const Parts parts = parts_of(division, p, workspace);
  ForwardParams scores = {};
  fill_scores(p, args, scores);
  MergeParams params = {};
  params.o_parts = parts.o;
  params.lse_parts = parts.lse;
  params.o_split_stride = division.o_split_stride;
  params.lse_split_stride = division.lse_split_stride;
  params.splits = division.splits;
  params.o = output(p.o, args.o);
  params.lse = output(p.lse, args.lse);
  params.o_type = p.o.type == RAPT_F32 ? OutputType::f32 : p.o.type == RAPT_F16 ? OutputType::f16 : OutputType::bf16;
  params.query = query_lengths(p, args);
  params.sequences = static_cast<int>(p.batch);
  params.heads = static_cast<int>(p.q.shape[1]);
  params.head_dim_v = static_cast<int>(p.v.shape[3]);
  params.lse_unit = scores.lse_unit;
  return params;
}

}  // namespace rapt::gpu
