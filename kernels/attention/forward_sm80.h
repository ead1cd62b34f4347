// O = softmax(scale Q K^T + mask) V for one tile of query rows of one head, on mma.sync and cp.async.   (Dao 2023, FlashAttention-2, Alg.
// 1) Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/mask.h"
#include "attention/nonfinite.h"
#include "attention/store.h"
#include "tile/mma_f32.h"

namespace rapt::kernels {

// kBlocks: blocks of 16 rows that a warp owns. kSlots: tiles of K and V in flight or in use.
template <class T, int kTileQ_, int kTileKv_, int kHeadDim_, int kHeadDimV_, int kBlocks_, int kSlots_>
struct Sm80Traits {
  using Element = T;
  static constexpr int kTileQ = kTileQ_, kTileKv = kTileKv_, kHeadDim = kHeadDim_, kHeadDimV = kHeadDimV_;
  static constexpr int kBlocks = kBlocks_, kSlots = kSlots_, kWarps = kTileQ / (16 * kBlocks);
};

template <class Traits>
struct ForwardSm80 {
  using T = typename Traits::Element;
  using Params = ForwardParams;
  static constexpr int kTileQ = Traits::kTileQ, kTileKv = Traits::kTileKv, kHeadDim = Traits::kHeadDim, kHeadDimV = Traits::kHeadDimV;
  static constexpr int kArchitecture = 80, kBlocks = Traits::kBlocks, kSlots = Traits::kSlots, kTilesInFlight = kSlots;
  static constexpr int kThreads = 32 * Traits::kWarps, kMinBlocks = 1;

  union Slot {
    SharedTile<T, kTileKv, kHeadDim> k;
    SharedTile<T, kTileKv, kHeadDimV> v;
  };
  struct SharedStorage {
    SharedTile<T, kTileQ, kHeadDim> q;
    Slot ring[kSlots];  // K of tile 0, V of tile 0, K of tile 1, ...: item i lies in slot i % kSlots
    int has_nan[Traits::kWarps];
  };
  using Scores = Accumulator<kTileKv>[kBlocks];
  using Output = Accumulator<kHeadDimV>[kBlocks];

  struct Loader {  // of the items of the ring
    GlobalRows<T> k, v;
    int tiles;
    SIMT_DEVICE void load(SharedStorage& smem, int item) const {
      Slot& slot = smem.ring[item % kSlots];
      if (item < 2 * tiles && item % 2 == 0) load_async<kThreads>(slot.k, k, item / 2 * kTileKv);
      if (item < 2 * tiles && item % 2 == 1) load_async<kThreads>(slot.v, v, item / 2 * kTileKv);
      simt::cp_async_commit_group();  // empty past the end, so that one group is one item
    }
  };

  // Item `item` is in shared memory for everyone, and every warp is done with the item before it, whose slot the next load takes.
  static SIMT_DEVICE void arrive_at(SharedStorage& smem, const Loader& loader, int item) {
    simt::cp_async_wait_group<kSlots - 2>();
    simt::sync_block();
    loader.load(smem, item + kSlots - 1);
  }

  // `clean`: values of V that are not finite count as 0.
  static SIMT_DEVICE void attend(const Params& p, const Work& work, SharedStorage& smem, bool clean, Output& o,
                                 OnlineSoftmax (&softmax)[kBlocks]) {
    const int first_row = simt::warp() * 16 * kBlocks, warp_row0 = work.row0 + first_row;  // in the tile, in the sequence
    const Loader loader{rows_of<T>(p.k, work.kv, work.kv_head, work.kv_end, p.head_dim),
                        rows_of<T>(p.v, work.kv, work.kv_head, work.kv_end, p.head_dim_v), ceil_div(work.kv_end, kTileKv)};
    SIMT_UNROLL
    for (int item = 0; item < kSlots - 1; ++item) loader.load(smem, item);

    for (int tile = 0; tile < loader.tiles; ++tile) {
      const int item = 2 * tile, col0 = tile * kTileKv;

      // load: what the ring has room for flies during the products
      arrive_at(smem, loader, item);

      // score: S = Q K^T
      Scores s;
      mma_abt(s, smem.q, first_row, smem.ring[item % kSlots].k, p.head_dim);

      // mask and softmax: S becomes P, in the type of V
      OperandA<T, kTileKv> pr[kBlocks];
      SIMT_UNROLL
      for (int b = 0; b < kBlocks; ++b) {
        if (col0 + kTileKv > work.full_end) mask(s[b], work, warp_row0 + 16 * b, col0);
        softmax[b].update(s[b], o[b], p.scale_log2);
        pr[b].pack(s[b]);
      }

      // accumulate: O += P V
      arrive_at(smem, loader, item + 1);
      auto& v = smem.ring[(item + 1) % kSlots].v;
      if (clean) {
        clear_nonfinite<kThreads>(v, kTileKv, simt::thread());
        simt::sync_block();  // V is clean for everyone
      }
      mma_ab(o, pr, v, p.head_dim_v);
    }
    simt::cp_async_wait_group<0>();
  }

  // Q by the sign of the scale, once it is there.
  static SIMT_DEVICE void multiply_q(const Params& p, SharedStorage& smem) {
    simt::cp_async_wait_group<0>();
    simt::sync_block();  // Q is in shared memory for everyone; the first tile's barrier publishes the change
    for_each_element<kThreads>(smem.q, 0, kTileQ, simt::thread(),
                               [&](int, T x) { return simt::from_float<T>(simt::to_float(x) * p.q_factor); });
  }

  // Every warp learns whether any has a NaN to explain; every warp is done with the ring.
  static SIMT_DEVICE bool vote(const Work& work, SharedStorage& smem, const Output& o) {
    bool mine = false, found = false;
    SIMT_UNROLL
    for (int b = 0; b < kBlocks; ++b) mine = has_nan(o[b], work, work.row0 + (simt::warp() * kBlocks + b) * 16) || mine;
    if (simt::lane() == 0) smem.has_nan[simt::warp()] = mine;
    simt::sync_block();
    SIMT_UNROLL
    for (int w = 0; w < Traits::kWarps; ++w) found = found || smem.has_nan[w] != 0;
    return found;
  }

  static SIMT_DEVICE void run(const Params& p, SharedStorage& smem) {
    const Work work = find_work<kTileQ>(p);
    if (work.row0 >= work.query.length) return;
    load_async<kThreads>(smem.q, rows_of<T>(p.q, work.query, work.head, work.query.length, p.head_dim), work.row0);
    simt::cp_async_commit_group();
    if (p.q_factor != 1.0f) multiply_q(p, smem);

    Output o;
    OnlineSoftmax softmax[kBlocks];
    bool clean = false;
    while (true) {
      SIMT_UNROLL
      for (int b = 0; b < kBlocks; ++b) o[b].zero(), softmax[b].reset();
      attend(p, work, smem, clean, o, softmax);
      if (clean || !vote(work, smem, o)) break;
      clean = true;
    }

    // store
    SIMT_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      softmax[b].finish(o[b]);
      store<T>(p, work, work.row0 + (simt::warp() * kBlocks + b) * 16, o[b], softmax[b]);
    }
    if (clean) {
      simt::sync_block();  // the whole tile of o is stored
      add_nonfinite<kTileQ, kThreads, T>(p, simt::thread());
    }
  }
};

}  // namespace rapt::kernels
