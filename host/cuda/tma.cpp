// What TMA can address, and what its tensor maps are made of.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/tma.h"

namespace rapt::gpu {

using kernels::Division;
using kernels::Variant;

namespace {

constexpr int64_t kLimit = int64_t{1} << 40;  // bytes of a stride

// The stride of a dimension of size 1 is never used, but has to be one: as if it lay beyond the others.
void add(TensorMapRequest& request, int64_t size, int64_t stride, int64_t box) {
  const int i = request.rank++;
  request.dim[i] = static_cast<uint64_t>(size);
  request.stride[i] = i > 0 && size == 1 ? 16 : static_cast<uint64_t>(stride) * sizeof(uint16_t);
  request.box[i] = static_cast<uint32_t>(box);
}

}  // namespace

TensorMapRequest describe(const Variant& row, const Division& division, const rapt_problem& p, const rapt_args& args, Tensor which) {
  const rapt_tensor& t = which == Tensor::q ? p.q : which == Tensor::k ? p.k : p.v;
  const int64_t pack = which == Tensor::q ? division.pack : 1;
  TensorMapRequest request = {};
  request.base = which == Tensor::q ? args.q : which == Tensor::k ? args.k : args.v;
  request.type = row.type;
  add(request, t.shape[3], 1, 64);
  if (which == Tensor::q) add(request, pack, t.strides[1], pack);
  add(request, t.shape[2], t.strides[2], which == Tensor::q ? division.tile_rows / pack : row.tile_kv);
  add(request, t.shape[1] / pack, t.strides[1] * pack, 1);
  add(request, t.shape[0], t.strides[0], 1);
  return request;
}

const char* why_not_tma(const rapt_tensor& t) {
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

bool tma_packs(const rapt_tensor& q, int64_t heads) { return q.strides[1] < kLimit / static_cast<int64_t>(rapt_type_size(q.type)) / heads; }

bool aligned_for_tma(const rapt_args& args) {
  return ((reinterpret_cast<uintptr_t>(args.q) | reinterpret_cast<uintptr_t>(args.k) | reinterpret_cast<uintptr_t>(args.v)) & 15) == 0;
}

}  // namespace rapt::gpu
