// Operands of bulk and tensor copies, checked.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/isa/tensor_copy.h"
#include "tests/emulator/world.h"

namespace emu {

// Each ends the launch with a report where the operand is not legal.
isa::TensorMapInfo tensor_of(const simt::TensorMap* map, int rank, const char* instruction, Site site);
std::vector<isa::Chunk> box_in_shared(const isa::TensorMapInfo& info, const void* shared, const Coordinates& at, const char* instruction,
                                      Site site);
std::vector<isa::Chunk> run_in_shared(const void* shared, const void* global, uint32_t bytes, const char* instruction, Site site);

}  // namespace emu
