// The main loop of an attention kernel in its machine code.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/kernels/gates/compiled.h"

namespace rapt::tests {

// What one tile of keys takes: matrix instructions of S = Q K^T and of O += P V, copies of K and V to shared memory. Of a warp.
struct TileWork {
  int scores, output, copies;
  int matrix() const { return scores + output; }
};

// What a warp issues in one turn of the loop over the tiles of keys; empty: there is no such loop.
//
// The loop is the shortest range between a label and a branch back to it whose hot path holds the matrix instructions of a tile, or of
// several. The hot path is, of the ways from the label to the branch that follow no other branch back, the one with most matrix
// instructions, then the number of copies nearest to the tile's, then fewest instructions: masks, cleaning of values that are not finite,
// features that few problems use, remainders of unrolled loops and waits that spin are stepped over. Where one product is itself a loop,
// its body lies on the path once and counts as often as the product takes; other inner loops count once.
Code main_loop(const Code& code, const TileWork& tile);

}  // namespace rapt::tests
