// Where the rows of K and V are, whether they follow one another or lie on pages.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/work.h"

namespace rapt::kernels {

// One key's rows; both nullptr: no row of the tile sees it, or it is not mapped, and it is hidden.
template <class T>
struct KeyRow {
  const T *k, *v;
};

// Finds the rows of one block's keys: those of a kv head of a sequence, within what its tile sees. Of the page table no more is read.
template <class T>
struct KeyFinder {
  const T *k, *v;       // row 0 of the head: of its sequence, or of page 0; unused where pages have addresses
  int64_t first_entry;  // of the table
  int entries;          // that are the sequence's

  KeyFinder() = default;
  SIMT_DEVICE KeyFinder(const ForwardParams& p, const Work& work) : k(nullptr), v(nullptr), first_entry(0), entries(0) {
    const Pages& pages = p.pages;
    const Sequence from = pages.size == 0 ? work.kv : Sequence{0, 0, 0};
    if (pages.k_pages == nullptr) k = address<T>(p.k, from, work.kv_head, 0), v = address<T>(p.v, from, work.kv_head, 0);
    if (pages.size == 0) return;
    first_entry = work.batch * pages.table_stride;
    entries = kMaxRows;
    if (pages.starts == nullptr) return;
    const int total = larger(pages.starts[pages.sequences], 0), begin = clamp(pages.starts[work.batch], 0, total);
    first_entry = begin;
    entries = clamp(pages.starts[work.batch + 1], begin, total) - begin;
  }

  SIMT_DEVICE KeyRow<T> find(const ForwardParams& p, const Work& work, int key) const {
    const Pages& pages = p.pages;
    if (key < work.kv_begin || key >= work.kv_end) return {nullptr, nullptr};
    if (pages.size == 0) return {k + key * p.k.row_stride, v + key * p.v.row_stride};
    const int page = pages.shift >= 0 ? key >> pages.shift : key / pages.size, slot = key - page * pages.size;
    if (page >= entries) return {nullptr, nullptr};
    const int64_t entry = first_entry + page;
    if (pages.k_pages != nullptr) {
      const T *k_page = static_cast<const T*>(pages.k_pages[entry]), *v_page = static_cast<const T*>(pages.v_pages[entry]);
      if (k_page == nullptr || v_page == nullptr) return {nullptr, nullptr};
      return {k_page + work.kv_head * p.k.head_stride + slot * p.k.row_stride,
              v_page + work.kv_head * p.v.head_stride + slot * p.v.row_stride};
    }
    const int number = pages.table[entry];
    if (number < 0 || number >= pages.count) return {nullptr, nullptr};
    return {k + number * p.k.batch_stride + slot * p.k.row_stride, v + number * p.v.batch_stride + slot * p.v.row_stride};
  }
};

// Those of a tile, found by a thread each and kept in shared memory for everyone.
template <class T, int kTileKv>
struct KeyRows {
  static_assert(kTileKv % 32 == 0);
  const T *k[kTileKv], *v[kTileKv];
  uint32_t mapped[kTileKv / 32];     // a bit a key
  uint32_t unaligned[kTileKv / 32];  // likewise: a row cannot be copied by 16 bytes

  // A warp for each 32 keys. aligned: rows are as long as a multiple of 16 bytes, and begin at one if their page does.
  SIMT_DEVICE void publish(const KeyRow<T>& row, bool aligned) {
    const auto address = reinterpret_cast<uintptr_t>(row.k) | reinterpret_cast<uintptr_t>(row.v);
    const uint32_t is_mapped = simt::ballot(row.k != nullptr), is_unaligned = simt::ballot(!aligned || address % 16 != 0);
    k[simt::thread()] = row.k;
    v[simt::thread()] = row.v;
    if (simt::lane() == 0) mapped[simt::warp()] = is_mapped, unaligned[simt::warp()] = is_unaligned;
  }
  SIMT_DEVICE bool aligned() const {
    uint32_t any = 0;
    SIMT_UNROLL
    for (int w = 0; w < kTileKv / 32; ++w) any |= unaligned[w];
    return any == 0;
  }
};

}  // namespace rapt::kernels
