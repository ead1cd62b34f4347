// The 64-bit matrix descriptor of wgmma (PTX ISA 9.7.15.5.1.2.2). Plain arithmetic, the same on both machines.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace simt {

// Everything in bytes, multiples of 16. What leading and stride mean depends on the layout:
//   K-major, swizzled   leading: ignored; stride: between groups of 8 rows
//   K-major, none       leading: between 16-byte columns of k; stride: between groups of 8 rows
//   MN-major, swizzled  leading: between panels of one swizzle width; stride: between groups of 8 k
//   MN-major, none      leading: between groups of 8 k; stride: between 16-byte columns of mn
// The base offset (bits 49-51) stays 0: tiles begin where their swizzle pattern does (1024, 512 or 256 bytes).
SIMT_HOST_DEVICE constexpr uint64_t wgmma_descriptor(uint32_t shared_address, uint32_t leading_bytes, uint32_t stride_bytes,
                                                     Swizzle swizzle) {
  return uint64_t{(shared_address & 0x3ffff) >> 4} | uint64_t{(leading_bytes & 0x3ffff) >> 4} << 16 |
         uint64_t{(stride_bytes & 0x3ffff) >> 4} << 32 | uint64_t{static_cast<uint32_t>(swizzle)} << 62;
}

}  // namespace simt
