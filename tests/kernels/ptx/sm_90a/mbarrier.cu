// Barriers in shared memory that count bytes, one kernel each, for the golden lines in tests/golden/ptx/sm_90a/mbarrier.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::Mbarrier;

extern "C" __global__ void fence_mbarrier_init() { simt::fence_mbarrier_init(); }
extern "C" __global__ void mbarrier_arrive_count(Mbarrier* mbar, uint32_t n) { simt::mbarrier_arrive_count(*mbar, n); }
extern "C" __global__ void mbarrier_expect_tx(Mbarrier* mbar, uint32_t bytes) { simt::mbarrier_expect_tx(*mbar, bytes); }
extern "C" __global__ void mbarrier_arrive_expect_tx(Mbarrier* mbar, uint32_t bytes) { simt::mbarrier_arrive_expect_tx(*mbar, bytes); }
extern "C" __global__ void mbarrier_try_wait_parity(int* d, Mbarrier* mbar, uint32_t parity) {
  *d = simt::mbarrier_try_wait_parity(*mbar, parity);
}
extern "C" __global__ void mbarrier_try_wait_parity_cluster(int* d, Mbarrier* mbar, uint32_t parity) {
  *d = simt::mbarrier_try_wait_parity_cluster(*mbar, parity);
}
extern "C" __global__ void mbarrier_wait_parity(Mbarrier* mbar, uint32_t parity) { simt::mbarrier_wait_parity(*mbar, parity); }
extern "C" __global__ void mbarrier_wait_parity_cluster(Mbarrier* mbar, uint32_t parity) {
  simt::mbarrier_wait_parity_cluster(*mbar, parity);
}
extern "C" __global__ void mbarrier_arrive_cluster(Mbarrier* mbar, int cta_rank) { simt::mbarrier_arrive_cluster(*mbar, cta_rank); }
