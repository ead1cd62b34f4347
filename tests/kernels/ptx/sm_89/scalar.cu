// Conversions of e4m3, one kernel each, for the golden lines in tests/golden/ptx/sm_89/scalar.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::e4m3;

extern "C" __global__ void to_float_e4m3(float* d, e4m3 a) { *d = simt::to_float(a); }
extern "C" __global__ void unpack2_e4m3(uint32_t* d, uint16_t a) { *d = simt::unpack2_e4m3(a); }
extern "C" __global__ void from_float_e4m3(e4m3* d, float a) { *d = simt::from_float<e4m3>(a); }
extern "C" __global__ void pack2_8bit_e4m3(uint16_t* d, float lo, float hi) { *d = simt::pack2_8bit<e4m3>(lo, hi); }
