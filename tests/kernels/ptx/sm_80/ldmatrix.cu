// Matrix loads, one kernel each, for the golden lines in tests/golden/ptx/sm_80/ldmatrix.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void ldmatrix_x1(uint32_t* d, const void* row) {
  uint32_t r[1];
  simt::ldmatrix_x1(r, row);
  for (int i = 0; i < 1; ++i) d[i] = r[i];
}
extern "C" __global__ void ldmatrix_x2(uint32_t* d, const void* row) {
  uint32_t r[2];
  simt::ldmatrix_x2(r, row);
  for (int i = 0; i < 2; ++i) d[i] = r[i];
}
extern "C" __global__ void ldmatrix_x4(uint32_t* d, const void* row) {
  uint32_t r[4];
  simt::ldmatrix_x4(r, row);
  for (int i = 0; i < 4; ++i) d[i] = r[i];
}
extern "C" __global__ void ldmatrix_x1_trans(uint32_t* d, const void* row) {
  uint32_t r[1];
  simt::ldmatrix_x1_trans(r, row);
  for (int i = 0; i < 1; ++i) d[i] = r[i];
}
extern "C" __global__ void ldmatrix_x2_trans(uint32_t* d, const void* row) {
  uint32_t r[2];
  simt::ldmatrix_x2_trans(r, row);
  for (int i = 0; i < 2; ++i) d[i] = r[i];
}
extern "C" __global__ void ldmatrix_x4_trans(uint32_t* d, const void* row) {
  uint32_t r[4];
  simt::ldmatrix_x4_trans(r, row);
  for (int i = 0; i < 4; ++i) d[i] = r[i];
}
extern "C" __global__ void movmatrix_trans(uint32_t* d, uint32_t a) {
  uint32_t r;
  simt::movmatrix_trans(r, a);
  *d = r;
}
