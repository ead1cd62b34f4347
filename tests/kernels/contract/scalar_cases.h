// Scalar functions and conversions, a case each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/kernel.h"

namespace rapt::contract {

// One float in, one word out.
enum class Unary { exp2, log2, rcp, tanh, to_tf32, from_float_bf16, from_float_f16, from_float_e4m3, is_nan };
template <Unary kFunction>
struct UnaryCase : WarpCase<1, 1> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    const float a = simt::from_bits(in[0]);
    if constexpr (kFunction == Unary::exp2) out[0] = simt::bits(simt::exp2(a));
    if constexpr (kFunction == Unary::log2) out[0] = simt::bits(simt::log2(a));
    if constexpr (kFunction == Unary::rcp) out[0] = simt::bits(simt::rcp(a));
    if constexpr (kFunction == Unary::tanh) out[0] = simt::bits(simt::tanh(a));
    if constexpr (kFunction == Unary::to_tf32) out[0] = simt::to_tf32(a);
    if constexpr (kFunction == Unary::from_float_bf16) out[0] = simt::from_float<simt::bf16>(a).bits;
    if constexpr (kFunction == Unary::from_float_f16) out[0] = simt::from_float<simt::f16>(a).bits;
    if constexpr (kFunction == Unary::from_float_e4m3) out[0] = simt::from_float<simt::e4m3>(a).bits;
    if constexpr (kFunction == Unary::is_nan) out[0] = simt::is_nan(a);
  }
};

// Two or three floats in.
enum class Multi { fma, max, min, pack2_bf16, pack2_f16, pack2_8bit_e4m3 };
template <Multi kFunction>
struct MultiCase : WarpCase<3, 1> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[3], uint32_t (&out)[1]) {
    const float a = simt::from_bits(in[0]), b = simt::from_bits(in[1]), c = simt::from_bits(in[2]);
    if constexpr (kFunction == Multi::fma) out[0] = simt::bits(simt::fma(a, b, c));
    if constexpr (kFunction == Multi::max) out[0] = simt::bits(simt::max(a, b));
    if constexpr (kFunction == Multi::min) out[0] = simt::bits(simt::min(a, b));
    if constexpr (kFunction == Multi::pack2_bf16) out[0] = simt::pack2<simt::bf16>(a, b);
    if constexpr (kFunction == Multi::pack2_f16) out[0] = simt::pack2<simt::f16>(a, b);
    if constexpr (kFunction == Multi::pack2_8bit_e4m3) out[0] = simt::pack2_8bit<simt::e4m3>(a, b);
  }
};

// Small floats in.
enum class Widen { bf16, f16, e4m3, unpack2_e4m3 };
template <Widen kFunction>
struct WidenCase : WarpCase<1, 1> {
  static SIMT_DEVICE void run(const Params&, Smem&, const uint32_t (&in)[1], uint32_t (&out)[1]) {
    const uint16_t half = static_cast<uint16_t>(in[0]);
    if constexpr (kFunction == Widen::bf16) out[0] = simt::bits(simt::to_float(simt::bf16{half}));
    if constexpr (kFunction == Widen::f16) out[0] = simt::bits(simt::to_float(simt::f16{half}));
    if constexpr (kFunction == Widen::e4m3) out[0] = simt::bits(simt::to_float(simt::e4m3{static_cast<uint8_t>(half)}));
    if constexpr (kFunction == Widen::unpack2_e4m3) out[0] = simt::unpack2_e4m3(half);
  }
};

}  // namespace rapt::contract
