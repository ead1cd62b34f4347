// Builds without CUDA: nothing is placed on a device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "workbench/placement_on_device.h"

namespace rapt::workbench {

std::unique_ptr<Placement> place_on_device(const rapt_plan* plan, const Case&, Buffer&, Buffer&, Buffer&) {
  throw std::logic_error(std::string(rapt_plan_kernel(plan)) + " in a build without CUDA");
}

void place_with_bands(bool) {}

}  // namespace rapt::workbench
