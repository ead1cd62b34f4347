// rapt_merge where the parts lie in a device's memory: one launch of kernels::MergeParts.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/machine.h"

namespace rapt::gpu {

// Parts and result were checked against one another. RAPT_UNSUPPORTED for more than a launch takes.
rapt_status merge_parts(const Machine& machine, const rapt_partial* parts, int32_t count, const rapt_partial& result, void* stream,
                        Text& fault);

}  // namespace rapt::gpu
