// Parts of what explain says about a plan: how the row fills a card, what bounds it, and what speaks against the other rows.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "cuda/machine.h"
#include "cuda/select.h"

namespace rapt::gpu {

// Blocks on a multiprocessor, and waves of them over the device's or, where there is none, over the common card of the architecture.
void explain_occupancy(const kernels::Variant& row, int64_t blocks, int32_t architecture, const Device* device, Text& text);

// Work, traffic, and which side of the ridge of the common card they are on.
void explain_roofline(const kernels::Variant& row, const rapt_problem& problem, int32_t architecture, Text& text);

// A line for each reason, with the rows that have it.
void explain_other_rows(std::span<const kernels::Variant> rows, const ForwardPlan& plan, int32_t architecture, const rapt_problem& problem,
                        Text& text);

}  // namespace rapt::gpu
