// What blocks do together, and what warps of one block do: clusters, ordered accesses, atomics, named barriers, registers, grids in a row.
// A case each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/async_cases.h"

namespace rapt::contract {

SIMT_DEVICE uint32_t* word_of(const Params& p, int i) { return reinterpret_cast<uint32_t*>(p.global) + i; }
SIMT_DEVICE int* counter_of(const Params& p) { return reinterpret_cast<int*>(p.global); }

// Each lane reads a word of the other block's image and writes another one there. out: rank, size, the word.
struct SharedClusterCase : WarpCase<1, 3, 64> {
  static constexpr int kBlocks = 2, kCluster = 2;
  static SIMT_DEVICE void run(const Params&, Smem& smem, const uint32_t (&in)[1], uint32_t (&out)[3]) {
    const int peer = simt::cluster_rank() ^ 1;
    const auto there = [&](int i) { return simt::map_to_rank(simt::shared_address(smem.image + i), peer); };
    out[0] = static_cast<uint32_t>(simt::cluster_rank());
    out[1] = static_cast<uint32_t>(simt::cluster_size());
    simt::cluster_arrive();  // the peer's image is complete
    simt::cluster_wait();
    out[2] = simt::ld_shared_cluster(there(simt::lane()));
    simt::st_shared_cluster(there(32 + simt::lane()), in[0]);
    simt::cluster_sync();
  }
};

// All 64 threads arrive at both blocks' barriers. out: completed parities before and after, a bit each.
struct RemoteArriveCase : WarpCase<1, 2> {
  static constexpr int kBlocks = 2, kCluster = 2;
  static SIMT_DEVICE void run(const Params&, Smem& smem, const uint32_t (&)[1], uint32_t (&out)[2]) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(smem.barrier, 64);
      simt::fence_mbarrier_init();
    }
    simt::cluster_sync();
    out[0] = simt::mbarrier_test_wait_parity(smem.barrier, 0) + 2 * simt::mbarrier_test_wait_parity(smem.barrier, 1);
    simt::cluster_sync();  // everybody has looked
    simt::mbarrier_arrive_cluster(smem.barrier, simt::cluster_rank());
    simt::mbarrier_arrive_cluster(smem.barrier, simt::cluster_rank() ^ 1);
    simt::mbarrier_wait_parity(smem.barrier, 0);
    out[1] = simt::mbarrier_test_wait_parity(smem.barrier, 0) + 2 * simt::mbarrier_test_wait_parity(smem.barrier, 1);
    simt::cluster_sync();
  }
};

// Block 0 loads a box into both images.
template <class T>
struct MulticastCase : WarpCase<5, 1, 512> {
  static constexpr int kBlocks = 2, kCluster = 2, kGlobalBytes = T::kRowBytes * 84;
  static constexpr TensorFacts kTensor = T::facts();
  static SIMT_DEVICE void run(const Params& p, Smem& smem, const uint32_t (&in)[5], uint32_t (&)[1]) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(smem.barrier, 1);
      simt::fence_mbarrier_init();
      simt::mbarrier_arrive_expect_tx(smem.barrier, T::kBoxBytes);
    }
    simt::fence_proxy_async();  // the images were written by plain stores
    simt::cluster_sync();
    if (simt::thread() == 0 && simt::cluster_rank() == 0) {
      int c[5];
      SIMT_UNROLL for (int d = 0; d < 5; ++d) c[d] = coordinate(in[d], d);
      if constexpr (T::kRank == 2) simt::tma_load_2d_multicast(smem.image, p.map, smem.barrier, c[0], c[1], 3);
      if constexpr (T::kRank == 3) simt::tma_load_3d_multicast(smem.image, p.map, smem.barrier, c[0], c[1], c[2], 3);
      if constexpr (T::kRank == 4) simt::tma_load_4d_multicast(smem.image, p.map, smem.barrier, c[0], c[1], c[2], c[3], 3);
    }
    simt::mbarrier_wait_parity(smem.barrier, 0);
    simt::cluster_sync();
  }
};

// Block 0 passes 32 words to block 1 through global memory. Word 0 is the flag, which begins with random bits.
enum class Pass { store_release, red_release, fence };
template <Pass kHow>
struct PassCase : WarpCase<1, 1> {
  static constexpr int kBlocks = 2;
  static SIMT_DEVICE void run(const Params& p, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    constexpr int kReady = 0x5eed00;
    int* flag = counter_of(p);
    if (simt::block().x == 0) {
      if (simt::thread() == 0) simt::store_release(flag, kHow == Pass::store_release ? 1 : kReady);
      simt::sync_block();
      *word_of(p, 1 + simt::lane()) = in[0];
      if constexpr (kHow == Pass::store_release) {
        simt::sync_warp();
        if (simt::thread() == 0) simt::store_release(flag, kReady + 32);
      }
      if constexpr (kHow == Pass::red_release) simt::red_release_add(flag, 1);
      if constexpr (kHow == Pass::fence) {
        simt::threadfence();
        simt::atomic_add(flag, 1);
      }
      return;
    }
    if (simt::thread() == 0) {
      while (simt::load_acquire(flag) != kReady + 32) {
      }
    }
    simt::sync_block();
    out[0] = *word_of(p, 1 + simt::lane());
  }
};

// Every thread of four blocks adds to one of eight words, and once to a word of its own; out: what that word was before.
template <class T>
struct AtomicAddCase : WarpCase<2, 1> {
  static constexpr int kBlocks = 4, kGlobalBytes = (8 + 4 * 32) * 4;
  static SIMT_DEVICE void run(const Params& p, Smem&, const uint32_t (&in)[2], uint32_t (&out)[1]) {
    T* words = reinterpret_cast<T*>(p.global);
    const int own = 8 + static_cast<int>(simt::block().x) * 32 + simt::lane();
    simt::atomic_add(words + simt::lane() % 8, value(in[0], words));
    const T before = simt::atomic_add(words + own, value(in[1], words));
    out[0] = bits(before);
  }
  static SIMT_DEVICE float value(uint32_t word, const float*) { return simt::from_bits(word); }
  static SIMT_DEVICE int value(uint32_t word, const int*) { return static_cast<int>(word); }
  static SIMT_DEVICE uint32_t bits(float x) { return simt::bits(x); }
  static SIMT_DEVICE uint32_t bits(int x) { return static_cast<uint32_t>(x); }
};

// Exactly one lane is elected, whichever. out: is it one, and is it the same in all lanes that look again?
struct ElectCase : WarpCase<1, 2> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&)[1], uint32_t (&out)[2]) {
    const uint32_t once = simt::ballot(simt::elect()), again = simt::ballot(simt::elect());
    out[0] = once != 0 && (once & (once - 1)) == 0;
    out[1] = once == again;
  }
};

// Warps 0 and 1 hand words to warps 2 and 3 by two named barriers. out: the word of the thread 64 before.
struct NamedBarrierCase : WarpCase<1, 1, 64> {
  static constexpr int kThreads = 128;
  static SIMT_DEVICE void run(const Params&, Smem& smem, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    const int pair = simt::warp() % 2;
    if (simt::warp() < 2) {
      smem.image[simt::thread()] = in[0];
      simt::bar_arrive(1 + pair, 64);
    } else {
      simt::bar_sync(1 + pair, 64);
      out[0] = smem.image[simt::thread() - 64];
    }
  }
};

// One warpgroup gives registers away, the other takes them and has use for them.
struct SetmaxnregCase {
  static constexpr int kThreads = 256, kMinBlocks = 2, kAccumulators = 0, kIn = 4, kOut = 4, kSharedWords = 4, kGlobalBytes = 256;
  using Smem = Storage<kSharedWords>;
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[4], uint32_t (&out)[4]) {
    if (simt::warpgroup() == 0) {
      simt::setmaxnreg_dec<40>();
      SIMT_UNROLL for (int i = 0; i < 4; ++i) out[i] = in[i];
    } else {
      simt::setmaxnreg_inc<208>();
      uint32_t many[96];
      SIMT_UNROLL for (int i = 0; i < 96; ++i) many[i] = in[i % 4] * static_cast<uint32_t>(i + 1);
      SIMT_UNROLL for (int i = 0; i < 96; ++i) out[i % 4] += many[95 - i];
    }
  }
};

// Two launches in a row, the second let in early: each takes every word of the global image to three times itself and one.
struct DependentCase : WarpCase<1, 1> {
  static constexpr bool kTwice = true;
  static SIMT_DEVICE void run(const Params& p, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    simt::griddepcontrol_launch_dependents();
    out[0] = in[0] + 1;
    simt::griddepcontrol_wait();
    for (int i = simt::lane(); i < kGlobalBytes / 4; i += 32) *word_of(p, i) = *word_of(p, i) * 3 + 1;
  }
};

}  // namespace rapt::contract
