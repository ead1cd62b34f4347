// A call made of the user's tensors.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/inputs.h"
#include "workbench/case.h"

namespace rapt::cli {

struct InputCase {
  workbench::Case data;
  std::vector<int64_t> o_shape, lse_shape;  // as files hold them
};

// Reads the files that the options name, checks them against one another, rounds q, k and v. lse is asked for. Throws BadInput.
InputCase load_case(const InputOptions& options);

// The problem string of random data of the same sizes, types and meaning (its lengths are full).
std::string print_like(const workbench::Case& data);

}  // namespace rapt::cli
