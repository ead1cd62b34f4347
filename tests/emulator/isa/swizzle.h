// The exclusive-or that TMA and wgmma apply to addresses in shared memory (PTX ISA 5.5).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace emu::isa {

// Bits 4.. of an absolute shared address are flipped by its bits 7..: one bit for rows of 32 bytes, two for 64, three for 128, none for 0.
constexpr uint32_t swizzled(uint32_t address, int swizzle_bytes) {
  const uint32_t mask = swizzle_bytes == 0 ? 0 : static_cast<uint32_t>(swizzle_bytes) / 16 - 1;
  return address ^ ((address >> 7 & mask) << 4);
}

// Bytes after which the pattern repeats, and to which a swizzled tile is aligned.
constexpr uint32_t swizzle_period(int swizzle_bytes) { return static_cast<uint32_t>(swizzle_bytes) * 8; }

}  // namespace emu::isa
