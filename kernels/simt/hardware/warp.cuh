// What the 32 lanes of a warp do together, always all of them. Intrinsics: the compiler must know that these are convergent.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace simt {

// shfl.sync.bfly.b32 d, v, mask, 31, -1;
SIMT_DEVICE float shfl_xor(float v, int mask) { return __shfl_xor_sync(~0u, v, mask); }
SIMT_DEVICE int shfl_xor(int v, int mask) { return __shfl_xor_sync(~0u, v, mask); }
SIMT_DEVICE uint32_t shfl_xor(uint32_t v, int mask) { return __shfl_xor_sync(~0u, v, mask); }

// shfl.sync.idx.b32 d, v, src_lane, 31, -1;
SIMT_DEVICE float shfl(float v, int src_lane) { return __shfl_sync(~0u, v, src_lane); }
SIMT_DEVICE int shfl(int v, int src_lane) { return __shfl_sync(~0u, v, src_lane); }
SIMT_DEVICE uint32_t shfl(uint32_t v, int src_lane) { return __shfl_sync(~0u, v, src_lane); }

// shfl.sync.up.b32 d, v, delta, 0, -1;   lanes below delta keep their own
SIMT_DEVICE float shfl_up(float v, int delta) { return __shfl_up_sync(~0u, v, delta); }
SIMT_DEVICE int shfl_up(int v, int delta) { return __shfl_up_sync(~0u, v, delta); }
SIMT_DEVICE uint32_t shfl_up(uint32_t v, int delta) { return __shfl_up_sync(~0u, v, delta); }

// shfl.sync.down.b32 d, v, delta, 31, -1;   lanes from 32 - delta keep their own
SIMT_DEVICE float shfl_down(float v, int delta) { return __shfl_down_sync(~0u, v, delta); }
SIMT_DEVICE int shfl_down(int v, int delta) { return __shfl_down_sync(~0u, v, delta); }
SIMT_DEVICE uint32_t shfl_down(uint32_t v, int delta) { return __shfl_down_sync(~0u, v, delta); }

// vote.sync.any.pred d, p, -1;
SIMT_DEVICE bool any(bool p) { return __any_sync(~0u, p); }

// vote.sync.all.pred d, p, -1;
SIMT_DEVICE bool all(bool p) { return __all_sync(~0u, p); }

// vote.sync.ballot.b32 d, p, -1;
SIMT_DEVICE uint32_t ballot(bool p) { return __ballot_sync(~0u, p); }

// bar.warp.sync -1;
SIMT_DEVICE void sync_warp() { __syncwarp(); }

// The value of lane 0: tells the assembler that v is the same in the whole warp, so that what derives from it may live in uniform
// registers.
SIMT_DEVICE int uniform(int v) { return __shfl_sync(~0u, v, 0); }

// elect.sync _|p, -1;   true in one lane (sm_90)
SIMT_DEVICE bool elect() {
  uint32_t d;
  asm volatile("{ .reg .pred p; elect.sync _|p, 0xffffffff; selp.b32 %0, 1, 0, p; }" : "=r"(d));
  return d != 0;
}

}  // namespace simt
