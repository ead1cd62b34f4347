// The rows of the kernel table that this build compiled, by the architecture they are compiled for. No CUDA types.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "attention/variant.h"

namespace rapt::cuda {

std::span<const kernels::Variant> forward_sm90();  // sm_90a alone
std::span<const kernels::Variant> forward_sm80();  // sm_80 and newer

}  // namespace rapt::cuda
