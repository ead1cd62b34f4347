// Matrix stores, one kernel each, for the golden lines in tests/golden/ptx/sm_90a/stmatrix.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void stmatrix_x1(void* row, uint32_t r0) {
  const uint32_t r[1] = {r0};
  simt::stmatrix_x1(row, r);
}
extern "C" __global__ void stmatrix_x2(void* row, uint32_t r0, uint32_t r1) {
  const uint32_t r[2] = {r0, r1};
  simt::stmatrix_x2(row, r);
}
extern "C" __global__ void stmatrix_x4(void* row, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3) {
  const uint32_t r[4] = {r0, r1, r2, r3};
  simt::stmatrix_x4(row, r);
}
extern "C" __global__ void stmatrix_x1_trans(void* row, uint32_t r0) {
  const uint32_t r[1] = {r0};
  simt::stmatrix_x1_trans(row, r);
}
extern "C" __global__ void stmatrix_x2_trans(void* row, uint32_t r0, uint32_t r1) {
  const uint32_t r[2] = {r0, r1};
  simt::stmatrix_x2_trans(row, r);
}
extern "C" __global__ void stmatrix_x4_trans(void* row, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3) {
  const uint32_t r[4] = {r0, r1, r2, r3};
  simt::stmatrix_x4_trans(row, r);
}
