// mma.sync for a warp, vectorised; equal to isa/mma.h bit for bit.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "simt/emulated/machine.h"

namespace emu {

struct MmaOperand {
  Mma shape;
  void* d;  // float or int32_t [4]
  const uint32_t* a;
  uint32_t b[2];
};

void multiply(const MmaOperand* const (&lanes)[32]);

}  // namespace emu
