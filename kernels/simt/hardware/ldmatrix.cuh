// 8x8 matrices of 16-bit elements between shared memory and the registers of a warp. Lane 8 m + r gives the address of row r of matrix m:
// 16 bytes, aligned to 16. Register m of lane l holds elements [l / 4][2 (l % 4) + {0, 1}], low half first; trans: of the transpose.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/hardware/memory.cuh"

namespace simt {

// ldmatrix.sync.aligned.m8n8.x1.shared.b16 {r0}, [row];
SIMT_DEVICE void ldmatrix_x1(uint32_t (&r)[1], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(shared_address(row)) : "memory");
}

// ldmatrix.sync.aligned.m8n8.x2.shared.b16 {r0, r1}, [row];
SIMT_DEVICE void ldmatrix_x2(uint32_t (&r)[2], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}

// ldmatrix.sync.aligned.m8n8.x4.shared.b16 {r0, r1, r2, r3}, [row];
SIMT_DEVICE void ldmatrix_x4(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}

// ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {r0}, [row];
SIMT_DEVICE void ldmatrix_x1_trans(uint32_t (&r)[1], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(shared_address(row)) : "memory");
}

// ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {r0, r1}, [row];
SIMT_DEVICE void ldmatrix_x2_trans(uint32_t (&r)[2], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];"
               : "=r"(r[0]), "=r"(r[1])
               : "r"(shared_address(row))
               : "memory");
}

// ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {r0, r1, r2, r3}, [row];
SIMT_DEVICE void ldmatrix_x4_trans(uint32_t (&r)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}

// stmatrix is the inverse of ldmatrix (sm_90).

// stmatrix.sync.aligned.m8n8.x1.shared.b16 [row], {r0};
SIMT_DEVICE void stmatrix_x1(void* row, const uint32_t (&r)[1]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%0], {%1};" : : "r"(shared_address(row)), "r"(r[0]) : "memory");
}

// stmatrix.sync.aligned.m8n8.x2.shared.b16 [row], {r0, r1};
SIMT_DEVICE void stmatrix_x2(void* row, const uint32_t (&r)[2]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1,%2};" : : "r"(shared_address(row)), "r"(r[0]), "r"(r[1]) : "memory");
}

// stmatrix.sync.aligned.m8n8.x4.shared.b16 [row], {r0, r1, r2, r3};
SIMT_DEVICE void stmatrix_x4(void* row, const uint32_t (&r)[4]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};"
               :
               : "r"(shared_address(row)), "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3])
               : "memory");
}

// stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [row], {r0};
SIMT_DEVICE void stmatrix_x1_trans(void* row, const uint32_t (&r)[1]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%0], {%1};" : : "r"(shared_address(row)), "r"(r[0]) : "memory");
}

// stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [row], {r0, r1};
SIMT_DEVICE void stmatrix_x2_trans(void* row, const uint32_t (&r)[2]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1,%2};"
               :
               : "r"(shared_address(row)), "r"(r[0]), "r"(r[1])
               : "memory");
}

// stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [row], {r0, r1, r2, r3};
SIMT_DEVICE void stmatrix_x4_trans(void* row, const uint32_t (&r)[4]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};"
               :
               : "r"(shared_address(row)), "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3])
               : "memory");
}

// movmatrix.sync.aligned.m8n8.trans.b16 d, a;
SIMT_DEVICE void movmatrix_trans(uint32_t& d, uint32_t a) {
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(d) : "r"(a));
}

}  // namespace simt
