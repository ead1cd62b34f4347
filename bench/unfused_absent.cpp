// Stands in for the baseline where OpenBLAS was not found: there is none, and it says so.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/unfused.h"

namespace rapt::bench {

std::unique_ptr<Unfused> make_unfused(const workbench::Case&, int, UnfusedShape) { return nullptr; }

bool unfused_available() { return false; }

bool unfused_takes(const workbench::Problem&) { return false; }

std::string unfused_library() { return "none: OpenBLAS was not found when this was built"; }

void choose_blas_kernels(const std::string&, char**) {}

}  // namespace rapt::bench
