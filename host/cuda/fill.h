// Parts of what a forward kernel is told, a subject each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include "attention/forward_params.h"

namespace rapt::gpu {

void fill_scores(const rapt_problem& problem, const rapt_args& args, kernels::ForwardParams& params);  // scale, terms, mask
void fill_window(const rapt_problem& problem, kernels::ForwardParams& params);
void fill_pages(const rapt_problem& problem, const rapt_args& args, kernels::ForwardParams& params);

}  // namespace rapt::gpu
