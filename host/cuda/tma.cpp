// What TMA can address, and what its tensor maps are made of.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/tma.h"

namespace rapt::gpu {

using kernels::Variant;

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
