// Copies and barriers: cp.async, mbarrier, named barriers, ordered accesses. A case each; each waits for what it started.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/kernel.h"

namespace rapt::contract {

// Each lane copies kBytes from global[in[0] % 32 * 16] to a place of its own; where in[1] is odd it copies zeros.
template <int kBytes>
struct CpAsyncCase : WarpCase<2, 1, 32 * 4> {
  static constexpr int kGlobalBytes = 32 * 16;
  static SIMT_DEVICE void run(const Params& p, Smem& smem, const uint32_t (&in)[2], uint32_t (&)[1]) {
    void* dst = smem.image + (5 * simt::lane() + 3) % 32 * 4;
    const void* src = p.global + in[0] % 32 * 16;
    const bool valid = in[1] % 2 == 0;
    if constexpr (kBytes == 16) simt::cp_async_16(dst, src, valid);
    if constexpr (kBytes == 8) simt::cp_async_8(dst, src, valid);
    if constexpr (kBytes == 4) simt::cp_async_4(dst, src, valid);
    simt::cp_async_commit_group();
    simt::cp_async_wait_group<0>();
  }
};

// Lane 0 initialises for 32 + 3 arrivals; lanes arrive, lane 0 three more times at once. out: which parities have completed before and
// after, a bit each.
struct MbarrierCase : WarpCase<1, 2> {
  static SIMT_DEVICE void run(const Params&, Smem& smem, const uint32_t (&)[1], uint32_t (&out)[2]) {
    if (simt::lane() == 0) simt::mbarrier_init(smem.barrier, 35);
    simt::sync_block();
    out[0] = simt::mbarrier_test_wait_parity(smem.barrier, 0) + 2 * simt::mbarrier_test_wait_parity(smem.barrier, 1);
    simt::sync_warp();
    simt::mbarrier_arrive(smem.barrier);
    if (simt::lane() == 0) simt::mbarrier_arrive_count(smem.barrier, 3);
    simt::mbarrier_wait_parity(smem.barrier, 0);
    out[1] = simt::mbarrier_test_wait_parity(smem.barrier, 0) + 2 * simt::mbarrier_test_wait_parity(smem.barrier, 1);
    simt::sync_block();
    if (simt::lane() == 0) simt::mbarrier_inval(smem.barrier);
  }
};

// Copies signal the mbarrier, 32 arrivals.
struct CpAsyncArriveCase : WarpCase<1, 1, 32 * 4> {
  static constexpr int kGlobalBytes = 32 * 16;
  static SIMT_DEVICE void run(const Params& p, Smem& smem, const uint32_t (&)[1], uint32_t (&out)[1]) {
    if (simt::lane() == 0) simt::mbarrier_init(smem.barrier, 32);
    simt::sync_block();
    simt::cp_async_16(smem.image + simt::lane() * 4, p.global + simt::lane() * 16, true);
    simt::cp_async_mbarrier_arrive_noinc(smem.barrier);
    simt::mbarrier_wait_parity(smem.barrier, 0);
    out[0] = smem.image[(simt::lane() + 1) % 32 * 4];
  }
};

}  // namespace rapt::contract
