// What sm_90 does by itself: tensor copies, bulk copies, wgmma. A case each; each waits for what it started.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/kernel.h"

namespace rapt::contract {

// The tensor that lies in the global image, and the box that is copied. Some boxes stick out. What a host encodes.
enum class Number { integer, f16, bf16, f32 };  // of an element: what a reduction adds
struct TensorFacts {
  int rank, element_bytes, swizzle_bytes;
  Number number;
  int dim[5], stride[5], box[5];  // elements, bytes, elements
};

SIMT_HOST_DEVICE constexpr int tensor_dim(int d) { return d == 0 ? 100 : d == 1 ? 7 : d == 2 ? 3 : 2; }
// From a random word: up to two elements outside on either side.
SIMT_HOST_DEVICE constexpr int coordinate(uint32_t word, int d) {
  return static_cast<int>(word % static_cast<uint32_t>(tensor_dim(d) + 4)) - 2;
}

template <int kTensorRank, int kElementBytes, int kSwizzle, Number kNumber = Number::integer>
struct Tensor {
  static constexpr int kRank = kTensorRank, kRowBytes = (100 * kElementBytes + 15) / 16 * 16;
  static constexpr int kInner = (kSwizzle ? kSwizzle : 48) / kElementBytes;  // of the box
  static constexpr int kBoxBytes = kElementBytes * kInner * 4 * (kRank > 2 ? 2 : 1) * (kRank > 4 ? 2 : 1);
  static constexpr TensorFacts facts() {
    return {kRank,
            kElementBytes,
            kSwizzle,
            kNumber,
            {100, 7, 3, 2, 2},
            {kElementBytes, kRowBytes, kRowBytes * 7, kRowBytes * 21, kRowBytes * 42},
            {kInner, 4, 2, 1, 2}};
  }
};

enum class Tma { load, store, add };
template <Tma kWay, class T>
struct TmaCase : WarpCase<5, 1, 512> {
  static constexpr TensorFacts kTensor = T::facts();
  static constexpr int kGlobalBytes = T::kRowBytes * 84;
  static SIMT_DEVICE void run(const Params& p, Smem& smem, const uint32_t (&in)[5], uint32_t (&)[1]) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(smem.barrier, 1);
      simt::fence_mbarrier_init();
    }
    simt::fence_proxy_async();  // the image was written by plain stores
    simt::sync_block();
    if (simt::thread() == 0) {
      int c[5];
      SIMT_UNROLL for (int d = 0; d < 5; ++d) c[d] = coordinate(in[d], d);
      copy(p.map, smem, c);
    }
    if constexpr (kWay == Tma::load) simt::mbarrier_wait_parity(smem.barrier, 0);
  }
  static SIMT_DEVICE void copy(const simt::TensorMap& map, Smem& smem, const int (&c)[5]) {
    if constexpr (kWay == Tma::load) {
      simt::mbarrier_arrive_expect_tx(smem.barrier, T::kBoxBytes);
      if constexpr (T::kRank == 2) simt::tma_load_2d(smem.image, map, smem.barrier, c[0], c[1]);
      if constexpr (T::kRank == 3) simt::tma_load_3d(smem.image, map, smem.barrier, c[0], c[1], c[2]);
      if constexpr (T::kRank == 4) simt::tma_load_4d(smem.image, map, smem.barrier, c[0], c[1], c[2], c[3]);
      if constexpr (T::kRank == 5) simt::tma_load_5d(smem.image, map, smem.barrier, c[0], c[1], c[2], c[3], c[4]);
      return;
    }
    if constexpr (kWay == Tma::store && T::kRank == 2) simt::tma_store_2d(map, smem.image, c[0], c[1]);
    if constexpr (kWay == Tma::store && T::kRank == 3) simt::tma_store_3d(map, smem.image, c[0], c[1], c[2]);
    if constexpr (kWay == Tma::store && T::kRank == 4) simt::tma_store_4d(map, smem.image, c[0], c[1], c[2], c[3]);
    if constexpr (kWay == Tma::store && T::kRank == 5) simt::tma_store_5d(map, smem.image, c[0], c[1], c[2], c[3], c[4]);
    if constexpr (kWay == Tma::add && T::kRank == 2) simt::tma_reduce_add_2d(map, smem.image, c[0], c[1]);
    if constexpr (kWay == Tma::add && T::kRank == 3) simt::tma_reduce_add_3d(map, smem.image, c[0], c[1], c[2]);
    if constexpr (kWay == Tma::add && T::kRank == 4) simt::tma_reduce_add_4d(map, smem.image, c[0], c[1], c[2], c[3]);
    simt::bulk_commit_group();
    simt::bulk_wait_group<0>();
  }
};

// 96 bytes between global[16 ..] and image word 8 on.
enum class Bulk { load, store, add };
template <Bulk kWay>
struct BulkCase : WarpCase<4, 1, 64> {
  static SIMT_DEVICE void run(const Params& p, Smem& smem, const uint32_t (&)[4], uint32_t (&)[1]) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(smem.barrier, 1);
      simt::fence_mbarrier_init();
    }
    simt::fence_proxy_async();
    simt::sync_block();
    if (simt::thread() == 0) {
      if constexpr (kWay == Bulk::load) {
        simt::mbarrier_arrive_expect_tx(smem.barrier, 96);
        simt::bulk_load(smem.image + 8, p.global + 16, 96, smem.barrier);
      } else {
        if constexpr (kWay == Bulk::store) simt::bulk_store(p.global + 16, smem.image + 8, 96);
        if constexpr (kWay == Bulk::add)
          simt::bulk_reduce_add_f32(reinterpret_cast<float*>(p.global + 16), reinterpret_cast<const float*>(smem.image + 8), 96);
        simt::bulk_commit_group();
        simt::bulk_wait_group<0>();
      }
    }
    if constexpr (kWay == Bulk::load) simt::mbarrier_wait_parity(smem.barrier, 0);
  }
};

// What the semantics must know of a product; descriptors as if the image began at shared address 0.
struct WgmmaFacts {
  enum class Type { none, bf16, f16, e4m3 } type;
  bool trans_b, registers, accumulate;
  uint64_t a_descriptor, b_descriptor;
};
template <class T>
constexpr WgmmaFacts::Type kWgmmaType = WgmmaFacts::Type::bf16;
template <>
inline constexpr WgmmaFacts::Type kWgmmaType<simt::f16> = WgmmaFacts::Type::f16;
template <>
inline constexpr WgmmaFacts::Type kWgmmaType<simt::e4m3> = WgmmaFacts::Type::e4m3;

// A dense tile at the start of the image, B at kB: one instruction's depth. in: d, then a.
template <class T, int kN, bool kTransB, int kSwizzle, bool kRegisters, bool kAccumulate>
struct WgmmaCase {
  static constexpr int kThreads = 128, kAccumulators = kN / 2, kIn = kN / 2 + 4, kOut = kN / 2, kGlobalBytes = 256;
  static constexpr uint32_t kB = 8192, kWidth = kSwizzle ? kSwizzle : 16;
  static constexpr int kSharedWords = kN <= 128 || kTransB ? 6144 : (kB + kN * kWidth) / 4;
  using Smem = Storage<kSharedWords>;
  static constexpr simt::Swizzle kMode = kSwizzle == 128  ? simt::Swizzle::b128
                                         : kSwizzle == 64 ? simt::Swizzle::b64
                                         : kSwizzle == 32 ? simt::Swizzle::b32
                                                          : simt::Swizzle::none;

  static SIMT_HOST_DEVICE constexpr uint64_t a_descriptor(uint32_t base) {
    return simt::wgmma_descriptor(base, kSwizzle ? 16 : 64 * 16, 8 * kWidth, kMode);
  }
  static SIMT_HOST_DEVICE constexpr uint64_t b_descriptor(uint32_t base) {
    if (!kTransB) return simt::wgmma_descriptor(base + kB, kSwizzle ? 16 : kN * 16, 8 * kWidth, kMode);
    return kSwizzle ? simt::wgmma_descriptor(base + kB, 16 * kWidth, 8 * kWidth, kMode)
                    : simt::wgmma_descriptor(base + kB, 128, 256, kMode);
  }

  static constexpr WgmmaFacts facts() { return {kWgmmaType<T>, kTransB, kRegisters, kAccumulate, a_descriptor(0), b_descriptor(0)}; }

  static SIMT_DEVICE void run(const Params&, Smem& smem, const uint32_t (&in)[kIn], uint32_t (&out)[kOut]) {
    float d[kN / 2];
    SIMT_UNROLL for (int i = 0; i < kN / 2; ++i) d[i] = simt::from_bits(in[i]);
    const uint32_t a[4] = {in[kN / 2], in[kN / 2 + 1], in[kN / 2 + 2], in[kN / 2 + 3]};
    simt::fence_proxy_async();  // the image was written by plain stores
    simt::sync_block();
    const uint32_t base = simt::shared_address(smem.image);
    simt::wgmma_fence();
    if constexpr (kRegisters)
      simt::wgmma_rs<T, kN, kTransB>(d, a, b_descriptor(base), kAccumulate);
    else
      simt::wgmma_ss<T, kN, kTransB>(d, a_descriptor(base), b_descriptor(base), kAccumulate);
    simt::wgmma_commit_group();
    simt::wgmma_wait_group<0>();
    simt::wgmma_hold(d);
    SIMT_UNROLL for (int i = 0; i < kN / 2; ++i) out[i] = simt::bits(d[i]);
  }
};

}  // namespace rapt::contract
