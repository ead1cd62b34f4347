// What each conformance kernel should do to its images, by tests/emulator/isa: no emulator, no wrappers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "tests/kernels/contract/images.h"

namespace rapt::contract {

// Empty: nothing says what this case means.
std::function<void(const Case&, Images&)> semantics_of(const std::string& name);

}  // namespace rapt::contract
