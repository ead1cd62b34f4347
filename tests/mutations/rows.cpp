// The table that the tests of a mutation walk.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/mutations/rows.h"

#include "emulated/rows.h"

namespace rapt::kernels {

std::span<const Variant> emulated_forward() {
  static const std::array<std::array<Variant, 2>, 2> rows = {mutated_sm90(), mutated_sm80()};
  return {rows[0].data(), 4};
}

}  // namespace rapt::kernels
