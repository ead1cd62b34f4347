// The table that the tests of a mutation walk.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/mutations/rows.h"

#include "emulated/rows.h"

namespace rapt::kernels {

std::span<const Variant> emulated_forward() {
  static const auto sm90 = mutated_sm90();
  static const auto sm80 = mutated_sm80();
  static const Variant rows[] = {sm90[0], sm90[1], sm90[2], sm80[0], sm80[1], sm80[2], sm80[3]};
  return rows;
}
int emulated_merge(const Launch& call) { return mutated_merge(call); }
int emulated_merge_parts(const Launch& call) { return mutated_merge_parts(call); }

}  // namespace rapt::kernels
