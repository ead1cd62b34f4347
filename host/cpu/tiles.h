// The tiles of a unit, and what a thread fetches into its cache while it computes one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu/tasks.h"

namespace rapt::cpu {

// The rows and keys may reach past the unit's ends, which cut them.
Tile tile_at(const Run& run, const Current& now, KeyRange rows, KeyRange keys);

// What is touched next: the tile's rows of o (forgets what was to be fetched before), rows of q of another tile, or what q, k and v a unit
// begins with.
void fetch_output(const Run& run, const Tile& tile, Scratch& scratch);
void fetch_queries(const Run& run, const Tile& tile, Scratch& scratch);
void fetch_unit(const Run& run, const Current& unit, Scratch& scratch);

}  // namespace rapt::cpu
