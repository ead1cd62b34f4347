// What a warp does together: shuffles, votes, matrices, products. A case each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/kernel.h"

namespace rapt::contract {

template <class T>
SIMT_DEVICE T from_word(uint32_t word) {
  return static_cast<T>(word);
}
template <>
SIMT_DEVICE float from_word<float>(uint32_t word) {
  return simt::from_bits(word);
}
SIMT_DEVICE uint32_t to_word(uint32_t d) { return d; }
SIMT_DEVICE uint32_t to_word(int d) { return static_cast<uint32_t>(d); }
SIMT_DEVICE uint32_t to_word(float d) { return simt::bits(d); }

// in[0]: the value. The argument is the same in all lanes.
enum class Shuffle { bfly, idx, up, down };
template <Shuffle kMode, int kArgument, class T>
struct ShuffleCase : WarpCase<1, 1> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    const T v = from_word<T>(in[0]);
    T d = v;
    if constexpr (kMode == Shuffle::bfly) d = simt::shfl_xor(v, kArgument);
    if constexpr (kMode == Shuffle::idx) d = simt::shfl(v, kArgument);
    if constexpr (kMode == Shuffle::up) d = simt::shfl_up(v, kArgument);
    if constexpr (kMode == Shuffle::down) d = simt::shfl_down(v, kArgument);
    out[0] = to_word(d);
  }
};

// in[0], odd or even, is the predicate; out: any, all, ballot, uniform.
struct VoteCase : WarpCase<1, 4> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[1], uint32_t (&out)[4]) {
    const bool p = in[0] % 2 != 0;
    out[0] = simt::any(p);
    out[1] = simt::all(p);
    out[2] = simt::ballot(p);
    out[3] = static_cast<uint32_t>(simt::uniform(static_cast<int>(in[0])));
  }
};

// Rows of 16 bytes; in[0] % 32: which row this lane names. out: the registers.
template <int kMatrices, bool kTrans>
struct LdmatrixCase : WarpCase<1, kMatrices, 32 * 4> {
  using Base = WarpCase<1, kMatrices, 32 * 4>;
  static SIMT_DEVICE void run(const Params&, typename Base::Smem& smem, const uint32_t (&in)[1], uint32_t (&out)[kMatrices]) {
    const uint32_t* row = smem.image + in[0] % 32 * 4;
    if constexpr (kMatrices == 1) kTrans ? simt::ldmatrix_x1_trans(out, row) : simt::ldmatrix_x1(out, row);
    if constexpr (kMatrices == 2) kTrans ? simt::ldmatrix_x2_trans(out, row) : simt::ldmatrix_x2(out, row);
    if constexpr (kMatrices == 4) kTrans ? simt::ldmatrix_x4_trans(out, row) : simt::ldmatrix_x4(out, row);
  }
};

// Lane i names row (13 i + 5) % 32, so that no two write the same. in: the registers.
template <int kMatrices, bool kTrans>
struct StmatrixCase : WarpCase<kMatrices, 1, 32 * 4> {
  using Base = WarpCase<kMatrices, 1, 32 * 4>;
  static SIMT_DEVICE void run(const Params&, typename Base::Smem& smem, const uint32_t (&in)[kMatrices], uint32_t (&)[1]) {
    uint32_t* row = smem.image + (13 * simt::lane() + 5) % 32 * 4;
    if constexpr (kMatrices == 1) kTrans ? simt::stmatrix_x1_trans(row, in) : simt::stmatrix_x1(row, in);
    if constexpr (kMatrices == 2) kTrans ? simt::stmatrix_x2_trans(row, in) : simt::stmatrix_x2(row, in);
    if constexpr (kMatrices == 4) kTrans ? simt::stmatrix_x4_trans(row, in) : simt::stmatrix_x4(row, in);
  }
};

struct MovmatrixCase : WarpCase<1, 1> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) { simt::movmatrix_trans(out[0], in[0]); }
};

// in: d0..d3, a0..a3, b0, b1; out: d.
enum class Mma { bf16, f16, tf32, e4m3, s8 };
template <Mma kType>
struct MmaCase : WarpCase<10, 4> {
  static constexpr int kAccumulators = 4;
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[10], uint32_t (&out)[4]) {
    const uint32_t a[4] = {in[4], in[5], in[6], in[7]};
    if constexpr (kType == Mma::s8) {
      int32_t d[4] = {static_cast<int32_t>(in[0]), static_cast<int32_t>(in[1]), static_cast<int32_t>(in[2]), static_cast<int32_t>(in[3])};
      simt::mma_m16n8k32_s8(d, a, in[8], in[9]);
      SIMT_UNROLL for (int i = 0; i < 4; ++i) out[i] = static_cast<uint32_t>(d[i]);
    } else {
      float d[4] = {simt::from_bits(in[0]), simt::from_bits(in[1]), simt::from_bits(in[2]), simt::from_bits(in[3])};
      if constexpr (kType == Mma::bf16) simt::mma_m16n8k16<simt::bf16>(d, a, in[8], in[9]);
      if constexpr (kType == Mma::f16) simt::mma_m16n8k16<simt::f16>(d, a, in[8], in[9]);
      if constexpr (kType == Mma::tf32) simt::mma_m16n8k8_tf32(d, a, in[8], in[9]);
      if constexpr (kType == Mma::e4m3) simt::mma_m16n8k32_e4m3(d, a, in[8], in[9]);
      SIMT_UNROLL for (int i = 0; i < 4; ++i) out[i] = simt::bits(d[i]);
    }
  }
};

}  // namespace rapt::contract
