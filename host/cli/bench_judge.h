// The error beside a measured time: all rows of a small problem, rows drawn from every corner of a large one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

#include "workbench/case.h"
#include "workbench/run.h"

namespace rapt::cli {

struct JudgedRows {
  double error_of_bound = 0;          // worst |error| / bound over o and lse of the rows looked at
  int64_t rows = 0, rows_in_all = 0;  // a row: one query of one head of one sequence
};

// `outcome` is an engine's answer to `data`. Looks at everything if the judge needs at most `budget` multiply-adds for it; otherwise at the
// first, middle and last rows of the first and last kv head of the first and last sequence, each as a dense problem of its own.
JudgedRows judge_rows(rapt_context* context, const workbench::Case& data, const workbench::Outcome& outcome, int32_t engine, double budget);

}  // namespace rapt::cli
