// How much a problem computes and moves at the least, when every sequence has its greatest length.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

namespace rapt::gpu {

struct Work {
  double flops;  // of the two products, over pairs of a query and a key that causal and window let it see
  double bytes;  // each input that a visible key needs, read once, and each output, written once
};

// In the normal form of engine/engine.h.
Work work_of(const rapt_problem& problem);

}  // namespace rapt::gpu
