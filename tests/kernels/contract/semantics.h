// What each conformance kernel should do to its images, by tests/emulator/isa: no emulator, no wrappers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "tests/emulator/isa/tensor_map.h"
#include "tests/kernels/contract/images.h"

namespace rapt::contract {

// Empty: nothing says what this case means.
std::function<void(const Case&, Images&)> semantics_of(const std::string& name);

std::function<void(const Case&, Images&)> semantics_of_blocks(const std::string& name);  // of block_cases.h, asked by the above

// The tensor of a case, in these bytes.
emu::isa::TensorMapInfo tensor_of(const Case& c, uint8_t* global);

}  // namespace rapt::contract
