// Which row of the kernel table takes a problem, or the sentence that says why none does. Plain C++: no CUDA behind this header.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "attention/forward_params.h"
#include "attention/variant.h"
#include "engine/engine.h"

namespace rapt::gpu {

// The engine's plan: trivially copyable, kept in Choice::state.
struct ForwardPlan {
  int row;                     // of the table
  int unaligned;               // the row for a run whose q, k or v do not begin at a multiple of 16 bytes; may be the same
  kernels::Division division;  // of `row`; another one for `unaligned` divides nothing
};

// Rows are those of a device of this architecture (90: sm_90a, which runs rows of 80 too). False: `why_not` holds the sentence.
bool choose_forward(std::span<const kernels::Variant> rows, int architecture, int32_t multiprocessors, const Request& request,
                    ForwardPlan& plan, Text& why_not);

const char* type_name(kernels::ElementType type);  // "bf16"

// Does the row take what the engine takes, on a device of this architecture and where tensors begin aligned? `why_not`: words that follow
// "not taken, ".
bool row_takes(const kernels::Variant& row, int architecture, const rapt_problem& problem, Text& why_not);

// The row for these pointers, and its division.
const kernels::Variant& row_for(std::span<const kernels::Variant> rows, const ForwardPlan& plan, const rapt_args& args);
kernels::Division division_for(std::span<const kernels::Variant> rows, const ForwardPlan& plan, const rapt_args& args);

}  // namespace rapt::gpu
