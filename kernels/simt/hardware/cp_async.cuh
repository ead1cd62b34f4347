// Asynchronous copies of 4 to 16 bytes from global to shared memory, in the generic proxy. valid = false: zeros, and src is not read,
// though it must be a global address.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/hardware/memory.cuh"
#include "simt/types.h"

namespace simt {

// cp.async.cg.shared.global [dst], [src], 16, valid ? 16 : 0;
SIMT_DEVICE void cp_async_16(void* dst, const void* src, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"(shared_address(dst)), "l"(global_address(src)), "r"(valid ? 16 : 0)
               : "memory");
}

// cp.async.ca.shared.global [dst], [src], 8, valid ? 8 : 0;
SIMT_DEVICE void cp_async_8(void* dst, const void* src, bool valid) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 8, %2;"
               :
               : "r"(shared_address(dst)), "l"(global_address(src)), "r"(valid ? 8 : 0)
               : "memory");
}

// cp.async.ca.shared.global [dst], [src], 4, valid ? 4 : 0;
SIMT_DEVICE void cp_async_4(void* dst, const void* src, bool valid) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;"
               :
               : "r"(shared_address(dst)), "l"(global_address(src)), "r"(valid ? 4 : 0)
               : "memory");
}

// cp.async.commit_group;
SIMT_DEVICE void cp_async_commit_group() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// cp.async.wait_group n;   at most n of this thread's groups are still unfinished; visible to this thread alone
template <int kPending>
SIMT_DEVICE void cp_async_wait_group() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kPending) : "memory");
}

// cp.async.wait_all;
SIMT_DEVICE void cp_async_wait_all() { asm volatile("cp.async.wait_all;" ::: "memory"); }

// cp.async.mbarrier.arrive.noinc.shared::cta.b64 [mbar];   when this thread's copies so far are done; counted in the mbarrier's init
SIMT_DEVICE void cp_async_mbarrier_arrive_noinc(Mbarrier& mbar) {
  asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" : : "r"(shared_address(&mbar)) : "memory");
}

}  // namespace simt
