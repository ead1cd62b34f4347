// The tile body's entry points, declared once per instruction set in its own namespace (Highway names it).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#if defined(RAPT_CPU_TILE_KERNELS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPT_CPU_TILE_KERNELS_H
#undef RAPT_CPU_TILE_KERNELS_H
#else
#define RAPT_CPU_TILE_KERNELS_H
#endif

#include "cpu/machine.h"
#include "cpu/tile/vec.h"

namespace rapt::cpu::HWY_NAMESPACE {

// K, or V, of a block; V after K.
template <class Word>
void pack_block_keys(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch);
template <class Word>
void pack_block_values(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch);

void pack(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch);
void prefill(const Tile& tile, const Packed& packed, Scratch& scratch);
#if RAPT_CPU_BF16_DOT
void pack_bf16(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch);
void prefill_bf16(const Tile& tile, const Packed& packed, Scratch& scratch);
#endif
void decode(const Tile& tile, Scratch& scratch);
void store(const Tile& tile, const Scratch& scratch);

}  // namespace rapt::cpu::HWY_NAMESPACE
#endif
