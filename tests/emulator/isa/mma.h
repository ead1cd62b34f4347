// mma.sync over plain registers: d += a b for the 32 lanes of a warp (PTX ISA 9.7.14.5).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace emu::isa {

struct MmaLanes {
  float d[32][4];
  uint32_t a[32][4];
  uint32_t b[32][2];
};
struct MmaLanesS32 {
  int32_t d[32][4];
  uint32_t a[32][4];
  uint32_t b[32][2];
};

// Products are exact, sums are f32 in the order of k. Hardware promises no order: compare under a tolerance or with exact sums.
void mma_m16n8k16_bf16(MmaLanes& lanes);
void mma_m16n8k16_f16(MmaLanes& lanes);
void mma_m16n8k8_tf32(MmaLanes& lanes);
void mma_m16n8k32_e4m3(MmaLanes& lanes);
void mma_m16n8k32_s8(MmaLanesS32& lanes);  // wraps

}  // namespace emu::isa
