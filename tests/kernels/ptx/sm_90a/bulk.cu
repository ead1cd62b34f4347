// Tensor copies and bulk copies, one kernel each, for the golden lines in tests/golden/ptx/sm_90a/bulk.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::Mbarrier, simt::TensorMap;

extern "C" __global__ void prefetch_tensor_map(const __grid_constant__ TensorMap map) { simt::prefetch_tensor_map(map); }
extern "C" __global__ void tma_load_2d(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1) {
  simt::tma_load_2d(dst, map, *mbar, c0, c1);
}
extern "C" __global__ void tma_load_3d(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1, int c2) {
  simt::tma_load_3d(dst, map, *mbar, c0, c1, c2);
}
extern "C" __global__ void tma_load_4d(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1, int c2, int c3) {
  simt::tma_load_4d(dst, map, *mbar, c0, c1, c2, c3);
}
extern "C" __global__ void tma_load_5d(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1, int c2, int c3,
                                       int c4) {
  simt::tma_load_5d(dst, map, *mbar, c0, c1, c2, c3, c4);
}
extern "C" __global__ void tma_load_2d_multicast(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1,
                                                 uint16_t cta_mask) {
  simt::tma_load_2d_multicast(dst, map, *mbar, c0, c1, cta_mask);
}
extern "C" __global__ void tma_load_3d_multicast(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1, int c2,
                                                 uint16_t cta_mask) {
  simt::tma_load_3d_multicast(dst, map, *mbar, c0, c1, c2, cta_mask);
}
extern "C" __global__ void tma_load_4d_multicast(void* dst, const __grid_constant__ TensorMap map, Mbarrier* mbar, int c0, int c1, int c2,
                                                 int c3, uint16_t cta_mask) {
  simt::tma_load_4d_multicast(dst, map, *mbar, c0, c1, c2, c3, cta_mask);
}
extern "C" __global__ void tma_store_2d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1) {
  simt::tma_store_2d(map, src, c0, c1);
}
extern "C" __global__ void tma_store_3d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1, int c2) {
  simt::tma_store_3d(map, src, c0, c1, c2);
}
extern "C" __global__ void tma_store_4d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1, int c2, int c3) {
  simt::tma_store_4d(map, src, c0, c1, c2, c3);
}
extern "C" __global__ void tma_store_5d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1, int c2, int c3, int c4) {
  simt::tma_store_5d(map, src, c0, c1, c2, c3, c4);
}
extern "C" __global__ void tma_reduce_add_2d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1) {
  simt::tma_reduce_add_2d(map, src, c0, c1);
}
extern "C" __global__ void tma_reduce_add_3d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1, int c2) {
  simt::tma_reduce_add_3d(map, src, c0, c1, c2);
}
extern "C" __global__ void tma_reduce_add_4d(const __grid_constant__ TensorMap map, const void* src, int c0, int c1, int c2, int c3) {
  simt::tma_reduce_add_4d(map, src, c0, c1, c2, c3);
}
extern "C" __global__ void bulk_load(void* dst, const void* src, uint32_t bytes, Mbarrier* mbar) {
  simt::bulk_load(dst, src, bytes, *mbar);
}
extern "C" __global__ void bulk_store(void* dst, const void* src, uint32_t bytes) { simt::bulk_store(dst, src, bytes); }
extern "C" __global__ void bulk_reduce_add_f32(float* dst, const float* src, uint32_t bytes) { simt::bulk_reduce_add_f32(dst, src, bytes); }
extern "C" __global__ void bulk_commit_group() { simt::bulk_commit_group(); }
extern "C" __global__ void bulk_wait_group() { simt::bulk_wait_group<2>(); }
extern "C" __global__ void bulk_wait_group_read() { simt::bulk_wait_group_read<2>(); }
