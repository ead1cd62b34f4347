// mma.sync: products of fragments held by a warp; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

template <class T>
SIMT_DEVICE void mma_m16n8k16(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site = SIMT_SITE);
template <>
SIMT_DEVICE void mma_m16n8k16<bf16>(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site) {
  emu::mma(emu::Mma::bf16_k16, d, a, b0, b1, site);
}
template <>
SIMT_DEVICE void mma_m16n8k16<f16>(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site) {
  emu::mma(emu::Mma::f16_k16, d, a, b0, b1, site);
}
SIMT_DEVICE void mma_m16n8k8_tf32(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site = SIMT_SITE) {
  emu::mma(emu::Mma::tf32_k8, d, a, b0, b1, site);
}
SIMT_DEVICE void mma_m16n8k32_e4m3(float (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site = SIMT_SITE) {
  emu::mma(emu::Mma::e4m3_k32, d, a, b0, b1, site);
}
SIMT_DEVICE void mma_m16n8k32_s8(int32_t (&d)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1, Site site = SIMT_SITE) {
  emu::mma(emu::Mma::s8_k32, d, a, b0, b1, site);
}

}  // namespace simt
