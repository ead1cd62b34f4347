// Some rows of a case as a small dense case of their own: what judging a sample or drawing one head needs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

#include "workbench/case.h"
#include "workbench/run.h"

namespace rapt::cli {

// Query rows [row, row + count) of sequence b, for all query heads that read kv head g.
struct Rows {
  int64_t b, g, row, count;
};
int64_t group_of(const rapt_problem& problem);  // query heads of a kv head

// The rows with the keys, values, mask and settings that they have in `data`, whatever its layout: dense, one sequence at its own lengths
// (count and len_kv must be at least 1), one kv head. Owns copies of its data.
workbench::Case rows_of(const workbench::Case& data, const Rows& rows);

// The same rows of an engine's answer, in the o and lse layout of that case.
workbench::Outcome rows_of(const workbench::Case& data, const workbench::Outcome& outcome, const Rows& rows);

}  // namespace rapt::cli
