// Atomics and ordered accesses of global memory at device scope; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE float atomic_add(float* p, float v, Site site = SIMT_SITE) { return emu::atomic_add(p, v, site); }
SIMT_DEVICE int atomic_add(int* p, int v, Site site = SIMT_SITE) { return emu::atomic_add(p, v, site); }
SIMT_DEVICE int load_acquire(const int* p, Site site = SIMT_SITE) { return emu::load_acquire(p, site); }
SIMT_DEVICE void store_release(int* p, int v, Site site = SIMT_SITE) { emu::store_release(p, v, site); }
SIMT_DEVICE void red_release_add(int* p, int v, Site site = SIMT_SITE) { emu::red_release_add(p, v, site); }

}  // namespace simt
