// A kernel with a bug, for the program to find: all warps write one word of shared memory, in no order.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/forward_sm80.h"
#include "attention/row.h"
#include "emulated/on_machine.h"

namespace rapt::kernels {
namespace {

struct Racy : ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 64, 64, 2, 3>> {
  using Sound = ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 64, 64, 2, 3>>;
  static SIMT_DEVICE void run(const Params& params, SharedStorage& smem) {
    Sound::run(params, smem);
    *reinterpret_cast<uint32_t*>(&smem) = static_cast<uint32_t>(simt::thread());  // the race
  }
};

}  // namespace

std::span<const Variant> emulated_forward() {
  static constexpr Variant rows[] = {row<EmulatedMachine, Racy>("racy_bf16_d64")};
  return rows;
}
int emulated_merge(const Launch&) { return 1; }  // it never splits
int emulated_merge_parts(const Launch&) { return 1; }

}  // namespace rapt::kernels
