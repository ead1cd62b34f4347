// How far an answer is from the judge's, at a few rows of a problem that is too large to judge whole.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <functional>

#include "workbench/buffer.h"
#include "workbench/case.h"

namespace rapt::bench {

// Copies head_dim_v elements of the output at (sequence, query head, row of that sequence) to `destination`.
using FetchRow = std::function<void(int64_t sequence, int64_t head, int64_t row, void* destination)>;

// The rows of an output buffer in the layout of the case.
FetchRow rows_of(const workbench::Case& data, const workbench::Buffer& o);

// Largest |error| / bound over all query heads of at most `rows` rows: the first, the last and seeded ones between. The bound is that of
// `o_type`. Each row is judged as a problem of its own with one query row.
double sampled_error_of_bound(rapt_context* context, const workbench::Case& data, rapt_type o_type, const FetchRow& fetch, int rows = 6);

}  // namespace rapt::bench
