// Warp instructions over the full mask, and who a thread is; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"
#include "simt/emulated/scalar.h"

namespace simt {

SIMT_DEVICE int thread() { return emu::thread(); }
SIMT_DEVICE int lane() { return emu::lane(); }
SIMT_DEVICE int warp() { return emu::warp(); }
SIMT_DEVICE int warpgroup() { return emu::warp() / 4; }
SIMT_DEVICE int block_threads() { return emu::block_threads(); }
SIMT_DEVICE Dim3 block() { return emu::block(); }
SIMT_DEVICE Dim3 grid() { return emu::grid(); }

SIMT_DEVICE uint32_t shfl_xor(uint32_t v, int mask, Site site = SIMT_SITE) { return emu::shuffle(emu::Shuffle::butterfly, v, mask, site); }
SIMT_DEVICE uint32_t shfl_up(uint32_t v, int delta, Site site = SIMT_SITE) { return emu::shuffle(emu::Shuffle::up, v, delta, site); }
SIMT_DEVICE uint32_t shfl_down(uint32_t v, int delta, Site site = SIMT_SITE) { return emu::shuffle(emu::Shuffle::down, v, delta, site); }
SIMT_DEVICE uint32_t shfl(uint32_t v, int src, Site site = SIMT_SITE) { return emu::shuffle(emu::Shuffle::index, v, src, site); }
SIMT_DEVICE int shfl_xor(int v, int mask, Site site = SIMT_SITE) { return int(shfl_xor(uint32_t(v), mask, site)); }
SIMT_DEVICE int shfl_up(int v, int delta, Site site = SIMT_SITE) { return int(shfl_up(uint32_t(v), delta, site)); }
SIMT_DEVICE int shfl_down(int v, int delta, Site site = SIMT_SITE) { return int(shfl_down(uint32_t(v), delta, site)); }
SIMT_DEVICE int shfl(int v, int src, Site site = SIMT_SITE) { return int(shfl(uint32_t(v), src, site)); }
SIMT_DEVICE float shfl_xor(float v, int mask, Site site = SIMT_SITE) { return from_bits(shfl_xor(bits(v), mask, site)); }
SIMT_DEVICE float shfl_up(float v, int delta, Site site = SIMT_SITE) { return from_bits(shfl_up(bits(v), delta, site)); }
SIMT_DEVICE float shfl_down(float v, int delta, Site site = SIMT_SITE) { return from_bits(shfl_down(bits(v), delta, site)); }
SIMT_DEVICE float shfl(float v, int src, Site site = SIMT_SITE) { return from_bits(shfl(bits(v), src, site)); }
SIMT_DEVICE int uniform(int v, Site site = SIMT_SITE) { return shfl(v, 0, site); }

SIMT_DEVICE bool any(bool p, Site site = SIMT_SITE) { return emu::vote(emu::Vote::any, p, site) != 0; }
SIMT_DEVICE bool all(bool p, Site site = SIMT_SITE) { return emu::vote(emu::Vote::all, p, site) != 0; }
SIMT_DEVICE uint32_t ballot(bool p, Site site = SIMT_SITE) { return emu::vote(emu::Vote::ballot, p, site); }
SIMT_DEVICE bool elect(Site site = SIMT_SITE) { return emu::elect(site); }
SIMT_DEVICE void sync_warp(Site site = SIMT_SITE) { emu::sync_warp(site); }

}  // namespace simt
