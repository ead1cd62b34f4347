// The table of compiled kernels, as rapt_variant_at gives it, and the support matrix made of it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rapt::cli {

struct Kernel {
  std::string engine, name, types, head_dims;
  std::vector<std::string> features;
  std::string unavailable;  // "" if it can run here
  std::string arch;         // "sm_90a"; "" for kernels of the host
};

std::vector<Kernel> kernels_of_build();

// The engines (RAPT_ENGINE_*) that have a kernel that runs here, in the order of the table.
std::vector<int32_t> engines_here();

// Markdown: a column for each engine and architecture, a row for each feature: what some kernel there takes, "up to" which head_dim if not
// up to the largest.
std::string print_matrix(const std::vector<Kernel>& kernels);

}  // namespace rapt::cli
