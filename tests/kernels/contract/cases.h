// The list of conformance kernels, on a machine that is left open: the emulator in the tests, hardware where golden files are recorded.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/contract/block_cases.h"
#include "tests/kernels/contract/copy_cases.h"
#include "tests/kernels/contract/scalar_cases.h"
#include "tests/kernels/contract/warp_cases.h"

namespace rapt::contract {

// How input words are drawn. small_*: integers from -8 to 8 in that type, so that sums are exact in any order; the first registers
// of a product are its accumulators, in f32 or s32.
enum class Fill { bits, floats, small_bf16, small_f16, small_tf32, small_e4m3, small_s8 };

struct Case {
  const char* name;  // of the instruction, as in kernels/simt
  int architecture;  // the first that has it: 80, 89, 90; 0: no wrapper in kernels/simt/hardware, for no kernel needs it
  Fill fill;
  int threads;  // of all blocks
  int blocks, accumulators, in, out;
  int shared_words;  // of a block
  int global_bytes;
  TensorFacts tensor;                                  // rank 0: no tensor copy
  WgmmaFacts wgmma;                                    // type none: no product of a warpgroup
  int (*launch)(const Params& params, void* context);  // 0, or the machine's error number
};

// Machine<Kernel>::launch(params, context) runs the kernel in its blocks.
template <template <class> class Machine, class C>
constexpr Case entry(const char* name, int architecture, Fill fill) {
  TensorFacts tensor{};
  if constexpr (requires { C::kTensor; }) tensor = C::kTensor;
  WgmmaFacts wgmma{};
  if constexpr (requires { C::facts(); }) wgmma = C::facts();
  return {name,
          architecture,
          fill,
          C::kThreads * blocks_of<C>(),
          blocks_of<C>(),
          C::kAccumulators,
          C::kIn,
          C::kOut,
          C::kSharedWords,
          C::kGlobalBytes,
          tensor,
          wgmma,
          &Machine<Kernel<C>>::launch};
}

template <template <class> class M>
constexpr Case kCases[] = {
    entry<M, UnaryCase<Unary::exp2>>("exp2", 80, Fill::floats),
    entry<M, UnaryCase<Unary::log2>>("log2", 80, Fill::floats),
    entry<M, UnaryCase<Unary::rcp>>("rcp", 80, Fill::floats),
    entry<M, UnaryCase<Unary::tanh>>("tanh", 80, Fill::floats),
    entry<M, UnaryCase<Unary::to_tf32>>("to_tf32", 80, Fill::floats),
    entry<M, UnaryCase<Unary::from_float_bf16>>("from_float_bf16", 80, Fill::floats),
    entry<M, UnaryCase<Unary::from_float_f16>>("from_float_f16", 80, Fill::floats),
    entry<M, UnaryCase<Unary::from_float_e4m3>>("from_float_e4m3", 89, Fill::floats),
    entry<M, UnaryCase<Unary::is_nan>>("is_nan", 80, Fill::floats),
    entry<M, MultiCase<Multi::fma>>("fma", 80, Fill::floats),
    entry<M, MultiCase<Multi::max>>("max", 80, Fill::floats),
    entry<M, MultiCase<Multi::min>>("min", 80, Fill::floats),
    entry<M, MultiCase<Multi::pack2_bf16>>("pack2_bf16", 80, Fill::floats),
    entry<M, MultiCase<Multi::pack2_f16>>("pack2_f16", 80, Fill::floats),
    entry<M, MultiCase<Multi::pack2_8bit_e4m3>>("pack2_8bit_e4m3", 89, Fill::floats),
    entry<M, WidenCase<Widen::bf16>>("to_float_bf16", 80, Fill::bits),
    entry<M, WidenCase<Widen::f16>>("to_float_f16", 80, Fill::bits),
    entry<M, WidenCase<Widen::e4m3>>("to_float_e4m3", 89, Fill::bits),
    entry<M, WidenCase<Widen::unpack2_e4m3>>("unpack2_e4m3", 89, Fill::bits),

    entry<M, ShuffleCase<Shuffle::bfly, 5, uint32_t>>("shfl_xor", 80, Fill::bits),
    entry<M, ShuffleCase<Shuffle::bfly, 1, float>>("shfl_xor_float", 80, Fill::bits),
    entry<M, ShuffleCase<Shuffle::idx, 7, int>>("shfl", 80, Fill::bits),
    entry<M, ShuffleCase<Shuffle::up, 3, uint32_t>>("shfl_up", 80, Fill::bits),
    entry<M, ShuffleCase<Shuffle::down, 9, float>>("shfl_down_float", 80, Fill::bits),
    entry<M, VoteCase>("vote", 80, Fill::bits),

    entry<M, LdmatrixCase<1, false>>("ldmatrix_x1", 80, Fill::bits),
    entry<M, LdmatrixCase<2, false>>("ldmatrix_x2", 80, Fill::bits),
    entry<M, LdmatrixCase<4, false>>("ldmatrix_x4", 80, Fill::bits),
    entry<M, LdmatrixCase<1, true>>("ldmatrix_x1_trans", 80, Fill::bits),
    entry<M, LdmatrixCase<2, true>>("ldmatrix_x2_trans", 80, Fill::bits),
    entry<M, LdmatrixCase<4, true>>("ldmatrix_x4_trans", 80, Fill::bits),
    entry<M, StmatrixCase<1, false>>("stmatrix_x1", 90, Fill::bits),
    entry<M, StmatrixCase<2, false>>("stmatrix_x2", 90, Fill::bits),
    entry<M, StmatrixCase<4, false>>("stmatrix_x4", 90, Fill::bits),
    entry<M, StmatrixCase<1, true>>("stmatrix_x1_trans", 90, Fill::bits),
    entry<M, StmatrixCase<2, true>>("stmatrix_x2_trans", 90, Fill::bits),
    entry<M, StmatrixCase<4, true>>("stmatrix_x4_trans", 90, Fill::bits),
    entry<M, MovmatrixCase>("movmatrix_trans", 80, Fill::bits),

    entry<M, MmaCase<Mma::bf16>>("mma_m16n8k16_bf16", 80, Fill::small_bf16),
    entry<M, MmaCase<Mma::f16>>("mma_m16n8k16_f16", 80, Fill::small_f16),
    entry<M, MmaCase<Mma::tf32>>("mma_m16n8k8_tf32", 80, Fill::small_tf32),
    entry<M, MmaCase<Mma::e4m3>>("mma_m16n8k32_e4m3", 89, Fill::small_e4m3),
    entry<M, MmaCase<Mma::s8>>("mma_m16n8k32_s8", 80, Fill::small_s8),

    entry<M, CpAsyncCase<16>>("cp_async_16", 80, Fill::bits),
    entry<M, CpAsyncCase<8>>("cp_async_8", 80, Fill::bits),
    entry<M, CpAsyncCase<4>>("cp_async_4", 80, Fill::bits),
    entry<M, CpAsyncArriveCase>("cp_async_mbarrier_arrive_noinc", 90, Fill::bits),
    entry<M, MbarrierCase>("mbarrier", 90, Fill::bits),

    entry<M, TmaCase<Tma::load, Tensor<2, 2, 128>>>("tma_load_2d_16bit_swizzle128", 90, Fill::bits),
    entry<M, TmaCase<Tma::load, Tensor<3, 2, 64>>>("tma_load_3d_16bit_swizzle64", 90, Fill::bits),
    entry<M, TmaCase<Tma::load, Tensor<4, 2, 32>>>("tma_load_4d_16bit_swizzle32", 90, Fill::bits),
    entry<M, TmaCase<Tma::load, Tensor<5, 1, 0>>>("tma_load_5d_8bit_swizzle0", 90, Fill::bits),
    entry<M, TmaCase<Tma::load, Tensor<4, 4, 128>>>("tma_load_4d_32bit_swizzle128", 90, Fill::bits),
    entry<M, TmaCase<Tma::store, Tensor<2, 2, 128>>>("tma_store_2d_16bit_swizzle128", 90, Fill::bits),
    entry<M, TmaCase<Tma::store, Tensor<3, 2, 64>>>("tma_store_3d_16bit_swizzle64", 90, Fill::bits),
    entry<M, TmaCase<Tma::store, Tensor<4, 2, 32>>>("tma_store_4d_16bit_swizzle32", 90, Fill::bits),
    entry<M, TmaCase<Tma::store, Tensor<5, 1, 0>>>("tma_store_5d_8bit_swizzle0", 90, Fill::bits),
    entry<M, TmaCase<Tma::store, Tensor<4, 4, 128>>>("tma_store_4d_32bit_swizzle128", 90, Fill::bits),
    entry<M, TmaCase<Tma::add, Tensor<4, 4, 128>>>("tma_reduce_add_4d_32bit_swizzle128", 90, Fill::bits),
    entry<M, TmaCase<Tma::add, Tensor<2, 4, 0>>>("tma_reduce_add_2d_32bit_swizzle0", 90, Fill::bits),
    entry<M, TmaCase<Tma::add, Tensor<3, 4, 64>>>("tma_reduce_add_3d_32bit_swizzle64", 90, Fill::bits),
    entry<M, TmaCase<Tma::add, Tensor<3, 4, 128, Number::f32>>>("tma_reduce_add_3d_f32_swizzle128", 90, Fill::small_tf32),
    entry<M, TmaCase<Tma::add, Tensor<2, 2, 64, Number::bf16>>>("tma_reduce_add_2d_bf16_swizzle64", 90, Fill::small_bf16),
    entry<M, TmaCase<Tma::add, Tensor<2, 2, 0, Number::f16>>>("tma_reduce_add_2d_f16_swizzle0", 90, Fill::small_f16),
    entry<M, BulkCase<Bulk::load>>("bulk_load", 90, Fill::bits),
    entry<M, BulkCase<Bulk::store>>("bulk_store", 90, Fill::bits),
    entry<M, BulkCase<Bulk::add>>("bulk_reduce_add_f32", 90, Fill::small_tf32),

    entry<M, SharedClusterCase>("shared_cluster", 90, Fill::bits),
    entry<M, RemoteArriveCase>("mbarrier_arrive_cluster", 90, Fill::bits),
    entry<M, MulticastCase<Tensor<2, 2, 128>>>("tma_multicast_2d_16bit_swizzle128", 90, Fill::bits),
    entry<M, MulticastCase<Tensor<3, 4, 64>>>("tma_multicast_3d_32bit_swizzle64", 90, Fill::bits),
    entry<M, MulticastCase<Tensor<4, 1, 0>>>("tma_multicast_4d_8bit_swizzle0", 90, Fill::bits),
    entry<M, PassCase<Pass::store_release>>("store_release", 80, Fill::bits),
    entry<M, PassCase<Pass::red_release>>("red_release_add", 80, Fill::bits),
    entry<M, PassCase<Pass::fence>>("threadfence", 80, Fill::bits),
    entry<M, AtomicAddCase<int>>("atomic_add_int", 80, Fill::bits),
    entry<M, AtomicAddCase<float>>("atomic_add_float", 80, Fill::small_tf32),
    entry<M, ElectCase>("elect", 90, Fill::bits),
    entry<M, NamedBarrierCase>("named_barriers", 80, Fill::bits),
    entry<M, SetmaxnregCase>("setmaxnreg", 90, Fill::bits),
    entry<M, DependentCase>("griddepcontrol", 90, Fill::bits),

    entry<M, WgmmaCase<simt::bf16, 128, false, 0, false, false>>("wgmma_ss_bf16_n128_k_swizzle0", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, false, 32, false, false>>("wgmma_ss_bf16_n128_k_swizzle32", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, false, 64, false, false>>("wgmma_ss_bf16_n128_k_swizzle64", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, false, 128, false, false>>("wgmma_ss_bf16_n128_k_swizzle128", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, true, 0, true, true>>("wgmma_rs_bf16_n128_mn_swizzle0", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, true, 32, true, true>>("wgmma_rs_bf16_n128_mn_swizzle32", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, true, 64, true, true>>("wgmma_rs_bf16_n128_mn_swizzle64", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 128, true, 128, true, true>>("wgmma_rs_bf16_n128_mn_swizzle128", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 64, true, 128, false, true>>("wgmma_ss_bf16_n64_mn_swizzle128", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::f16, 64, false, 128, true, false>>("wgmma_rs_f16_n64_k_swizzle128", 90, Fill::small_f16),
    entry<M, WgmmaCase<simt::f16, 256, true, 128, true, true>>("wgmma_rs_f16_n256_mn_swizzle128", 90, Fill::small_f16),
    entry<M, WgmmaCase<simt::bf16, 80, false, 128, false, true>>("wgmma_ss_bf16_n80_k_swizzle128", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 96, false, 64, true, true>>("wgmma_rs_bf16_n96_k_swizzle64", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::f16, 176, true, 32, false, false>>("wgmma_ss_f16_n176_mn_swizzle32", 90, Fill::small_f16),
    entry<M, WgmmaCase<simt::bf16, 192, true, 128, true, true>>("wgmma_rs_bf16_n192_mn_swizzle128", 90, Fill::small_bf16),
    entry<M, WgmmaCase<simt::e4m3, 128, false, 128, false, false>>("wgmma_ss_e4m3_n128_k_swizzle128", 90, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::e4m3, 64, false, 64, true, true>>("wgmma_rs_e4m3_n64_k_swizzle64", 90, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::e4m3, 80, false, 32, false, true>>("wgmma_ss_e4m3_n80_k_swizzle32", 90, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::e4m3, 256, false, 128, true, true>>("wgmma_rs_e4m3_n256_k_swizzle128", 90, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::f16, 96, false, 0, false, true>>("wgmma_ss_f16_n96_k_swizzle0", 90, Fill::small_f16),
};

// Widths at the edges of what the instruction takes.
template <template <class> class M>
constexpr Case kEdgeCases[] = {
    entry<M, WgmmaCase<simt::bf16, 8, false, 128, false, true>>("wgmma_ss_bf16_n8_k_swizzle128", 0, Fill::small_bf16),
    entry<M, WgmmaCase<simt::bf16, 24, true, 32, true, true>>("wgmma_rs_bf16_n24_mn_swizzle32", 0, Fill::small_bf16),
    entry<M, WgmmaCase<simt::f16, 8, true, 0, true, false>>("wgmma_rs_f16_n8_mn_swizzle0", 0, Fill::small_f16),
    entry<M, WgmmaCase<simt::f16, 24, false, 64, false, true>>("wgmma_ss_f16_n24_k_swizzle64", 0, Fill::small_f16),
    entry<M, WgmmaCase<simt::f16, 248, true, 128, false, true>>("wgmma_ss_f16_n248_mn_swizzle128", 0, Fill::small_f16),
    entry<M, WgmmaCase<simt::e4m3, 8, false, 0, false, true>>("wgmma_ss_e4m3_n8_k_swizzle0", 0, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::e4m3, 24, false, 32, true, false>>("wgmma_rs_e4m3_n24_k_swizzle32", 0, Fill::small_e4m3),
    entry<M, WgmmaCase<simt::e4m3, 248, false, 128, false, true>>("wgmma_ss_e4m3_n248_k_swizzle128", 0, Fill::small_e4m3),
};

}  // namespace rapt::contract
