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
  const ForwardParams& p;
  const Work& work;
  int64_t first_entry = 0;  // of the table
  int entries = 0;          // that are the sequence's

  SIMT_DEVICE KeyFinder(const ForwardParams& params, const Work& of) : p(params), work(of) {
    const Pages& pages = p.pages;
    if (pages.size == 0) return;
    first_entry = work.batch * pages.table_stride;
    entries = kMaxRows;
    if (pages.starts == nullptr) return;
    const int total = larger(pages.starts[pages.sequences], 0), begin = clamp(pages.starts[work.batch], 0, total);
    first_entry = begin;
    entries = clamp(pages.starts[work.batch + 1], begin, total) - begin;
  }

  SIMT_DEVICE KeyRow<T> on_page(const T* k_page, const T* v_page, int slot) const {
    if (k_page == nullptr || v_page == nullptr) return {nullptr, nullptr};
    return {k_page + work.kv_head * p.k.head_stride + slot * p.k.row_stride,
            v_page + work.kv_head * p.v.head_stride + slot * p.v.row_stride};
  }

  SIMT_DEVICE KeyRow<T> find(int key) const {
    const Pages& pages = p.pages;
    if (key < work.kv_begin || key >= work.kv_end) return {nullptr, nullptr};
    if (pages.size == 0) return {address<T>(p.k, work.kv, work.kv_head, key), address<T>(p.v, work.kv, work.kv_head, key)};
    const int page = pages.shift >= 0 ? key >> pages.shift : key / pages.size, slot = key - page * pages.size;
    if (page >= entries) return {nullptr, nullptr};
    const int64_t entry = first_entry + page;
    if (pages.k_pages != nullptr)
      return on_page(static_cast<const T*>(pages.k_pages[entry]), static_cast<const T*>(pages.v_pages[entry]), slot);
    const int number = pages.table[entry];
    if (number < 0 || number >= pages.count) return {nullptr, nullptr};
    return on_page(static_cast<const T*>(p.k.data) + number * p.k.batch_stride, static_cast<const T*>(p.v.data) + number * p.v.batch_stride,
                   slot);
  }
};

// Those of a tile, found by a thread each and kept in shared memory for everyone.
template <class T, int kTileKv>
struct KeyRows {
  static_assert(kTileKv % 32 == 0);
  const T *k[kTileKv], *v[kTileKv];
  uint32_t mapped[kTileKv / 32];     // a bit a key
  uint32_t unaligned[kTileKv / 32];  // likewise: a row does not begin at a multiple of 16 bytes

  // A warp for each 32 keys.
  SIMT_DEVICE void publish(const KeyRow<T>& row) {
    const auto address = reinterpret_cast<uintptr_t>(row.k) | reinterpret_cast<uintptr_t>(row.v);
    const uint32_t is_mapped = simt::ballot(row.k != nullptr), is_unaligned = simt::ballot(address % 16 != 0);
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
