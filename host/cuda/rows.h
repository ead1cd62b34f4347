// The kernel table as this build compiled it, architecture by architecture. No CUDA types.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "attention/variant.h"

namespace rapt::cuda {

// All rows, in the order of the table; those of this architecture can be launched. 80: sm_80 and newer; 90: sm_90a alone.
template <int kArchitecture>
std::span<const kernels::Variant> forward_compiled_for();
template <>
std::span<const kernels::Variant> forward_compiled_for<80>();
template <>
std::span<const kernels::Variant> forward_compiled_for<90>();

// The merges of partial results; sm_80 and newer.
int launch_merge(const kernels::Launch& call);
int launch_merge_parts(const kernels::Launch& call);

}  // namespace rapt::cuda
