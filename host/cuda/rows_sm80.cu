// The rows for sm_80 and newer, compiled.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants_sm80.h"
#include "cuda/launch.cuh"
#include "cuda/rows.h"

namespace rapt::cuda {

std::span<const kernels::Variant> forward_sm80() { return kernels::kForwardSm80<OnDevice>; }

}  // namespace rapt::cuda
