// A ring of stages in shared memory between one thread that has them filled and warps that empty them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::kernels {

// A stage is full when its copies have arrived, empty when every consumer warp has released it. Phases alternate with each round.
template <int kStages>
struct RingBarriers {
  simt::Mbarrier full[kStages], empty[kStages];

  SIMT_DEVICE void init(int consumer_warps) {  // one thread
    for (int stage = 0; stage < kStages; ++stage) {
      simt::mbarrier_init(full[stage], 1);
      simt::mbarrier_init(empty[stage], static_cast<uint32_t>(consumer_warps));
    }
  }
  // The whole warp is done with a stage.
  SIMT_DEVICE void release(int stage) {
    simt::sync_warp();  // not only lane 0
    if (simt::lane() == 0) simt::mbarrier_arrive(empty[stage]);
  }
};

// Where a producer or a consumer stands: a consumer waits for the phase to be full, a producer for the other one to be empty, which a
// fresh barrier grants at once.
template <int kStages>
struct RingPosition {
  int stage = 0;
  uint32_t phase = 0;

  SIMT_DEVICE void next() {
    if (++stage == kStages) stage = 0, phase ^= 1;
  }
};

}  // namespace rapt::kernels
