// The two loops that find a machine's ceilings, once per instruction set.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace rapt::workbench {

struct CeilingLoops {
  const char* isa;                                                         // named as rapt_context_options.max_isa
  int64_t target;                                                          // Highway's bit
  double (*fma)(int64_t rounds, float factor, float addend, float* sink);  // returns the FLOPs done; sink keeps the results alive
  double (*bf16)(int64_t rounds, float* sink);                             // the same of bf16 dot products; null where there are none
  float (*sum)(const float* data, int64_t count);                          // count a multiple of 4 * 64 elements
};

// The best loops that this machine runs and that are not above `isa` (empty: no limit). Throws std::invalid_argument for a name that is
// none.
const CeilingLoops& ceiling_loops(const std::string& isa);

}  // namespace rapt::workbench
