// mbarrier: barriers in shared memory that count arrivals and bytes, and the fences beside them; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE void mbarrier_init(Mbarrier& b, uint32_t count, Site site = SIMT_SITE) { emu::mbarrier_init(&b, count, site); }
SIMT_DEVICE void mbarrier_inval(Mbarrier& b, Site site = SIMT_SITE) { emu::mbarrier_inval(&b, site); }
SIMT_DEVICE void fence_mbarrier_init(Site site = SIMT_SITE) { emu::fence_mbarrier_init(site); }
SIMT_DEVICE void mbarrier_arrive(Mbarrier& b, Site site = SIMT_SITE) { emu::mbarrier_arrive(&b, 1, site); }
SIMT_DEVICE void mbarrier_arrive_count(Mbarrier& b, uint32_t n, Site site = SIMT_SITE) { emu::mbarrier_arrive(&b, n, site); }
SIMT_DEVICE void mbarrier_arrive_cluster(Mbarrier& b, int cta_rank, Site site = SIMT_SITE) {
  emu::mbarrier_arrive_cluster(&b, cta_rank, site);
}
SIMT_DEVICE void mbarrier_expect_tx(Mbarrier& b, uint32_t bytes, Site site = SIMT_SITE) { emu::mbarrier_expect_tx(&b, bytes, false, site); }
SIMT_DEVICE void mbarrier_arrive_expect_tx(Mbarrier& b, uint32_t bytes, Site site = SIMT_SITE) {
  emu::mbarrier_expect_tx(&b, bytes, true, site);
}
SIMT_DEVICE bool mbarrier_test_wait_parity(Mbarrier& b, uint32_t parity, Site site = SIMT_SITE) {
  return emu::mbarrier_wait_parity(&b, parity, emu::Wait::test, site);
}
SIMT_DEVICE bool mbarrier_try_wait_parity(Mbarrier& b, uint32_t parity, Site site = SIMT_SITE) {
  return emu::mbarrier_wait_parity(&b, parity, emu::Wait::once, site);
}
SIMT_DEVICE void mbarrier_wait_parity(Mbarrier& b, uint32_t parity, Site site = SIMT_SITE) {
  emu::mbarrier_wait_parity(&b, parity, emu::Wait::loop, site);
}

// acquire.cluster
SIMT_DEVICE bool mbarrier_try_wait_parity_cluster(Mbarrier& b, uint32_t parity, Site site = SIMT_SITE) {
  return emu::mbarrier_wait_parity(&b, parity, emu::Wait::once, site);
}
SIMT_DEVICE void mbarrier_wait_parity_cluster(Mbarrier& b, uint32_t parity, Site site = SIMT_SITE) {
  emu::mbarrier_wait_parity(&b, parity, emu::Wait::loop, site);
}

SIMT_DEVICE void fence_proxy_async(Site site = SIMT_SITE) { emu::fence_proxy_async(site); }
SIMT_DEVICE void threadfence_block(Site site = SIMT_SITE) { emu::fence_generic(false, site); }
SIMT_DEVICE void threadfence(Site site = SIMT_SITE) { emu::fence_generic(true, site); }

}  // namespace simt
