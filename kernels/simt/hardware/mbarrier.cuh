// Barriers in shared memory that count arrivals and bytes. init, inval, arrive and test_wait exist on sm_80, the rest on sm_90.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/hardware/cluster.cuh"
#include "simt/hardware/memory.cuh"
#include "simt/types.h"

namespace simt {

// mbarrier.init.shared::cta.b64 [mbar], count;
SIMT_DEVICE void mbarrier_init(Mbarrier& mbar, uint32_t count) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" : : "r"(shared_address(&mbar)), "r"(count) : "memory");
}

// mbarrier.inval.shared::cta.b64 [mbar];
SIMT_DEVICE void mbarrier_inval(Mbarrier& mbar) {
  asm volatile("mbarrier.inval.shared::cta.b64 [%0];" : : "r"(shared_address(&mbar)) : "memory");
}

// fence.mbarrier_init.release.cluster;   after init, for the async proxy and for other blocks of the cluster; a barrier must follow
SIMT_DEVICE void fence_mbarrier_init() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

// mbarrier.arrive.shared::cta.b64 _, [mbar];   release at block scope
SIMT_DEVICE void mbarrier_arrive(Mbarrier& mbar) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" : : "r"(shared_address(&mbar)) : "memory");
}

// mbarrier.arrive.shared::cta.b64 _, [mbar], n;
SIMT_DEVICE void mbarrier_arrive_count(Mbarrier& mbar, uint32_t n) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0], %1;" : : "r"(shared_address(&mbar)), "r"(n) : "memory");
}

// mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [mbar], bytes;
SIMT_DEVICE void mbarrier_expect_tx(Mbarrier& mbar, uint32_t bytes) {
  asm volatile("mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%0], %1;" : : "r"(shared_address(&mbar)), "r"(bytes) : "memory");
}

// mbarrier.arrive.expect_tx.shared::cta.b64 _, [mbar], bytes;
SIMT_DEVICE void mbarrier_arrive_expect_tx(Mbarrier& mbar, uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" : : "r"(shared_address(&mbar)), "r"(bytes) : "memory");
}

// mbarrier.try_wait.parity.shared::cta.b64 p, [mbar], parity;   has the phase of that parity completed? May sleep, may say no for no
// reason.
SIMT_DEVICE bool mbarrier_try_wait_parity(Mbarrier& mbar, uint32_t parity) {
  uint32_t d;
  asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.b32 %0, 1, 0, p; }"
               : "=r"(d)
               : "r"(shared_address(&mbar)), "r"(parity)
               : "memory");
  return d != 0;
}

// mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [mbar], parity;   of a barrier that other blocks of the cluster arrive on
SIMT_DEVICE bool mbarrier_try_wait_parity_cluster(Mbarrier& mbar, uint32_t parity) {
  uint32_t d;
  asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2; selp.b32 %0, 1, 0, p; }"
               : "=r"(d)
               : "r"(shared_address(&mbar)), "r"(parity)
               : "memory");
  return d != 0;
}

// mbarrier.test_wait.parity.shared::cta.b64 p, [mbar], parity;
SIMT_DEVICE bool mbarrier_test_wait_parity(Mbarrier& mbar, uint32_t parity) {
  uint32_t d;
  asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared::cta.b64 p, [%1], %2; selp.b32 %0, 1, 0, p; }"
               : "=r"(d)
               : "r"(shared_address(&mbar)), "r"(parity)
               : "memory");
  return d != 0;
}

SIMT_DEVICE void mbarrier_wait_parity(Mbarrier& mbar, uint32_t parity) {
  while (!mbarrier_try_wait_parity(mbar, parity)) {
  }
}

SIMT_DEVICE void mbarrier_wait_parity_cluster(Mbarrier& mbar, uint32_t parity) {
  while (!mbarrier_try_wait_parity_cluster(mbar, parity)) {
  }
}

// mbarrier.arrive.release.cluster.shared::cluster.b64 _, [mapa(mbar, cta_rank)];
SIMT_DEVICE void mbarrier_arrive_cluster(Mbarrier& mbar, int cta_rank) {
  asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];"
               :
               : "r"(map_to_rank(shared_address(&mbar), cta_rank))
               : "memory");
}

}  // namespace simt
