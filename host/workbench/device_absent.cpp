// Builds without CUDA: no plan runs on a device, and no device has ceilings.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "workbench/device.h"
#include "workbench/placement_on_device.h"

namespace rapt::workbench {

std::unique_ptr<Placement> place_on_device(const rapt_plan* plan, const Case&, Buffer&, Buffer&, Buffer&) {
  throw std::logic_error(std::string(rapt_plan_kernel(plan)) + " in a build without CUDA");
}

void place_with_bands(bool) {}

std::optional<Device> device_here() { return {}; }

double device_copy_gbps() { return 0; }

double device_product_gflops(rapt_type) { return 0; }

}  // namespace rapt::workbench
