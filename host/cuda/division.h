// How a problem is divided among blocks: heads that share tiles, parts of the keys, and the memory for partial results.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>
#include <cstdint>

#include "attention/forward_params.h"
#include "attention/variant.h"

namespace rapt::gpu {

// Bounds over the batch, of the problem in its normal form.
int64_t longest_query(const rapt_problem& problem);
int64_t longest_kv(const rapt_problem& problem);

// Are there so few rows of queries that it pays to split keys, which whole rows of the table alone do, or to pack heads in tiles of theirs?
bool has_few_rows(const rapt_problem& problem, int32_t multiprocessors);

// Each head's rows and all of its keys in blocks of their own.
kernels::Division undivided(const kernels::Variant& row);
// The division for a row of the table on a device.
kernels::Division divide(const kernels::Variant& row, const rapt_problem& problem, int32_t multiprocessors);

// Blocks of the launch, in one dimension; may exceed what a grid holds: select.h refuses.
int64_t forward_blocks(const kernels::Division& division, const rapt_problem& problem);
// Of the second launch, where there are splits.
int64_t merge_blocks(const rapt_problem& problem);

// Bytes of the partial results: o of each split in f32, each like o without gaps; then their lse. 0 without splits.
size_t workspace_bytes(const kernels::Division& division);

}  // namespace rapt::gpu
