// Address spaces, fences, and accesses of global memory whose order or atomicity matters. Plain loads and stores need no wrapper.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace simt {

// cvta.to.shared.u64 d, p;   the address in the shared window, which fits 32 bits
SIMT_DEVICE uint32_t shared_address(const void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

// cvta.to.global.u64 d, p;
SIMT_DEVICE uint64_t global_address(const void* p) { return static_cast<uint64_t>(__cvta_generic_to_global(p)); }

// fence.proxy.async.shared::cta;   this thread's plain writes to shared memory, before the async proxy's accesses of them (sm_90)
SIMT_DEVICE void fence_proxy_async() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// membar.cta;
SIMT_DEVICE void threadfence_block() { __threadfence_block(); }

// membar.gl;
SIMT_DEVICE void threadfence() { __threadfence(); }

// atom.relaxed.gpu.global.add.f32 d, [p], v;   returns what was there
SIMT_DEVICE float atomic_add(float* p, float v) {
  float d;
  asm volatile("atom.relaxed.gpu.global.add.f32 %0, [%1], %2;" : "=f"(d) : "l"(global_address(p)), "f"(v) : "memory");
  return d;
}

// atom.relaxed.gpu.global.add.s32 d, [p], v;
SIMT_DEVICE int atomic_add(int* p, int v) {
  int d;
  asm volatile("atom.relaxed.gpu.global.add.s32 %0, [%1], %2;" : "=r"(d) : "l"(global_address(p)), "r"(v) : "memory");
  return d;
}

// ld.acquire.gpu.global.s32 d, [p];
SIMT_DEVICE int load_acquire(const int* p) {
  int d;
  asm volatile("ld.acquire.gpu.global.s32 %0, [%1];" : "=r"(d) : "l"(global_address(p)) : "memory");
  return d;
}

// st.release.gpu.global.s32 [p], v;
SIMT_DEVICE void store_release(int* p, int v) {
  asm volatile("st.release.gpu.global.s32 [%0], %1;" : : "l"(global_address(p)), "r"(v) : "memory");
}

// red.release.gpu.global.add.s32 [p], v;
SIMT_DEVICE void red_release_add(int* p, int v) {
  asm volatile("red.release.gpu.global.add.s32 [%0], %1;" : : "l"(global_address(p)), "r"(v) : "memory");
}

}  // namespace simt
