// The rows of sm_90 that mutations are tried on: both types, one panel of columns and two, tiles of keys
// as long as those of queries and shorter ones.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/forward_sm90.h"
#include "attention/row.h"
#include "emulated/on_machine.h"
#include "tests/mutations/rows.h"

namespace rapt::kernels {

std::array<Variant, 3> mutated_sm90() {
  return {
      row<EmulatedMachine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 64, 64, 2>>>("forward_sm90_bf16_d64"),
      row<EmulatedMachine, ForwardSm90<Sm90Traits<simt::f16, 128, 64, 128, 128, 2>>>("forward_sm90_f16_d128"),
      row<EmulatedMachine, ForwardSm90<Sm90Traits<simt::bf16, 128, 128, 64, 64, 2, true>>>("forward_sm90_bf16_d64_softcap"),
  };
}

}  // namespace rapt::kernels
