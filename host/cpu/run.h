// A run of the CPU engine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu/workspace.h"

namespace rapt::cpu {

rapt_status run(const Plan& plan, const rapt_problem& problem, const rapt_args& args, void* workspace, const rapt_executor& executor,
                Text& fault);

}  // namespace rapt::cpu
