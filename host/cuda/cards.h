// The card that each architecture is mostly met on, for what explain says where no device is, and for rooflines.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "attention/variant.h"

namespace rapt::gpu {

struct Card {
  const char* name;
  int32_t multiprocessors;
  int32_t shared_bytes;         // of a multiprocessor, for all its blocks
  double flops_16, flops_tf32;  // a second, dense, in the tensor cores: bf16 and f16; tf32
  double bytes;                 // a second, of its memory
};

// NVIDIA's data sheets: A100 80GB SXM4 and H100 SXM5. architecture: 80 or 90.
constexpr Card kCards[] = {{"NVIDIA A100 SXM4 80GB", 108, 164 << 10, 312e12, 156e12, 2.039e12},
                           {"NVIDIA H100 SXM5 80GB", 132, 228 << 10, 989.4e12, 494.7e12, 3.35e12}};
constexpr const Card& card_of(int32_t architecture) { return kCards[architecture >= 90 ? 1 : 0]; }

// Blocks of a row that a multiprocessor of the card holds at once, and what there is no more of for another.
// CUDA C++ Programming Guide, table of compute capabilities: 2048 threads, 32 blocks, 64 Ki registers, dealt to warps by 256; 1 KiB of
// shared memory a block is the system's.
struct Occupancy {
  int blocks;
  const char* limit;  // "shared memory"
};
constexpr Occupancy occupancy_of(const kernels::Variant& row, const Card& card) {
  const int warps = (row.threads + 31) / 32;
  Occupancy least = {32, "blocks"};
  if (2048 / row.threads < least.blocks) least = {2048 / row.threads, "threads"};
  const int shared = card.shared_bytes / (row.shared_bytes + 1024);
  if (shared < least.blocks) least = {shared, "shared memory"};
  if (row.registers == 0) return least;
  const int registers = 65536 / ((row.registers + 7) / 8 * 256 * warps);
  return registers < least.blocks ? Occupancy{registers, "registers"} : least;
}

// What the row's products can reach: those of f32 are three of tf32 (tile/mma_f32.h).
constexpr double peak_of(const kernels::Variant& row, const Card& card) {
  return row.type == kernels::ElementType::f32 ? card.flops_tf32 / 3 : card.flops_16;
}

}  // namespace rapt::gpu
