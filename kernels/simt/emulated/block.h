// Barriers of a block, shared addresses and register budgets; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE void sync_block(Site site = SIMT_SITE) { emu::sync_block(site); }
SIMT_DEVICE void bar_sync(int id, int threads, Site site = SIMT_SITE) { emu::named_barrier(id, threads, true, site); }
SIMT_DEVICE void bar_arrive(int id, int threads, Site site = SIMT_SITE) { emu::named_barrier(id, threads, false, site); }
SIMT_DEVICE uint32_t shared_address(const void* p, Site site = SIMT_SITE) { return emu::shared_address(p, site); }
template <int kRegisters>
SIMT_DEVICE void setmaxnreg_inc(Site site = SIMT_SITE) {
  emu::setmaxnreg(kRegisters, true, site);
}
template <int kRegisters>
SIMT_DEVICE void setmaxnreg_dec(Site site = SIMT_SITE) {
  emu::setmaxnreg(kRegisters, false, site);
}

}  // namespace simt
