// Scalar functions, one kernel each, for the golden lines in tests/golden/ptx/sm_80/scalar.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::bf16, simt::f16;

extern "C" __global__ void exp2_f32(float* d, float a) { *d = simt::exp2(a); }
extern "C" __global__ void log2_f32(float* d, float a) { *d = simt::log2(a); }
extern "C" __global__ void rcp_f32(float* d, float a) { *d = simt::rcp(a); }
extern "C" __global__ void tanh_f32(float* d, float a) { *d = simt::tanh(a); }
extern "C" __global__ void fma_f32(float* d, float a, float b, float c) { *d = simt::fma(a, b, c); }
extern "C" __global__ void max_f32(float* d, float a, float b) { *d = simt::max(a, b); }
extern "C" __global__ void min_f32(float* d, float a, float b) { *d = simt::min(a, b); }
extern "C" __global__ void bits(uint32_t* d, float a) { *d = simt::bits(a); }
extern "C" __global__ void from_bits(float* d, uint32_t a) { *d = simt::from_bits(a); }
extern "C" __global__ void is_nan(int* d, float a) { *d = simt::is_nan(a); }
extern "C" __global__ void to_float_bf16(float* d, bf16 a) { *d = simt::to_float(a); }
extern "C" __global__ void to_float_f16(float* d, f16 a) { *d = simt::to_float(a); }
extern "C" __global__ void from_float_bf16(bf16* d, float a) { *d = simt::from_float<bf16>(a); }
extern "C" __global__ void from_float_f16(f16* d, float a) { *d = simt::from_float<f16>(a); }
extern "C" __global__ void pack2_bf16(uint32_t* d, float lo, float hi) { *d = simt::pack2<bf16>(lo, hi); }
extern "C" __global__ void pack2_f16(uint32_t* d, float lo, float hi) { *d = simt::pack2<f16>(lo, hi); }
extern "C" __global__ void to_tf32(uint32_t* d, float a) { *d = simt::to_tf32(a); }
