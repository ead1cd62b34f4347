// TMA tensor copies and bulk copies, which one thread issues; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE void tma_load_2d(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {2, {c0, c1}}, 0, false, site);
}
SIMT_DEVICE void tma_load_3d(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, int c2, Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {3, {c0, c1, c2}}, 0, false, site);
}
SIMT_DEVICE void tma_load_4d(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, int c2, int c3, Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {4, {c0, c1, c2, c3}}, 0, false, site);
}
SIMT_DEVICE void tma_load_5d(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, int c2, int c3, int c4, Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {5, {c0, c1, c2, c3, c4}}, 0, false, site);
}
SIMT_DEVICE void tma_load_2d_multicast(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, uint16_t cta_mask,
                                       Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {2, {c0, c1}}, cta_mask, true, site);
}
SIMT_DEVICE void tma_load_3d_multicast(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, int c2, uint16_t cta_mask,
                                       Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {3, {c0, c1, c2}}, cta_mask, true, site);
}
SIMT_DEVICE void tma_load_4d_multicast(void* dst, const TensorMap& map, Mbarrier& b, int c0, int c1, int c2, int c3, uint16_t cta_mask,
                                       Site site = SIMT_SITE) {
  emu::tma_load(dst, &map, &b, {4, {c0, c1, c2, c3}}, cta_mask, true, site);
}
SIMT_DEVICE void tma_store_2d(const TensorMap& map, const void* src, int c0, int c1, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {2, {c0, c1}}, emu::Store::copy, site);
}
SIMT_DEVICE void tma_store_3d(const TensorMap& map, const void* src, int c0, int c1, int c2, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {3, {c0, c1, c2}}, emu::Store::copy, site);
}
SIMT_DEVICE void tma_store_4d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {4, {c0, c1, c2, c3}}, emu::Store::copy, site);
}
SIMT_DEVICE void tma_store_5d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3, int c4, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {5, {c0, c1, c2, c3, c4}}, emu::Store::copy, site);
}
SIMT_DEVICE void tma_reduce_add_2d(const TensorMap& map, const void* src, int c0, int c1, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {2, {c0, c1}}, emu::Store::add, site);
}
SIMT_DEVICE void tma_reduce_add_3d(const TensorMap& map, const void* src, int c0, int c1, int c2, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {3, {c0, c1, c2}}, emu::Store::add, site);
}
SIMT_DEVICE void tma_reduce_add_4d(const TensorMap& map, const void* src, int c0, int c1, int c2, int c3, Site site = SIMT_SITE) {
  emu::tma_store(&map, src, {4, {c0, c1, c2, c3}}, emu::Store::add, site);
}
SIMT_DEVICE void prefetch_tensor_map(const TensorMap& map, Site site = SIMT_SITE) { emu::prefetch_tensor_map(&map, site); }

SIMT_DEVICE void bulk_load(void* dst, const void* src, uint32_t bytes, Mbarrier& b, Site site = SIMT_SITE) {
  emu::bulk_load(dst, src, bytes, &b, site);
}
SIMT_DEVICE void bulk_store(void* dst, const void* src, uint32_t bytes, Site site = SIMT_SITE) {
  emu::bulk_store(dst, src, bytes, emu::Store::copy, site);
}
SIMT_DEVICE void bulk_reduce_add_f32(float* dst, const float* src, uint32_t bytes, Site site = SIMT_SITE) {
  emu::bulk_store(dst, src, bytes, emu::Store::add, site);
}
SIMT_DEVICE void bulk_commit_group(Site site = SIMT_SITE) { emu::bulk_commit_group(site); }
template <int kPending>
SIMT_DEVICE void bulk_wait_group(Site site = SIMT_SITE) {
  emu::bulk_wait_group(kPending, false, site);
}
template <int kPending>
SIMT_DEVICE void bulk_wait_group_read(Site site = SIMT_SITE) {
  emu::bulk_wait_group(kPending, true, site);
}

}  // namespace simt
