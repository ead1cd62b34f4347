// A problem string as rapt_problem, without its data.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include "workbench/problem.h"

namespace rapt::cli {

// What workbench::make_case describes, at any size: nothing is allocated. A paged cache has just the pages that full lengths need.
rapt_problem describe(const workbench::Problem& problem);

}  // namespace rapt::cli
