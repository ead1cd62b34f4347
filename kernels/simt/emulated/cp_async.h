// cp.async: copies from global to shared memory that a thread waits for; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE void cp_async_16(void* dst, const void* src, bool valid, Site site = SIMT_SITE) { emu::cp_async(dst, src, 16, valid, site); }
SIMT_DEVICE void cp_async_8(void* dst, const void* src, bool valid, Site site = SIMT_SITE) { emu::cp_async(dst, src, 8, valid, site); }
SIMT_DEVICE void cp_async_4(void* dst, const void* src, bool valid, Site site = SIMT_SITE) { emu::cp_async(dst, src, 4, valid, site); }
SIMT_DEVICE void cp_async_commit_group(Site site = SIMT_SITE) { emu::cp_async_commit_group(site); }
template <int kPending>
SIMT_DEVICE void cp_async_wait_group(Site site = SIMT_SITE) {
  emu::cp_async_wait_group(kPending, site);
}
SIMT_DEVICE void cp_async_wait_all(Site site = SIMT_SITE) { emu::cp_async_wait_all(site); }
SIMT_DEVICE void cp_async_mbarrier_arrive_noinc(Mbarrier& barrier, Site site = SIMT_SITE) {
  emu::cp_async_mbarrier_arrive_noinc(&barrier, site);
}

}  // namespace simt
