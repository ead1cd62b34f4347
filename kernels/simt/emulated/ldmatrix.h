// ldmatrix, stmatrix, movmatrix: 8x8 matrices of 16-bit elements between shared memory and a warp; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE void ldmatrix_x1(uint32_t (&r)[1], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 1, false, site); }
SIMT_DEVICE void ldmatrix_x1_trans(uint32_t (&r)[1], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 1, true, site); }
SIMT_DEVICE void ldmatrix_x2(uint32_t (&r)[2], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 2, false, site); }
SIMT_DEVICE void ldmatrix_x2_trans(uint32_t (&r)[2], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 2, true, site); }
SIMT_DEVICE void ldmatrix_x4(uint32_t (&r)[4], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 4, false, site); }
SIMT_DEVICE void ldmatrix_x4_trans(uint32_t (&r)[4], const void* row, Site site = SIMT_SITE) { emu::ldmatrix(r, row, 4, true, site); }
SIMT_DEVICE void stmatrix_x1(void* row, const uint32_t (&r)[1], Site site = SIMT_SITE) { emu::stmatrix(row, r, 1, false, site); }
SIMT_DEVICE void stmatrix_x1_trans(void* row, const uint32_t (&r)[1], Site site = SIMT_SITE) { emu::stmatrix(row, r, 1, true, site); }
SIMT_DEVICE void stmatrix_x2(void* row, const uint32_t (&r)[2], Site site = SIMT_SITE) { emu::stmatrix(row, r, 2, false, site); }
SIMT_DEVICE void stmatrix_x2_trans(void* row, const uint32_t (&r)[2], Site site = SIMT_SITE) { emu::stmatrix(row, r, 2, true, site); }
SIMT_DEVICE void stmatrix_x4(void* row, const uint32_t (&r)[4], Site site = SIMT_SITE) { emu::stmatrix(row, r, 4, false, site); }
SIMT_DEVICE void stmatrix_x4_trans(void* row, const uint32_t (&r)[4], Site site = SIMT_SITE) { emu::stmatrix(row, r, 4, true, site); }
SIMT_DEVICE void movmatrix_trans(uint32_t& d, uint32_t a, Site site = SIMT_SITE) { d = emu::movmatrix(a, site); }

}  // namespace simt
