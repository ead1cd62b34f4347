// The rows of sm_80 that mutations are tried on: both types, one panel of columns and two, plain and whole.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/forward_sm80.h"
#include "attention/merge.h"
#include "attention/row.h"
#include "emulated/on_machine.h"
#include "tests/mutations/rows.h"

namespace rapt::kernels {

std::array<Variant, 4> mutated_sm80() {
  return {
      row<EmulatedMachine, ForwardSm80<Sm80Traits<simt::bf16, 128, 64, 64, 64, 2, 3>>>("forward_sm80_bf16_d64"),
      row<EmulatedMachine, ForwardSm80<Sm80Traits<simt::f16, 128, 64, 128, 128, 1, 3>>>("forward_sm80_f16_d128"),
      row<EmulatedMachine, ForwardSm80<Sm80Traits<simt::bf16, 64, 64, 64, 64, 1, 3, true>>>("forward_sm80_bf16_d64_whole"),
      row<EmulatedMachine, ForwardSm80<Sm80Traits<simt::f16, 64, 64, 128, 128, 1, 3, true>>>("forward_sm80_f16_d128_whole"),
  };
}

int mutated_merge(const Launch& call) { return EmulatedMachine<Merge>::launch(call); }
int mutated_merge_parts(const Launch& call) { return EmulatedMachine<MergeParts>::launch(call); }

}  // namespace rapt::kernels
