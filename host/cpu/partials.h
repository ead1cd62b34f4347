// Partial results of a tile whose keys are split: kept per split, combined by whoever finishes last, always in the order of the splits.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu/workspace.h"

namespace rapt::cpu {

struct Partials {
  const Plan& plan;
  void* workspace;
  int64_t slot;
};
void save_partials(const Partials& partials, const Tile& tile, int64_t split, const Scratch& scratch);
void load_partials(const Partials& partials, const Tile& tile, int64_t splits, Scratch& scratch);

}  // namespace rapt::cpu
