// A tensor copy as the list of its 16-byte chunks: where each lies in shared memory and in global memory, and what of it is inside the
// tensor. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tests/emulator/isa/tensor_map.h"

namespace emu::isa {

struct Chunk {
  uint32_t shared;  // address in the shared window, swizzled, a multiple of 16
  uint16_t inside;  // bit i: byte i belongs to the tensor
  uint8_t* global;  // of byte 0, which may lie outside
};

// nullptr, or what is wrong with a box at this place in shared memory.
const char* check_box(const TensorMapInfo& map, uint32_t shared_address);

// The box at coordinates (elements, dimension 0 first, map.rank of them; any int), in the order of its unswizzled addresses.
std::vector<Chunk> box_chunks(const TensorMapInfo& map, uint32_t shared_address, const int* coordinates);

// One chunk of a load, a store, a reduction; shared points to its 16 bytes.
void load_chunk(uint8_t* shared, const Chunk& chunk);         // zeros outside the tensor
void store_chunk(const uint8_t* shared, const Chunk& chunk);  // nothing outside
void add_chunk(const uint8_t* shared, const Chunk& chunk, Element type);

}  // namespace emu::isa
