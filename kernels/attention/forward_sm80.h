// O = softmax(scale Q K^T + mask) V for one tile of query rows of a head, on mma.sync and cp.async.   (Dao 2023, FlashAttention-2, Alg. 1)
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/kv_ring.h"
#include "attention/mask.h"
#include "attention/nonfinite.h"
#include "attention/store.h"
#include "tile/mma_f32.h"

namespace rapt::kernels {

// kBlocks: blocks of 16 rows that a warp owns. kSlots: tiles of K and V in flight or in use. kWhole: a row that takes every feature; the
// others take causal and full attention over keys that follow one another.
template <class T, int kTileQ_, int kTileKv_, int kHeadDim_, int kHeadDimV_, int kBlocks_, int kSlots_, bool kWhole_ = false>
struct Sm80Traits {
  using Element = T;
  static constexpr int kTileQ = kTileQ_, kTileKv = kTileKv_, kHeadDim = kHeadDim_, kHeadDimV = kHeadDimV_;
  static constexpr int kBlocks = kBlocks_, kSlots = kSlots_, kWarps = kTileQ / (16 * kBlocks);
  static constexpr bool kWhole = kWhole_;
};

template <bool kWhole, class Traits>
struct LoaderOf {
  using Type = PlainLoader<Traits>;
};
template <class Traits>
struct LoaderOf<true, Traits> {
  using Type = WholeLoader<Traits>;
};

template <class Traits>
struct ForwardSm80 {
  using T = typename Traits::Element;
  using Params = ForwardParams;
  static constexpr int kTileQ = Traits::kTileQ, kTileKv = Traits::kTileKv, kHeadDim = Traits::kHeadDim, kHeadDimV = Traits::kHeadDimV;
  static constexpr int kArchitecture = 80, kBlocks = Traits::kBlocks, kSlots = Traits::kSlots, kTilesInFlight = kSlots;
  static constexpr int kThreads = 32 * Traits::kWarps, kMinBlocks = 1;
  static constexpr bool kWhole = Traits::kWhole, kWindow = kWhole, kPacks = kWhole, kSoftcap = false;

  using Loader = typename LoaderOf<kWhole, Traits>::Type;
  struct SharedStorage {
    SharedTile<T, kTileQ, kHeadDim> q;
    typename Loader::Ring ring;
    int has_nan[Traits::kWarps];
  };
  using Scores = Accumulator<kTileKv>[kBlocks];
  using Output = Accumulator<kHeadDimV>[kBlocks];
  using Probabilities = OperandA<T, kTileKv>[kBlocks];

  // Tile rows from row0 of a packed tile may be of several heads.
  static SIMT_DEVICE void load_q(const Params& p, const Work& work, SharedStorage& smem) {
    if constexpr (kWhole) {
      load_rows_async<kThreads>(smem.q, p.head_dim, p.q.aligned != 0, [&](int row) -> const T* {
        if (work.row0 + row >= work.rows) return nullptr;
        const Place at = place<true>(p, work, work.row0 + row);
        return address<T>(p.q, work.query, at.head, at.row);
      });
    } else {
      load_async<kThreads>(smem.q, rows_of<T>(p.q, work.query, work.head, work.query.length, p.head_dim), work.row0);
    }
    simt::cp_async_commit_group();
  }

  // S = Q K^T of one warp becomes P, in the type of V.
  static SIMT_DEVICE void weigh(const Params& p, const Work& work, SharedStorage& smem, const Loader& loader, int tile, Output& o,
                                OnlineSoftmax (&softmax)[kBlocks], Probabilities& pr) {
    const int first_row = simt::warp() * 16 * kBlocks, col0 = loader.col0(tile);

    // score
    Scores s;
    mma_abt(s, smem.q, first_row, smem.ring.slot(2 * tile).k, p.head_dim);

    // mask and softmax
    SIMT_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      const int tile_row0 = work.row0 + first_row + 16 * b;
      if constexpr (kWhole) {
        finish_scores(s[b], p, work, tile_row0, col0, loader.mapped(smem.ring, tile));
      } else {
        if (col0 + kTileKv > work.full_end) mask(s[b], p, work, tile_row0, col0);
      }
      softmax[b].update(s[b], o[b], p.scale_log2);
      pr[b].pack(s[b]);
    }
  }

  // `clean`: values of V that are not finite count as 0.
  static SIMT_DEVICE void attend(const Params& p, const Work& work, SharedStorage& smem, bool clean, Output& o,
                                 OnlineSoftmax (&softmax)[kBlocks]) {
    // A warp without rows, where there are few, helps to load and leaves the tensor cores to others.
    const bool has_rows = !kWhole || work.row0 + simt::warp() * 16 * kBlocks < work.rows;
    Loader loader(p, work);
    loader.start(smem.ring);

    for (int tile = 0; tile < loader.tiles; ++tile) {
      // load: what the ring has room for flies during the products
      loader.arrive_at(smem.ring, 2 * tile);

      Probabilities pr;
      if (has_rows) weigh(p, work, smem, loader, tile, o, softmax, pr);

      // accumulate: O += P V
      loader.arrive_at(smem.ring, 2 * tile + 1);
      auto& v = smem.ring.slot(2 * tile + 1).v;
      if (clean) {
        clear_nonfinite<kThreads>(v, kTileKv, simt::thread());
        simt::sync_block();  // V is clean for everyone
      }
      if (has_rows) mma_ab(o, pr, v, p.head_dim_v);
    }
    simt::cp_async_wait_group<0>();
  }

  // The running softmax before the first key: nothing, or the sink of the row's head, which joins the sum in one split alone.
  static SIMT_DEVICE void begin(const Params& p, const Work& work, Output& o, OnlineSoftmax (&softmax)[kBlocks]) {
    SIMT_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      o[b].zero(), softmax[b].reset();
      if constexpr (kWhole) {
        if (p.terms.sinks == nullptr || work.split > 0) continue;
        SIMT_UNROLL
        for (int h = 0; h < 2; ++h) {
          const int head = place<true>(p, work, work.row0 + (simt::warp() * kBlocks + b) * 16 + o[b].row(h)).head;
          softmax[b].add_sink(h, p.terms.sinks[head * p.terms.sink_stride] * kLog2e);
        }
      }
    }
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
    const Work found = find_work<kTileQ, kWhole>(p);
    if (found.row0 >= found.rows) return;
    const Work& work = Loader::share(smem.ring, p, found);
    load_q(p, work, smem);
    if (p.q_factor != 1.0f) multiply_q(p, smem);

    Output o;
    OnlineSoftmax softmax[kBlocks];
    bool clean = false;
    while (true) {
      begin(p, work, o, softmax);
      attend(p, work, smem, clean, o, softmax);
      if (clean || !vote(work, smem, o)) break;
      clean = true;
    }

    // store
    SIMT_UNROLL
    for (int b = 0; b < kBlocks; ++b) {
      softmax[b].finish(o[b]);
      store<T, kWhole>(p, work, work.row0 + (simt::warp() * kBlocks + b) * 16, o[b], softmax[b]);
    }
    if (clean) {
      simt::sync_block();  // the whole tile of o is stored
      add_nonfinite<kTileQ, kThreads, T, kWhole>(p, simt::thread());
    }
  }
};

}  // namespace rapt::kernels
