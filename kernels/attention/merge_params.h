// What the merge of partial results is told. Filled by host/cuda/forward_params.cpp.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/forward_params.h"

namespace rapt::kernels {

enum class OutputType { f32, f16, bf16 };

struct MergeParams {
  Operand o_parts, lse_parts;                // f32, of the first split; lse in log2
  int64_t o_split_stride, lse_split_stride;  // elements to the next split's
  int splits;
  Operand o, lse;  // the results; lse.data nullptr: not wanted
  OutputType o_type;
  Lengths query;
  int sequences, heads;
  int head_dim_v;
  float lse_unit;  // what a log2 is multiplied with
};

// Of rapt_merge. Filled by host/cuda/merge_parts.cpp.
struct MergePartsParams {
  struct Part {
    void* o;                               // [batch, heads, rows, columns], the innermost stride 1
    float* lse;                            // [batch, heads, rows], natural; nullptr in the result: not wanted
    int64_t o_strides[3], lse_strides[3];  // elements
    OutputType type;                       // of o
  };
  static constexpr int kMost = 48;  // parts that fit the 4 KiB of a kernel's parameters

  Part result, parts[kMost];
  int64_t batch, heads, rows, columns;
  int count;
};

}  // namespace rapt::kernels
