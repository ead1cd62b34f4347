// The CUDA devices of this process. No call needs a driver to be there: without one each says so.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/machine.h"

namespace rapt::cuda {

// Asked once per device and kept; later calls cost one cudaGetDevice. Safe from any thread.
const gpu::Device* current_device(int32_t, Text& why_not);

// Allocated on a device, or managed. Asks the driver, which makes no context for it; false where there is no driver.
bool is_device_memory(const void* pointer);

bool encode_tensor_map(const gpu::TensorMapRequest& request, simt::TensorMap& map, Text& fault);

}  // namespace rapt::cuda
