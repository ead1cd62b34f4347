// Bugs of wgmma: shapes, descriptors, fences, registers in flight.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"

namespace emu {
namespace {

using simt::Swizzle;
using simt::thread;
using simt::warp;
using simt::wgmma_descriptor;

// A is [64][16] and B [n][16] of 16 bits, both at the start of the tile: 32 bytes of each row of 128.
constexpr int kWarpgroup = 128;

void fill(Scratch& m) {
  for (int i = thread(); i < 2048; i += simt::block_threads()) m.tile[i] = 0x3f803f80;
  simt::fence_proxy_async();
  simt::sync_block();
}
uint64_t tile_at(Scratch& m, uint32_t offset, uint32_t stride = 1024) {
  return wgmma_descriptor(simt::shared_address(m.tile) + offset, 16, stride, Swizzle::b128);
}
void finish() {
  simt::wgmma_commit_group();
  simt::wgmma_wait_group<0>();
}

// One product of these descriptors.
void product(Scratch& m, uint64_t a, uint64_t b) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, a, b, false);
  finish();
}

void twelve_columns(const Inputs& p, Scratch& m) {
  fill(m);
  float d[6] = {}, e[4] = {};
  simt::wgmma_fence();
  if (p.bug)
    simt::wgmma_ss<simt::bf16, 12, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  else
    simt::wgmma_ss<simt::bf16, 8, false>(e, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void eight_bits_transposed(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  if (p.bug)
    simt::wgmma_ss<simt::e4m3, 8, true>(d, tile_at(m, 0), tile_at(m, 0), false);
  else
    simt::wgmma_ss<simt::e4m3, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void begins_inside_the_pattern(const Inputs& p, Scratch& m) { product(m, tile_at(m, p.bug ? 128 : 32), tile_at(m, 0)); }
void stride_off_the_pattern(const Inputs& p, Scratch& m) { product(m, tile_at(m, 0), tile_at(m, 0, p.bug ? 1024 + 512 : 1024)); }
void base_offset(const Inputs& p, Scratch& m) { product(m, tile_at(m, 0) | uint64_t{p.bug} << 49, tile_at(m, 0)); }
void reserved_bits(const Inputs& p, Scratch& m) { product(m, tile_at(m, 0), tile_at(m, 0) | uint64_t{p.bug} << 60); }
void rows_past_shared_memory(const Inputs& p, Scratch& m) { product(m, tile_at(m, p.bug ? 4096 : 0), tile_at(m, 0)); }
void rows_before_shared_memory(const Inputs& p, Scratch& m) {
  const uint64_t zero = wgmma_descriptor(0, 16, 1024, Swizzle::b128);
  product(m, tile_at(m, 0), p.bug ? zero : tile_at(m, 0));
}
void threads_differ(const Inputs& p, Scratch& m) { product(m, tile_at(m, 0), tile_at(m, p.bug && thread() == 77 ? 32 : 0)); }
void scales_differ(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), p.bug && thread() == 3);
  finish();
}
void no_fence(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  if (!p.bug) simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void no_second_fence(const Inputs& p, Scratch& m) {
  product(m, tile_at(m, 0), tile_at(m, 0));
  float d[4] = {};
  if (!p.bug) simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void another_n(const Inputs& p, Scratch& m) {
  fill(m);
  float d[8] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 16, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  float(&half)[4] = *reinterpret_cast<float(*)[4]>(d);
  if (!p.bug) finish(), simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(half, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void written_in_flight(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  simt::wgmma_commit_group();
  if (p.bug && thread() == 9) d[2] = 1;
  simt::wgmma_wait_group<0>();
}
void no_proxy_fence(const Inputs& p, Scratch& m) {
  for (int i = thread(); i < 2048; i += kWarpgroup) m.tile[i] = 0;
  if (!p.bug) simt::fence_proxy_async();
  simt::sync_block();
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  finish();
}
void operand_overwritten(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  simt::wgmma_commit_group();
  if (!p.bug) simt::wgmma_wait_group<0>();
  if (!p.bug) simt::sync_block();
  const uint32_t r[1] = {0};
  if (warp() == 0) simt::stmatrix_x1(m.tile + 32 * (simt::lane() % 8), r);
  if (p.bug) simt::wgmma_wait_group<0>();
}
void leaves_a_product(const Inputs& p, Scratch& m) {
  fill(m);
  float d[4] = {};
  simt::wgmma_fence();
  simt::wgmma_ss<simt::bf16, 8, false>(d, tile_at(m, 0), tile_at(m, 0), false);
  simt::wgmma_commit_group();
  if (!p.bug) simt::wgmma_wait_group<0>();
}

}  // namespace

std::vector<Planted> planted_in_products() {
  return {
      Plant<twelve_columns, kWarpgroup>::in("TwelveColumns", Kind::wgmma, "n is a multiple of 8"),
      Plant<eight_bits_transposed, kWarpgroup>::in("EightBitsTransposed", Kind::wgmma, "only 16-bit operands may be MN-major"),
      Plant<begins_inside_the_pattern, kWarpgroup>::in("BeginsInsideItsPattern", Kind::wgmma, "A: wgmma descriptor: begins inside"),
      Plant<stride_off_the_pattern, kWarpgroup>::in("AStrideOffItsPattern", Kind::wgmma, "B: wgmma descriptor: the stride"),
      Plant<base_offset, kWarpgroup>::in("ABaseOffset", Kind::wgmma, "A: wgmma descriptor: a base offset"),
      Plant<reserved_bits, kWarpgroup>::in("ReservedBits", Kind::wgmma, "B: wgmma descriptor: bits that must be zero"),
      Plant<rows_past_shared_memory, kWarpgroup>::in("RowsPastSharedMemory", Kind::out_of_bounds, "row or column 32"),
      Plant<rows_before_shared_memory, kWarpgroup>::in("RowsBeforeSharedMemory", Kind::out_of_bounds, "row or column 0"),
      Plant<threads_differ, kWarpgroup>::in("ThreadsNameTwoTiles", Kind::wgmma, "thread 77 differs"),
      Plant<scales_differ, kWarpgroup>::in("ThreadsDifferInScale", Kind::wgmma, "thread 3 differs"),
      Plant<no_fence, kWarpgroup>::in("NoWgmmaFence", Kind::wgmma, "wgmma.fence must come before"),
      Plant<no_second_fence, kWarpgroup>::in("NoSecondWgmmaFence", Kind::wgmma, "wgmma.fence must come before"),
      Plant<another_n, kWarpgroup>::in("AccumulatorsOfAnotherShape", Kind::wgmma, "in use with n = 16"),
      Plant<written_in_flight, kWarpgroup>::in("RegistersWrittenInFlight", Kind::wgmma, "thread 9 of the warpgroup wrote"),
      plain(Plant<no_proxy_fence, kWarpgroup>::in("OperandsWithoutAProxyFence", Kind::proxy, "fence.proxy.async is missing")),
      Plant<operand_overwritten, kWarpgroup>::in("OperandsOverwritten", Kind::race, "its product not yet known to be finished"),
      Plant<leaves_a_product, kWarpgroup>::in("LeavesAProduct", Kind::unfinished, "exits with products not waited for"),
  };
}

}  // namespace emu
