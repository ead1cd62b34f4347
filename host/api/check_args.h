// Refusals about the arguments of a run: which pointers must be there, aligned to what, and what lengths on the host may say.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include "engine/engine.h"

namespace rapt::api {

enum class WithOutputs { kYes, kNo };  // the judge's map and bounds write elsewhere: args.o and args.lse are not looked at

// Every pointer that `problem` (checked) needs is there and aligned to its element, and none that it does not know of.
rapt_status check_args(const rapt_problem& problem, const rapt_args& args, WithOutputs outputs);

// Lengths, offsets and page counts, for arguments in host memory: O(batch). RAPT_BAD_INDEX.
rapt_status check_lengths(const rapt_problem& problem, const rapt_args& args);

}  // namespace rapt::api
