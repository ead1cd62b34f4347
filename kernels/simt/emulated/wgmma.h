// wgmma: asynchronous products of a warpgroup, operands in shared memory; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <type_traits>

#include "simt/descriptor.h"
#include "simt/emulated/machine.h"

namespace simt {

// m64 n(kN) k(32 bytes). 8-bit and tf32 operands are K-major.
template <class T>
inline constexpr emu::Wgmma kWgmmaType = std::is_same_v<T, bf16>  ? emu::Wgmma::bf16
                                         : std::is_same_v<T, f16> ? emu::Wgmma::f16
                                                                  : emu::Wgmma::e4m3;

SIMT_DEVICE void wgmma_fence(Site site = SIMT_SITE) { emu::wgmma_fence(site); }
SIMT_DEVICE void wgmma_commit_group(Site site = SIMT_SITE) { emu::wgmma_commit_group(site); }
template <int kPending>
SIMT_DEVICE void wgmma_wait_group(Site site = SIMT_SITE) {
  emu::wgmma_wait_group(kPending, site);
}
template <class T, int kN, bool kTransB>
SIMT_DEVICE void wgmma_ss(float (&d)[kN / 2], uint64_t a_desc, uint64_t b_desc, bool accumulate, Site site = SIMT_SITE) {
  emu::wgmma({d, nullptr, a_desc, b_desc, kN, kWgmmaType<T>, kTransB, accumulate}, site);
}
template <class T, int kN, bool kTransB>
SIMT_DEVICE void wgmma_rs(float (&d)[kN / 2], const uint32_t (&a)[4], uint64_t b_desc, bool accumulate, Site site = SIMT_SITE) {
  emu::wgmma({d, a, 0, b_desc, kN, kWgmmaType<T>, kTransB, accumulate}, site);
}
// Hardware: orders plain uses of r against the asm around it. Here nothing needs ordering: the compiler sees r escape.
template <int N>
SIMT_DEVICE void wgmma_hold(float (&)[N]) {}

}  // namespace simt
