// Tensor copies (TMA) and bulk copies: one thread issues, the async proxy carries out (sm_90). Boxes are dense in shared memory, dimension
// 0 fastest, swizzled as the map says. Coordinates are elements, dimension 0 first; outside the tensor: zeros in, nothing out.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/hardware/mbarrier.cuh"
#include "simt/hardware/memory.cuh"
#include "simt/types.h"

namespace simt {

// The map is named by its generic address; it lies among the kernel's parameters.
SIMT_DEVICE uint64_t map_address(const TensorMap& map) { return reinterpret_cast<uint64_t>(&map); }

// prefetch.tensormap [map];
SIMT_DEVICE void prefetch_tensor_map(const TensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" : : "l"(map_address(map)) : "memory");
}

// cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [dst], [map, {c0, c1}], [mbar];
SIMT_DEVICE void tma_load_2d(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1) {
  asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3,%4}], [%2];"
               :
               : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "r"(c0), "r"(c1)
               : "memory");
}

// cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [dst], [map, {c0, c1, c2}], [mbar];
SIMT_DEVICE void tma_load_3d(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, int c2) {
  asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3,%4,%5}], [%2];"
               :
               : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "r"(c0), "r"(c1), "r"(c2)
               : "memory");
}

// cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [dst], [map, {c0, c1, c2, c3}], [mbar];
SIMT_DEVICE void tma_load_4d(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, int c2, int c3) {
  asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3,%4,%5,%6}], [%2];"
               :
               : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
               : "memory");
}

// cp.async.bulk.tensor.5d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [dst], [map, {c0, c1, c2, c3, c4}], [mbar];
SIMT_DEVICE void tma_load_5d(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, int c2, int c3, int c4) {
  asm volatile("cp.async.bulk.tensor.5d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3,%4,%5,%6,%7}], [%2];"
               :
               : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "r"(c0), "r"(c1), "r"(c2), "r"(c3), "r"(c4)
               : "memory");
}

// To every block of the cluster whose bit is set, at the same offsets; each is signalled on its own mbarrier.

// cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [dst], [map, {c0, c1}], [mbar],
// cta_mask;
SIMT_DEVICE void tma_load_2d_multicast(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, uint16_t cta_mask) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%4,%5}], [%2], "
      "%3;"
      :
      : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "h"(cta_mask), "r"(c0), "r"(c1)
      : "memory");
}

// cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [dst], [map, {c0, c1, c2}], [mbar],
// cta_mask;
SIMT_DEVICE void tma_load_3d_multicast(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, int c2, uint16_t cta_mask) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%4,%5,%6}], [%2], "
      "%3;"
      :
      : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "h"(cta_mask), "r"(c0), "r"(c1), "r"(c2)
      : "memory");
}

// cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [dst], [map, {c0, c1, c2, c3}],
// [mbar], cta_mask;
SIMT_DEVICE void tma_load_4d_multicast(void* dst, const TensorMap& map, Mbarrier& mbar, int c0, int c1, int c2, int c3, uint16_t cta_mask) {
  asm volatile(
      "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast::cluster [%0], [%1, {%4,%5,%6,%7}], "
      "[%2], %3;"
      :
      : "r"(shared_address(dst)), "l"(map_address(map)), "r"(shared_address(&mbar)), "h"(cta_mask), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
      : "memory");
}

// cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [map, {c0, c1}], [src];
SIMT_DEVICE void tma_store_2d(const TensorMap& map, const void* src, int c0, int c1) {
  asm volatile("cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%0, {%2,%3}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1)
               : "memory");
}

// cp.async.bulk.tensor.3d.global.shared::cta.tile.bulk_group [map, {c0, c1, c2}], [src];
SIMT_DEVICE void tma_store_3d(const TensorMap& map, const void* src, int c0, int c1, int c2) {
  asm volatile("cp.async.bulk.tensor.3d.global.shared::cta.tile.bulk_group [%0, {%2,%3,%4}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1), "r"(c2)
               : "memory");
}

// cp.async.bulk.tensor.4d.global.shared::cta.tile.bulk_group [map, {c0, c1, c2, c3}], [src];
SIMT_DEVICE void tma_store_4d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3) {
  asm volatile("cp.async.bulk.tensor.4d.global.shared::cta.tile.bulk_group [%0, {%2,%3,%4,%5}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
               : "memory");
}

// cp.async.bulk.tensor.5d.global.shared::cta.tile.bulk_group [map, {c0, c1, c2, c3, c4}], [src];
SIMT_DEVICE void tma_store_5d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3, int c4) {
  asm volatile("cp.async.bulk.tensor.5d.global.shared::cta.tile.bulk_group [%0, {%2,%3,%4,%5,%6}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1), "r"(c2), "r"(c3), "r"(c4)
               : "memory");
}

// cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile.bulk_group [map, {c0, c1}], [src];
SIMT_DEVICE void tma_reduce_add_2d(const TensorMap& map, const void* src, int c0, int c1) {
  asm volatile("cp.reduce.async.bulk.tensor.2d.global.shared::cta.add.tile.bulk_group [%0, {%2,%3}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1)
               : "memory");
}

// cp.reduce.async.bulk.tensor.3d.global.shared::cta.add.tile.bulk_group [map, {c0, c1, c2}], [src];
SIMT_DEVICE void tma_reduce_add_3d(const TensorMap& map, const void* src, int c0, int c1, int c2) {
  asm volatile("cp.reduce.async.bulk.tensor.3d.global.shared::cta.add.tile.bulk_group [%0, {%2,%3,%4}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1), "r"(c2)
               : "memory");
}

// cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.tile.bulk_group [map, {c0, c1, c2, c3}], [src];
SIMT_DEVICE void tma_reduce_add_4d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3) {
  asm volatile("cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.tile.bulk_group [%0, {%2,%3,%4,%5}], [%1];"
               :
               : "l"(map_address(map)), "r"(shared_address(src)), "r"(c0), "r"(c1), "r"(c2), "r"(c3)
               : "memory");
}

// Without a map: addresses and bytes are multiples of 16.

// cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [dst], [src], bytes, [mbar];
SIMT_DEVICE void bulk_load(void* dst, const void* src, uint32_t bytes, Mbarrier& mbar) {
  asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
               :
               : "r"(shared_address(dst)), "l"(global_address(src)), "r"(bytes), "r"(shared_address(&mbar))
               : "memory");
}

// cp.async.bulk.global.shared::cta.bulk_group [dst], [src], bytes;
SIMT_DEVICE void bulk_store(void* dst, const void* src, uint32_t bytes) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;"
               :
               : "l"(global_address(dst)), "r"(shared_address(src)), "r"(bytes)
               : "memory");
}

// cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f32 [dst], [src], bytes;
SIMT_DEVICE void bulk_reduce_add_f32(float* dst, const float* src, uint32_t bytes) {
  asm volatile("cp.reduce.async.bulk.global.shared::cta.bulk_group.add.f32 [%0], [%1], %2;"
               :
               : "l"(global_address(dst)), "r"(shared_address(src)), "r"(bytes)
               : "memory");
}

// cp.async.bulk.commit_group;
SIMT_DEVICE void bulk_commit_group() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }

// cp.async.bulk.wait_group n;   at most n groups of this thread are still unfinished
template <int kPending>
SIMT_DEVICE void bulk_wait_group() {
  asm volatile("cp.async.bulk.wait_group %0;" : : "n"(kPending) : "memory");
}

// cp.async.bulk.wait_group.read n;   at most n groups have still to read their sources
template <int kPending>
SIMT_DEVICE void bulk_wait_group_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" : : "n"(kPending) : "memory");
}

}  // namespace simt
