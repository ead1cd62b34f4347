// Placement in the memory of the current CUDA device; where the build has no CUDA there is none.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workbench/placement.h"

namespace rapt::workbench {

std::unique_ptr<Placement> place_on_device(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace);

}  // namespace rapt::workbench
