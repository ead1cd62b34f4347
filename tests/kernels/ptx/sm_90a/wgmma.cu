// Matrix products of a warpgroup, one kernel each, for the golden lines in tests/golden/ptx/sm_90a/wgmma.txt. The accumulators come out of
// nowhere: each register shows its place in the instruction and then the address that it is stored to.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::bf16, simt::e4m3, simt::f16;

template <class T, int kN, bool kTransB>
__device__ void ss(float* out, uint64_t a, uint64_t b, int accumulate) {
  float d[kN / 2];
  simt::wgmma_ss<T, kN, kTransB>(d, a, b, accumulate != 0);
  SIMT_UNROLL for (int i = 0; i < kN / 2; ++i) out[i] = d[i];
}

template <class T, int kN, bool kTransB>
__device__ void rs(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, uint64_t b, int accumulate) {
  float d[kN / 2];
  const uint32_t a[4] = {a0, a1, a2, a3};
  simt::wgmma_rs<T, kN, kTransB>(d, a, b, accumulate != 0);
  SIMT_UNROLL for (int i = 0; i < kN / 2; ++i) out[i] = d[i];
}

extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n64(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 64, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n64(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                    uint64_t b, int accumulate) {
  rs<bf16, 64, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n80_trans_b(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 80, true>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n80_trans_b(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                            uint64_t b, int accumulate) {
  rs<bf16, 80, true>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n96(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 96, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n96(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                    uint64_t b, int accumulate) {
  rs<bf16, 96, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n128(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 128, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n128(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                     uint64_t b, int accumulate) {
  rs<bf16, 128, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n176_trans_b(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 176, true>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n176_trans_b(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                             uint64_t b, int accumulate) {
  rs<bf16, 176, true>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n192(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 192, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n192(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                     uint64_t b, int accumulate) {
  rs<bf16, 192, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n256(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 256, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n256(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                     uint64_t b, int accumulate) {
  rs<bf16, 256, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_bf16_n64_trans_b(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<bf16, 64, true>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_bf16_n64_trans_b(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                            uint64_t b, int accumulate) {
  rs<bf16, 64, true>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_f16_n128(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<f16, 128, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_f16_n128(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                    uint64_t b, int accumulate) {
  rs<f16, 128, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_f16_n128_trans_b(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<f16, 128, true>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_f16_n128_trans_b(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                            uint64_t b, int accumulate) {
  rs<f16, 128, true>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_ss_e4m3_n128(float* out, uint64_t a, uint64_t b, int accumulate) {
  ss<e4m3, 128, false>(out, a, b, accumulate);
}
extern "C" __global__ __launch_bounds__(128) void wgmma_rs_e4m3_n128(float* out, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3,
                                                                     uint64_t b, int accumulate) {
  rs<e4m3, 128, false>(out, a0, a1, a2, a3, b, accumulate);
}
extern "C" __global__ void wgmma_fence() { simt::wgmma_fence(); }
extern "C" __global__ void wgmma_commit_group() { simt::wgmma_commit_group(); }
extern "C" __global__ void wgmma_wait_group() { simt::wgmma_wait_group<1>(); }
extern "C" __global__ void wgmma_hold(float* out, float a, float b) {
  float d[2] = {a, b};
  simt::wgmma_hold(d);
  out[0] = d[0];
  out[1] = d[1];
}
