// What a row's main loop holds, and how long it must take at least.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/variant.h"
#include "tests/kernels/gates/main_loop.h"

namespace rapt::tests {

// Of a warp that computes; on sm_90a another one copies.
TileWork tile_work(const kernels::Variant& row);

// Of one turn of the loop. Counts are of one warp; times are clocks of a multiprocessor for all warps of one block that compute, if
// nothing else held them up. The rates are of the architecture that the row is for: A100 for sm_80, H100 for sm_90a.
struct Ceiling {
  int tiles = 0;  // of keys
  int matrix = 0, ex2 = 0, arithmetic = 0, ldsm = 0, copies = 0, barriers = 0, all = 0;
  double tensor = 0, exponentials = 0, issue = 0, shared = 0;
  double tensor_share() const;  // the most of the tensor cores' peak that the slowest of the four leaves
};
Ceiling ceiling(const kernels::Variant& row, const Code& turn);

std::string title();  // of the table
std::string line(const kernels::Variant& row, const Ceiling& ceiling);

}  // namespace rapt::tests
