// Types that kernels and hosts share: storage of small floats, barriers and tensor maps. Plain data, for any compiler.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace simt {

struct bf16 {
  uint16_t bits;
};
struct f16 {
  uint16_t bits;
};
struct e4m3 {  // 1-4-3, bias 7, no infinities, NaN = 0x7f
  uint8_t bits;
};

struct Dim3 {
  unsigned x = 1, y = 1, z = 1;
};

struct alignas(8) Mbarrier {  // opaque, in shared memory
  uint64_t state;
};

struct alignas(64) TensorMap {  // CUtensorMap on hardware, an encoding of our own in emulation; a __grid_constant__ parameter
  uint64_t opaque[16];
};

// Of a wgmma operand in shared memory; the values are those of the matrix descriptor, bits 62-63 (PTX ISA 9.7.15.5.1.2.2).
enum class Swizzle : uint32_t { none = 0, b128 = 1, b64 = 2, b32 = 3 };

}  // namespace simt
