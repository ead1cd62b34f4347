// The tiles of a unit, and what a thread fetches into its cache while it computes one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu/tasks.h"

namespace rapt::cpu {

// The rows and keys may reach past the unit's ends, which cut them.
Tile tile_at(const Run& run, const Current& now, KeyRange rows, KeyRange keys);
// All tiles of a split one after another, while its keys are in the cache.
struct Part {
  int64_t tile, split;
};
Part part_of(const Current& now);
Tile tile_of(const Run& run, const Current& now);  // that a thread begins with, if it packs for itself

// What is touched next: the tile's rows of o (forgets what was to be fetched before), rows of q of another tile, or what q, k and v a tile
// begins with.
void fetch_output(const Run& run, const Tile& tile, Scratch& scratch);
void fetch_queries(const Run& run, const Tile& tile, Scratch& scratch);
void fetch_beginning(const Run& run, const Tile& tile, Scratch& scratch);

}  // namespace rapt::cpu
