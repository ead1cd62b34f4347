// The machine's ceilings as they show themselves in this run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "workbench/problem.h"

namespace rapt::bench {

// What so many threads multiply at best with that instruction set: f32 by FMA, bf16 by its dot product where there is one and else by FMA
// too. The best seen so far, measured anew if the last time is over a second ago.
enum class Operands { f32, bf16 };
Operands operands_of(const workbench::Problem& problem);  // bf16 if all its tensors are
double peak_gflops(int threads, const std::string& isa, Operands operands);

// Plain read of about so many bytes, the next power of two, measured once.
double read_bandwidth_gbps(int threads, size_t bytes);

}  // namespace rapt::bench
