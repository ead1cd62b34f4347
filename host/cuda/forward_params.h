// From a checked problem and its pointers to what the kernels are told. Plain C++: every machine that runs them uses it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

#include "attention/forward_params.h"
#include "attention/merge_params.h"
#include "attention/variant.h"

namespace rapt::gpu {

// Pointers of `args` are the device's, so is the workspace (division.h). The problem is in the normal form of engine/engine.h and one that
// the divided row takes (select.h).
kernels::ForwardParams fill_forward(const kernels::Division& division, const rapt_problem& problem, const rapt_args& args, void* workspace);
// For the second launch, where there are splits.
kernels::MergeParams fill_merge(const kernels::Division& division, const rapt_problem& problem, const rapt_args& args, void* workspace);

}  // namespace rapt::gpu
