// Named lists of problems, and an endless seeded supply of random ones.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workbench/problem.h"

namespace rapt::workbench {

std::vector<std::string> suite_names();               // "tiny", "smoke", "full"
std::vector<Problem> suite(const std::string& name);  // throws std::invalid_argument
// Problem number `seed` of the random supply: every feature and layout, sizes around tile edges, small enough to judge in about
// a millisecond.
Problem random_problem(uint64_t seed);
// The same supply for kernels that work on tiles: one type for all tensors, 16 bits two times in three, head sizes that kernels are
// compiled for, lengths around tiles of 64 to 256, several milliseconds each.
Problem random_tile_problem(uint64_t seed);

std::vector<std::string> preset_names();               // real models: "llama3.1", "smollm2", "minilm", "gpt-oss", ...
std::vector<Problem> preset(const std::string& name);  // prefill and decode problems of that model; throws likewise

}  // namespace rapt::workbench
