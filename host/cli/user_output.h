// An output that the user has, from Rapt or from elsewhere, to be held against the exact answer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/input_case.h"
#include "workbench/judge.h"

namespace rapt::cli {

// The values of the file, in whatever floating type it has, against `exact` within the bound of the case's own output type.
// lse may be "". Throws BadInput for a file that does not fit.
workbench::Verdict judge_files(const std::string& o, const std::string& lse, const InputCase& input, const workbench::Judgement& exact);

}  // namespace rapt::cli
