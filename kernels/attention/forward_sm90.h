// O = softmax(scale Q K^T + mask) V for one tile of query rows of one head, on wgmma and TMA.    (Shah 2024, FlashAttention-3, Alg. 1)
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/mask.h"
#include "attention/nonfinite.h"
#include "attention/store.h"
#include "tile/ring.h"
#include "tile/wgmma.h"

namespace rapt::kernels {

// kStages: tiles of K, and as many of V, in flight or in use. kSoftcap: a row that caps every score; the others cap none, as even a branch
// around it would slow their main loop down.
template <class T, int kTileQ_, int kTileKv_, int kHeadDim_, int kHeadDimV_, int kStages_, bool kSoftcap_ = false>
struct Sm90Traits {
  using Element = T;
  static constexpr int kTileQ = kTileQ_, kTileKv = kTileKv_, kHeadDim = kHeadDim_, kHeadDimV = kHeadDimV_;
  static constexpr int kStages = kStages_;
  static constexpr int kConsumers = kTileQ / 64;  // warpgroups of 64 rows
  static constexpr bool kSoftcap = kSoftcap_;
};

// A warpgroup whose first thread issues the copies, and kConsumers warpgroups that compute. It takes windows, and packs heads.
template <class Traits>
struct ForwardSm90 {
  using T = typename Traits::Element;
  using Params = ForwardSm90Params;
  static constexpr int kTileQ = Traits::kTileQ, kTileKv = Traits::kTileKv, kHeadDim = Traits::kHeadDim, kHeadDimV = Traits::kHeadDimV;
  static constexpr int kArchitecture = 90, kStages = Traits::kStages, kConsumers = Traits::kConsumers, kTilesInFlight = 2 * kStages;
  static constexpr bool kWhole = false, kWindow = true, kPacks = true, kSoftcap = Traits::kSoftcap;
  static constexpr int kComputing = 128 * kConsumers, kThreads = 128 + kComputing, kMinBlocks = 1;
  // Of 65536 / kThreads registers a thread enters with, the producer hands most on.
  static constexpr int kProducerRegisters = kConsumers == 2 ? 24 : 32, kConsumerRegisters = kConsumers == 2 ? 240 : 160;
  enum Barrier { kBlock, kCleaned, kMultiplied };  // named barriers; one of the last kind for each warpgroup

  using TileQ = SharedTile<T, kTileQ, kHeadDim>;
  using TileK = SharedTile<T, kTileKv, kHeadDim>;
  using TileV = SharedTile<T, kTileKv, kHeadDimV>;
  struct SharedStorage {
    TileQ q;
    TileK k[kStages];
    TileV v[kStages];
    simt::Mbarrier q_full;
    RingBarriers<kStages> k_ring, v_ring;
    int has_nan[4 * kConsumers];  // by consumer warp
  };
  using Output = Accumulator<kHeadDimV>;

  static SIMT_DEVICE void init_barriers(SharedStorage& smem) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(smem.q_full, 1);
      smem.k_ring.init(4 * kConsumers);  // each consumer warp says when it is done with a tile
      smem.v_ring.init(4 * kConsumers);
      simt::fence_mbarrier_init();
    }
    simt::sync_block();  // the barriers exist for everyone
  }

  // Rows from `row` of a head, all panels. `full` counts the bytes, those beyond the tensor's edges too, which read as zero.
  template <class Tile>
  static SIMT_DEVICE void load(Tile& tile, const simt::TensorMap& map, simt::Mbarrier& full, const Sequence& sequence, int head, int row) {
    simt::mbarrier_arrive_expect_tx(full, Tile::kBytes);
    SIMT_UNROLL
    for (int panel = 0; panel < Tile::kPanels; ++panel) {
      simt::tma_load_4d(tile.panel(panel), map, full, panel * Tile::kPanelCols, sequence.begin + row, head, sequence.batch);
    }
  }

  // Q of the tile, whole queries of the heads that share it: of a tile's rows not more than that.
  static SIMT_DEVICE void load_q(const Params& p, const Work& work, SharedStorage& smem) {
    const Division& division = p.forward.division;
    simt::mbarrier_arrive_expect_tx(smem.q_full, TileQ::kBytes / kTileQ * division.tile_rows);
    SIMT_UNROLL
    for (int panel = 0; panel < TileQ::kPanels; ++panel) {
      simt::tma_load_5d(smem.q.panel(panel), p.q, smem.q_full, panel * TileQ::kPanelCols, 0, work.query.begin + work.row0 / division.pack,
                        work.head / division.pack, work.query.batch);
    }
  }

  // One thread: K and V of every tile, each into its ring as soon as the consumers have left the place.
  static SIMT_DEVICE void produce(const Params& p, const Work& work, SharedStorage& smem, RingPosition<kStages>& at) {
    for (int col0 = work.kv_begin; col0 < work.kv_end; col0 += kTileKv, at.next()) {
      simt::mbarrier_wait_parity(smem.k_ring.empty[at.stage], at.phase ^ 1);
      load(smem.k[at.stage], p.k, smem.k_ring.full[at.stage], work.kv, work.kv_head, col0);
      simt::mbarrier_wait_parity(smem.v_ring.empty[at.stage], at.phase ^ 1);
      load(smem.v[at.stage], p.v, smem.v_ring.full[at.stage], work.kv, work.kv_head, col0);
    }
  }

  // V of the tile at col0 without what no row may see: rows from kv_end on, which TMA brings where the tensor goes on; and in a clean
  // pass all that is not finite.
  static SIMT_DEVICE void clean_v(TileV& v, const Work& work, int col0, bool clean) {
    const int thread = simt::thread() - 128, tail = work.kv_end - col0;
    if (clean) {
      clear_nonfinite<kComputing>(v, tail, thread);
    } else {
      for_each_element<kComputing>(v, tail, kTileKv - tail, thread, [](int, T) { return T{0}; });
    }
    simt::fence_proxy_async();             // what threads wrote, wgmma will read
    simt::bar_sync(kCleaned, kComputing);  // every consumer has written its part
  }

  // Q of this warpgroup by the sign of the scale, and zeros to rows that no query fills.
  static SIMT_DEVICE void finish_q(const Params& p, SharedStorage& smem, int consumer) {
    const float factor = p.forward.q_factor;
    const int row0 = 64 * consumer, filled = clamp(p.forward.division.tile_rows - row0, 0, 64), thread = simt::thread() & 127;
    if (factor == 1.0f && filled == 64) return;
    for_each_element<128>(smem.q, row0, filled, thread, [=](int, T x) { return simt::from_float<T>(simt::to_float(x) * factor); });
    if (filled < 64) clear_rows<128>(smem.q, row0 + filled, thread);
    simt::fence_proxy_async();                    // what threads wrote, wgmma will read
    simt::bar_sync(kMultiplied + consumer, 128);  // the warpgroup's 64 rows are done
  }

  // 64 rows of Q against all keys. `clean`: values of V that are not finite count as 0.
  static SIMT_DEVICE void attend(const Params& p, const Work& work, SharedStorage& smem, int consumer, bool clean,
                                 RingPosition<kStages>& at, Output& o, OnlineSoftmax& softmax) {
    const int warp_row0 = work.row0 + (simt::warp() - 4) * 16;
    for (int col0 = work.kv_begin; col0 < work.kv_end; col0 += kTileKv, at.next()) {
      // score: S = Q K^T
      Accumulator<kTileKv> s;
      simt::mbarrier_wait_parity(smem.k_ring.full[at.stage], at.phase);
      simt::wgmma_fence();
      wgmma_abt(s, smem.q, 64 * consumer, smem.k[at.stage]);
      simt::wgmma_commit_group();
      simt::wgmma_wait_group<0>();
      simt::wgmma_hold(s.v);
      smem.k_ring.release(at.stage);  // this warp is done with K

      // cap, mask and softmax: S becomes P, in 16 bits
      if constexpr (kSoftcap) cap(s, p.forward.terms);
      if (col0 < work.full_begin || col0 + kTileKv > work.full_end) mask<kWindow, kPacks>(s, p.forward, work, warp_row0, col0);
      softmax.update(s, o, p.forward.scale_log2);
      OperandA<T, kTileKv> pr;
      pr.pack(s);

      // accumulate: O += P V
      simt::mbarrier_wait_parity(smem.v_ring.full[at.stage], at.phase);
      if (clean || col0 + kTileKv > work.kv_end) clean_v(smem.v[at.stage], work, col0, clean);
      simt::wgmma_hold(o.v);
      simt::wgmma_fence();
      wgmma_ab(o, pr, smem.v[at.stage]);
      simt::wgmma_commit_group();
      simt::wgmma_wait_group<0>();
      simt::wgmma_hold(o.v);
      smem.v_ring.release(at.stage);  // this warp is done with V
    }
  }

  // Everyone, the producer too: has a consumer warp a NaN to explain?
  static SIMT_DEVICE bool vote(SharedStorage& smem) {
    simt::sync_block();  // every consumer warp has written its vote
    bool found = false;
    SIMT_UNROLL
    for (int w = 0; w < 4 * kConsumers; ++w) found = found || smem.has_nan[w] != 0;
    return found;
  }

  static SIMT_DEVICE void run_producer(const Params& p, const Work& work, SharedStorage& smem) {
    RingPosition<kStages> at;
    const bool leads = simt::thread() == 0;
    if (leads && work.kv_begin < work.kv_end) load_q(p, work, smem);
    if (leads) produce(p, work, smem, at);
    simt::sync_warp();  // the block's barrier is the whole warp's
    if (!vote(smem)) return;
    if (leads) produce(p, work, smem, at);
  }

  static SIMT_DEVICE void run_consumer(const Params& p, const Work& work, SharedStorage& smem, int consumer) {
    RingPosition<kStages> at;
    if (work.kv_begin < work.kv_end) {
      simt::mbarrier_wait_parity(smem.q_full, 0);
      finish_q(p, smem, consumer);
    }
    const int warp_row0 = work.row0 + (simt::warp() - 4) * 16;
    Output o;
    OnlineSoftmax softmax;
    bool clean = false;
    while (true) {
      o.zero();
      softmax.reset();
      attend(p, work, smem, consumer, clean, at, o, softmax);
      if (clean) break;
      const bool mine = has_nan(o, work, warp_row0);
      if (simt::lane() == 0) smem.has_nan[simt::warp() - 4] = mine;
      if (!vote(smem)) break;
      clean = true;
    }

    // store
    softmax.finish(o);
    store<T, kWhole, kPacks>(p.forward, work, warp_row0, o, softmax);
    if (clean) {
      simt::bar_sync(kCleaned, kComputing);  // the whole tile of o is stored
      add_nonfinite<kTileQ, kComputing, T, kWhole, kWindow, kPacks>(p.forward, simt::thread() - 128);
    }
  }

  static SIMT_DEVICE void run(const Params& p, SharedStorage& smem) {
    Work work = find_work<kTileQ, kWhole, kWindow, kPacks>(p.forward);
    // Tiles of keys meet at multiples of their length wherever a window begins, so that a row's bits do not depend on its neighbours.
    work.kv_begin = work.kv_begin < work.kv_end ? work.kv_begin - work.kv_begin % kTileKv : work.kv_end;
    if (work.row0 >= work.rows) return;
    init_barriers(smem);
    const int warpgroup = simt::uniform(simt::warpgroup());
    if (warpgroup == 0) {
      simt::setmaxnreg_dec<kProducerRegisters>();
      run_producer(p, work, smem);
    } else {
      simt::setmaxnreg_inc<kConsumerRegisters>();
      run_consumer(p, work, smem, warpgroup - 1);
    }
  }
};

}  // namespace rapt::kernels
