// Barriers in shared memory, as sm_80 has them, one kernel each, for the golden lines in tests/golden/ptx/sm_80/mbarrier.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::Mbarrier;

extern "C" __global__ void mbarrier_init(Mbarrier* mbar, uint32_t count) { simt::mbarrier_init(*mbar, count); }
extern "C" __global__ void mbarrier_inval(Mbarrier* mbar) { simt::mbarrier_inval(*mbar); }
extern "C" __global__ void mbarrier_arrive(Mbarrier* mbar) { simt::mbarrier_arrive(*mbar); }
extern "C" __global__ void mbarrier_test_wait_parity(int* d, Mbarrier* mbar, uint32_t parity) {
  *d = simt::mbarrier_test_wait_parity(*mbar, parity);
}
