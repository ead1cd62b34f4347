// Tensor maps of the emulated machine: what cuTensorMapEncodeTiled takes, with its constraints, in 128 bytes of our own.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "simt/types.h"

namespace emu::isa {

enum class Element : uint8_t { u8, u16, u32, f16, bf16, f32 };  // of the tensor; copies look at the size alone, reductions at the type
constexpr int element_bytes(Element type) { return type == Element::u8 ? 1 : type == Element::u32 || type == Element::f32 ? 4 : 2; }

struct TensorMapInfo {
  uint8_t* base;
  Element type;
  int rank;            // 1 to 5; dimension 0 is the fastest and is contiguous
  uint64_t dim[5];     // elements
  uint64_t stride[5];  // bytes; stride[0] is the element's
  uint32_t box[5];     // elements
  int swizzle_bytes;   // 0, 32, 64 or 128: then the inner extent of the box
};

// nullptr, or the sentence that says which constraint is broken.
const char* encode(simt::TensorMap& map, const TensorMapInfo& info);

// rank 0: these bytes are no tensor map.
TensorMapInfo decode(const simt::TensorMap& map);

uint32_t box_bytes(const TensorMapInfo& info);  // what a copy announces to its mbarrier, zeros outside the tensor included

}  // namespace emu::isa
