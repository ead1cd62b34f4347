// The ring of tiles of K and V in shared memory, and how it is filled.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/key_rows.h"
#include "tile/load_rows.h"

namespace rapt::kernels {

// K of tile 0, V of tile 0, K of tile 1, ...: item i lies in slot i % kSlots.
template <class Traits>
struct KvSlots {
  using T = typename Traits::Element;
  union Slot {
    SharedTile<T, Traits::kTileKv, Traits::kHeadDim> k;
    SharedTile<T, Traits::kTileKv, Traits::kHeadDimV> v;
  };
  Slot slots[Traits::kSlots];
  SIMT_DEVICE Slot& slot(int item) { return slots[item % Traits::kSlots]; }
};

// Keys [0, kv_end), which follow one another.
template <class Traits>
struct PlainLoader {
  using T = typename Traits::Element;
  static constexpr int kTileKv = Traits::kTileKv, kSlots = Traits::kSlots, kThreads = 32 * Traits::kWarps;
  using Ring = KvSlots<Traits>;

  GlobalRows<T> k, v;
  int tiles;

  SIMT_DEVICE PlainLoader(const ForwardParams& p, const Work& work)
      : k(rows_of<T>(p.k, work.kv, work.kv_head, work.kv_end, p.head_dim)),
        v(rows_of<T>(p.v, work.kv, work.kv_head, work.kv_end, p.head_dim_v)),
        tiles(ceil_div(work.kv_end, kTileKv)) {}

  // Where threads look up what their block works on: each knows it.
  SIMT_DEVICE static const Work& share(Ring&, const ForwardParams&, const Work& work) { return work; }

  SIMT_DEVICE int col0(int tile) const { return tile * kTileKv; }

  SIMT_DEVICE void load(Ring& ring, int item) const {
    auto& slot = ring.slot(item);
    if (item < 2 * tiles && item % 2 == 0) load_async<kThreads>(slot.k, k, item / 2 * kTileKv);
    if (item < 2 * tiles && item % 2 == 1) load_async<kThreads>(slot.v, v, item / 2 * kTileKv);
    simt::cp_async_commit_group();  // empty past the end, so that one group is one item
  }

  SIMT_DEVICE void start(Ring& ring) const {
    SIMT_UNROLL
    for (int item = 0; item < kSlots - 1; ++item) load(ring, item);
  }

  // Item `item` is in shared memory for everyone, and every warp is done with the item before it, whose slot the next load takes.
  SIMT_DEVICE void arrive_at(Ring& ring, int item) const {
    simt::cp_async_wait_group<kSlots - 2>();
    simt::sync_block();
    load(ring, item + kSlots - 1);
  }
};

// The rows of tile t are in rows[t % kRowTiles] from one barrier before the first load that needs them until its scores are masked. What
// all threads know alike is here too: reading it costs little, and registers are O's.
template <class Traits>
struct KvSlotsAndRows : KvSlots<Traits> {
  using T = typename Traits::Element;
  static constexpr int kRowTiles = Traits::kSlots / 2 + 1;
  KeyRows<T, Traits::kTileKv> rows[kRowTiles];
  KeyFinder<T> finder;
  Work work;
};

// Keys [kv_begin, kv_end), wherever they lie. Tiles begin at multiples of their size.
template <class Traits>
struct WholeLoader {
  using T = typename Traits::Element;
  static constexpr int kTileKv = Traits::kTileKv, kSlots = Traits::kSlots, kThreads = 32 * Traits::kWarps;
  static_assert(kTileKv <= kThreads);
  using Ring = KvSlotsAndRows<Traits>;

  const ForwardParams& p;
  int first_tile, tiles;
  KeyRow<T> found = {};  // of this thread's key in the tile that is looked for

  SIMT_DEVICE WholeLoader(const ForwardParams& params, const Work& work)
      : p(params),
        first_tile(work.kv_begin / kTileKv),
        tiles(work.kv_begin < work.kv_end ? ceil_div(work.kv_end, kTileKv) - first_tile : 0) {}

  // In shared memory.
  SIMT_DEVICE static const Work& share(Ring& ring, const ForwardParams& p, const Work& work) {
    if (simt::thread() == 0) ring.work = work, ring.finder = KeyFinder<T>(p, work);
    simt::sync_block();  // the work is there for everyone
    return ring.work;
  }

  SIMT_DEVICE int col0(int tile) const { return (first_tile + tile) * kTileKv; }
  SIMT_DEVICE static auto& rows_of_tile(Ring& ring, int tile) { return ring.rows[tile % Ring::kRowTiles]; }
  // A bit for each key of the tile, 32 keys a word.
  SIMT_DEVICE static const uint32_t (&mapped(Ring& ring, int tile))[kTileKv / 32] { return rows_of_tile(ring, tile).mapped; }

  SIMT_DEVICE void find(const Ring& ring, int tile) {
    if (simt::thread() < kTileKv) found = ring.finder.find(p, ring.work, col0(tile) + simt::thread());
  }
  SIMT_DEVICE void publish(Ring& ring, int tile) const {
    if (simt::warp() < kTileKv / 32) rows_of_tile(ring, tile).publish(found, p.k.aligned != 0 && p.v.aligned != 0);
  }

  SIMT_DEVICE void load(Ring& ring, int item) const {
    auto& slot = ring.slot(item);
    const auto& rows = rows_of_tile(ring, item / 2);
    if (item < 2 * tiles && item % 2 == 0)
      load_rows_async<kThreads>(slot.k, p.head_dim, rows.aligned(), [&](int row) { return rows.k[row]; });
    if (item < 2 * tiles && item % 2 == 1)
      load_rows_async<kThreads>(slot.v, p.head_dim_v, rows.aligned(), [&](int row) { return rows.v[row]; });
    simt::cp_async_commit_group();
  }

  SIMT_DEVICE void start(Ring& ring) {
    SIMT_UNROLL
    for (int tile = 0; tile < (kSlots + 1) / 2; ++tile) find(ring, tile), publish(ring, tile);
    simt::sync_block();  // the rows of the first kSlots items are there for everyone
    SIMT_UNROLL
    for (int item = 0; item < kSlots - 1; ++item) load(ring, item);
  }

  // As above. The table is read a step before the rows are published, and they are used a step later: nobody waits for it.
  SIMT_DEVICE void arrive_at(Ring& ring, int item) {
    const int next = item + kSlots - 1;
    if (next % 2 == 0 && next >= kSlots) publish(ring, next / 2);
    simt::cp_async_wait_group<kSlots - 2>();
    simt::sync_block();
    load(ring, next);
    if (next % 2 == 1) find(ring, (next + 1) / 2);
  }
};

}  // namespace rapt::kernels
