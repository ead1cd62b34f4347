// Every compiled attention kernel, one line each, on a machine that is left open: CUDA in the library, the emulator in the tests.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/forward_sm80.h"
#include "attention/forward_sm90.h"
#include "attention/row.h"

namespace rapt::kernels {

// The last number of a row: registers (variant.h). Selection takes the first row that takes the problem: narrow heads first. Rows of sm_80
// stay within the 99 KiB of shared memory that a block has on sm_86, 89 and 120.
template <template <class> class Machine>
constexpr Variant kForward[] = {
    //                                               q   kv    d   dv  stages
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 64, 64, 2>>>("forward_sm90_bf16_d64", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 128, 128, 2>>>("forward_sm90_bf16_d128", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 192, 128, 2>>>("forward_sm90_bf16_d192_dv128", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 64, 256, 256, 2>>>("forward_sm90_bf16_d256", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 64, 64, 2>>>("forward_sm90_f16_d64", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 128, 128, 2>>>("forward_sm90_f16_d128", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 192, 128, 2>>>("forward_sm90_f16_d192_dv128", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 64, 256, 256, 2>>>("forward_sm90_f16_d256", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 64, 64, 2, true>>>("forward_sm90_bf16_d64_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 128, 128, 2, true>>>("forward_sm90_bf16_d128_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 192, 128, 2, true>>>("forward_sm90_bf16_d192_dv128_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::bf16, 128, 64, 256, 256, 2, true>>>("forward_sm90_bf16_d256_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 64, 64, 2, true>>>("forward_sm90_f16_d64_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 128, 128, 2, true>>>("forward_sm90_f16_d128_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 128, 192, 128, 2, true>>>("forward_sm90_f16_d192_dv128_softcap", 168),
    row<Machine, ForwardSm90<Sm90Traits<simt::f16, 128, 64, 256, 256, 2, true>>>("forward_sm90_f16_d256_softcap", 168),
    //                                               q  kv    d   dv  blocks of 16 rows a warp, slots
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 64, 64, 2, 3>>>("forward_sm80_bf16_d64", 255),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 80, 80, 1, 3>>>("forward_sm80_bf16_d80", 202),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 96, 96, 1, 3>>>("forward_sm80_bf16_d96", 216),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 128, 128, 1, 3>>>("forward_sm80_bf16_d128", 216),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 192, 128, 1, 2>>>("forward_sm80_bf16_d192_dv128", 199),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 192, 192, 1, 2>>>("forward_sm80_bf16_d192", 232),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 128, 32, 256, 256, 1, 2>>>("forward_sm80_bf16_d256", 244),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 64, 64, 2, 3>>>("forward_sm80_f16_d64", 255),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 80, 80, 1, 3>>>("forward_sm80_f16_d80", 202),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 96, 96, 1, 3>>>("forward_sm80_f16_d96", 216),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 128, 128, 1, 3>>>("forward_sm80_f16_d128", 216),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 192, 128, 1, 2>>>("forward_sm80_f16_d192_dv128", 200),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 192, 192, 1, 2>>>("forward_sm80_f16_d192", 232),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 128, 32, 256, 256, 1, 2>>>("forward_sm80_f16_d256", 244),
    row<Machine, ForwardSm80<Sm80Traits<float, 128, 32, 64, 64, 1, 4>>>("forward_sm80_f32_d64", 194),
    row<Machine, ForwardSm80<Sm80Traits<float, 128, 32, 128, 128, 1, 2>>>("forward_sm80_f32_d128", 200),
    row<Machine, ForwardSm80<Sm80Traits<float, 64, 16, 256, 256, 1, 2>>>("forward_sm80_f32_d256", 232),
    // Rows that take every feature: small tiles, as they serve few rows of queries, too.
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 64, 64, 1, 3, true>>>("forward_sm80_bf16_d64_whole", 145),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 80, 80, 1, 3, true>>>("forward_sm80_bf16_d80_whole", 168),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 96, 96, 1, 3, true>>>("forward_sm80_bf16_d96_whole", 186),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 128, 128, 1, 3, true>>>("forward_sm80_bf16_d128_whole", 181),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 192, 128, 1, 2, true>>>("forward_sm80_bf16_d192_dv128_whole", 186),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 192, 192, 1, 2, true>>>("forward_sm80_bf16_d192_whole", 214),
    row<Machine, ForwardSm80<Sm80Traits<simt::bf16, 64, 32, 256, 256, 1, 3, true>>>("forward_sm80_bf16_d256_whole", 238),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 64, 64, 1, 3, true>>>("forward_sm80_f16_d64_whole", 145),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 80, 80, 1, 3, true>>>("forward_sm80_f16_d80_whole", 168),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 96, 96, 1, 3, true>>>("forward_sm80_f16_d96_whole", 186),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 128, 128, 1, 3, true>>>("forward_sm80_f16_d128_whole", 181),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 192, 128, 1, 2, true>>>("forward_sm80_f16_d192_dv128_whole", 186),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 192, 192, 1, 2, true>>>("forward_sm80_f16_d192_whole", 214),
    row<Machine, ForwardSm80<Sm80Traits<simt::f16, 64, 32, 256, 256, 1, 3, true>>>("forward_sm80_f16_d256_whole", 238),
    row<Machine, ForwardSm80<Sm80Traits<float, 64, 32, 64, 64, 1, 4, true>>>("forward_sm80_f32_d64_whole", 154),
    row<Machine, ForwardSm80<Sm80Traits<float, 64, 32, 128, 128, 1, 2, true>>>("forward_sm80_f32_d128_whole", 177),
    row<Machine, ForwardSm80<Sm80Traits<float, 32, 32, 256, 256, 1, 2, true>>>("forward_sm80_f32_d256_whole", 244),
};

}  // namespace rapt::kernels
