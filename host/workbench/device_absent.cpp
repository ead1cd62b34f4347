// Builds without CUDA: there is no device, and none has ceilings.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/device.h"

namespace rapt::workbench {

std::optional<Device> device_here() { return {}; }

double device_copy_gbps() { return 0; }

double device_product_gflops(rapt_type) { return 0; }

}  // namespace rapt::workbench
