// The few calls of CUDA's runtime that the workbench makes, on the host's memory: for machines without a device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace rapt::tests {

// The size of the allocation that begins or goes on at this address; none: it is not the device's.
std::optional<size_t> pretended_allocation(const void* address);

}  // namespace rapt::tests
