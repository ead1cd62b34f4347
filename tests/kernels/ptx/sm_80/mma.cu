// Matrix products of a warp, one kernel each, for the golden lines in tests/golden/ptx/sm_80/mma.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::bf16, simt::f16;

extern "C" __global__ void mma_m16n8k16_bf16(float* out, float d0, float d1, float d2, float d3, uint32_t a0, uint32_t a1, uint32_t a2,
                                             uint32_t a3, uint32_t b0, uint32_t b1) {
  float d[4] = {d0, d1, d2, d3};
  const uint32_t a[4] = {a0, a1, a2, a3};
  simt::mma_m16n8k16<bf16>(d, a, b0, b1);
  for (int i = 0; i < 4; ++i) out[i] = d[i];
}
extern "C" __global__ void mma_m16n8k16_f16(float* out, float d0, float d1, float d2, float d3, uint32_t a0, uint32_t a1, uint32_t a2,
                                            uint32_t a3, uint32_t b0, uint32_t b1) {
  float d[4] = {d0, d1, d2, d3};
  const uint32_t a[4] = {a0, a1, a2, a3};
  simt::mma_m16n8k16<f16>(d, a, b0, b1);
  for (int i = 0; i < 4; ++i) out[i] = d[i];
}
extern "C" __global__ void mma_m16n8k8_tf32(float* out, float d0, float d1, float d2, float d3, uint32_t a0, uint32_t a1, uint32_t a2,
                                            uint32_t a3, uint32_t b0, uint32_t b1) {
  float d[4] = {d0, d1, d2, d3};
  const uint32_t a[4] = {a0, a1, a2, a3};
  simt::mma_m16n8k8_tf32(d, a, b0, b1);
  for (int i = 0; i < 4; ++i) out[i] = d[i];
}
extern "C" __global__ void mma_m16n8k32_s8(int32_t* out, int32_t d0, int32_t d1, int32_t d2, int32_t d3, uint32_t a0, uint32_t a1,
                                           uint32_t a2, uint32_t a3, uint32_t b0, uint32_t b1) {
  int32_t d[4] = {d0, d1, d2, d3};
  const uint32_t a[4] = {a0, a1, a2, a3};
  simt::mma_m16n8k32_s8(d, a, b0, b1);
  for (int i = 0; i < 4; ++i) out[i] = d[i];
}
