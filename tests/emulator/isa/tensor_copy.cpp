// Tensor copies: the walk over a box, and its chunks in and out.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/tensor_copy.h"

#include <cstring>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/swizzle.h"

namespace emu::isa {
namespace {

uint16_t add16(uint16_t a, uint16_t b, Element type) {
  if (type == Element::bf16) return float_to_bf16(bf16_to_float(a) + bf16_to_float(b));
  if (type == Element::f16) return float_to_f16(f16_to_float(a) + f16_to_float(b));
  return static_cast<uint16_t>(a + b);
}

uint32_t add32(uint32_t a, uint32_t b, Element type) { return type == Element::f32 ? bits_of(float_of(a) + float_of(b)) : a + b; }

}  // namespace

const char* check_box(const TensorMapInfo& map, uint32_t shared_address) {
  if (map.rank == 0) return "tensor copy: this is no tensor map";
  if (shared_address % 128 != 0) return "tensor copy: a box in shared memory is aligned to 128 bytes";
  if (map.swizzle_bytes != 0 && shared_address % swizzle_period(map.swizzle_bytes) != 0)
    return "tensor copy: a swizzled box is aligned to its pattern: 256, 512 or 1024 bytes";
  return nullptr;
}

std::vector<Chunk> box_chunks(const TensorMapInfo& map, uint32_t shared_address, const int* coordinates) {
  const int bytes = element_bytes(map.type), per_chunk = 16 / bytes;
  std::vector<Chunk> chunks;
  chunks.reserve(box_bytes(map) / 16);
  uint32_t at[5] = {};  // inside the box
  for (uint32_t offset = 0; offset < box_bytes(map); offset += 16) {
    uintptr_t global = reinterpret_cast<uintptr_t>(map.base);
    bool row_inside = true;
    for (int d = 0; d < map.rank; ++d) {
      const int64_t x = int64_t{coordinates[d]} + at[d];
      global += static_cast<uintptr_t>(x * static_cast<int64_t>(map.stride[d]));
      if (d > 0) row_inside &= 0 <= x && x < static_cast<int64_t>(map.dim[d]);
    }
    uint16_t inside = 0;
    for (int e = 0; e < per_chunk && row_inside; ++e) {
      const int64_t x = int64_t{coordinates[0]} + at[0] + e;
      if (0 <= x && x < static_cast<int64_t>(map.dim[0])) inside = static_cast<uint16_t>(inside | ((1 << bytes) - 1) << e * bytes);
    }
    chunks.push_back({swizzled(shared_address + offset, map.swizzle_bytes), inside, reinterpret_cast<uint8_t*>(global)});
    at[0] += static_cast<uint32_t>(per_chunk);
    for (int d = 0; d + 1 < map.rank && at[d] == map.box[d]; ++d) {
      at[d] = 0;
      ++at[d + 1];
    }
  }
  return chunks;
}

void load_chunk(uint8_t* shared, const Chunk& chunk) {
  for (int i = 0; i < 16; ++i) shared[i] = chunk.inside >> i & 1 ? chunk.global[i] : 0;
}

void store_chunk(const uint8_t* shared, const Chunk& chunk) {
  for (int i = 0; i < 16; ++i)
    if (chunk.inside >> i & 1) chunk.global[i] = shared[i];
}

void add_chunk(const uint8_t* shared, const Chunk& chunk, Element type) {
  const int bytes = element_bytes(type);
  for (int i = 0; i < 16; i += bytes) {
    if (!(chunk.inside >> i & 1)) continue;
    uint32_t mine = 0, theirs = 0;
    std::memcpy(&mine, shared + i, static_cast<size_t>(bytes));
    std::memcpy(&theirs, chunk.global + i, static_cast<size_t>(bytes));
    const uint32_t sum = bytes == 2 ? add16(static_cast<uint16_t>(theirs), static_cast<uint16_t>(mine), type) : add32(theirs, mine, type);
    std::memcpy(chunk.global + i, &sum, static_cast<size_t>(bytes));
  }
}

}  // namespace emu::isa
