// The rows for sm_90a, compiled.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants_sm90.h"
#include "cuda/launch.cuh"
#include "cuda/rows.h"

namespace rapt::cuda {

std::span<const kernels::Variant> forward_sm90() { return kernels::kForwardSm90<OnDevice>; }

}  // namespace rapt::cuda
