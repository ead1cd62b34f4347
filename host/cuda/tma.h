// Tensor maps in plain C++: what the driver, or whoever stands in for it, is asked for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

#include "attention/forward_params.h"
#include "attention/variant.h"

namespace rapt::gpu {

// What cuTensorMapEncodeTiled is asked for: 16-bit elements, 128-byte swizzle, zeros outside, no interleave, element strides 1.
struct TensorMapRequest {
  const void* base;  // a multiple of 16 bytes
  kernels::ElementType type;
  int rank;            // 4: column, row, head, batch; 5, of q: column, head of those that share a tile, row, those of all heads, batch
  uint64_t dim[5];     // elements
  uint64_t stride[5];  // bytes, multiples of 16; stride[0] is the element's
  uint32_t box[5];     // 64 columns x the rows of a tile, in q those of each head that shares it
};
enum class Tensor { q, k, v };
TensorMapRequest describe(const kernels::Variant& row, const kernels::Division& division, const rapt_problem& problem,
                          const rapt_args& args, Tensor which);

// Can TMA address the tensor as it lies? The sentence says why not; nullptr: it can.
const char* why_not_tma(const rapt_tensor& tensor);
// Can it step over so many heads at a time?
bool tma_packs(const rapt_tensor& q, int64_t heads);
bool aligned_for_tma(const rapt_args& args);  // what is known at a run: q, k and v begin at multiples of 16 bytes

}  // namespace rapt::gpu
