// Tensor maps: the driver's constraints and an encoding.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/tensor_map.h"

#include <cstring>

namespace emu::isa {
namespace {

constexpr uint32_t kMagic = 0x70616d74;

struct Packed {
  uint32_t magic;
  uint8_t type, rank, swizzle_bytes, zero;
  uint64_t base;
  uint64_t stride[4];        // of dimensions 1 to 4
  uint32_t last_element[5];  // dim - 1: a dimension may have 2^32 elements
  uint16_t box[5];
};
static_assert(sizeof(Packed) <= sizeof(simt::TensorMap));

const char* fault_of_dimension(const TensorMapInfo& info, int d) {
  if (info.dim[d] < 1 || info.dim[d] > uint64_t{1} << 32) return "tensor map: a dimension has 1 to 2^32 elements";
  if (info.box[d] < 1 || info.box[d] > 256) return "tensor map: a box has 1 to 256 elements in each dimension";
  if (d > 0 && info.stride[d] % 16 != 0) return "tensor map: strides are multiples of 16 bytes";
  if (d > 0 && info.stride[d] >= uint64_t{1} << 40) return "tensor map: strides are below 2^40 bytes";
  return nullptr;
}

const char* fault_of(const TensorMapInfo& info) {
  if (info.rank < 1 || info.rank > 5) return "tensor map: the rank is 1 to 5";
  if (info.base == nullptr) return "tensor map: there is no tensor";
  if (reinterpret_cast<uintptr_t>(info.base) % 16 != 0) return "tensor map: the tensor begins at a multiple of 16 bytes";
  for (int d = 0; d < info.rank; ++d)
    if (const char* fault = fault_of_dimension(info, d)) return fault;
  const uint32_t inner_bytes = info.box[0] * static_cast<uint32_t>(element_bytes(info.type));
  if (inner_bytes % 16 != 0) return "tensor map: the inner extent of the box is a multiple of 16 bytes";
  switch (info.swizzle_bytes) {
    case 0: return nullptr;
    case 32:
    case 64:
    case 128:
      if (inner_bytes > static_cast<uint32_t>(info.swizzle_bytes))
        return "tensor map: the inner extent of the box exceeds the swizzle's width";
      // The driver takes less; what hardware then does is not known here.
      if (inner_bytes < static_cast<uint32_t>(info.swizzle_bytes))
        return "tensor map: the inner extent of the box is not the swizzle's width";
      return nullptr;
    default: return "tensor map: swizzles are 0, 32, 64 or 128 bytes wide";
  }
}

}  // namespace

const char* encode(simt::TensorMap& map, const TensorMapInfo& info) {
  if (const char* fault = fault_of(info)) return fault;
  Packed packed{};
  packed.magic = kMagic;
  packed.type = static_cast<uint8_t>(info.type);
  packed.rank = static_cast<uint8_t>(info.rank);
  packed.swizzle_bytes = static_cast<uint8_t>(info.swizzle_bytes);
  packed.base = reinterpret_cast<uintptr_t>(info.base);
  for (int d = 0; d < info.rank; ++d) {
    if (d > 0) packed.stride[d - 1] = info.stride[d];
    packed.last_element[d] = static_cast<uint32_t>(info.dim[d] - 1);
    packed.box[d] = static_cast<uint16_t>(info.box[d]);
  }
  map = {};
  std::memcpy(&map, &packed, sizeof(packed));
  return nullptr;
}

TensorMapInfo decode(const simt::TensorMap& map) {
  Packed packed;
  std::memcpy(&packed, &map, sizeof(packed));
  TensorMapInfo info{};
  if (packed.magic != kMagic) return info;
  info.base = reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(packed.base));
  info.type = static_cast<Element>(packed.type);
  info.rank = packed.rank;
  info.swizzle_bytes = packed.swizzle_bytes;
  for (int d = 0; d < info.rank; ++d) {
    info.stride[d] = d > 0 ? packed.stride[d - 1] : static_cast<uint64_t>(element_bytes(info.type));
    info.dim[d] = uint64_t{packed.last_element[d]} + 1;
    info.box[d] = packed.box[d];
  }
  return info;
}

uint32_t box_bytes(const TensorMapInfo& info) {
  uint32_t bytes = static_cast<uint32_t>(element_bytes(info.type));
  for (int d = 0; d < info.rank; ++d) bytes *= info.box[d];
  return bytes;
}

}  // namespace emu::isa
