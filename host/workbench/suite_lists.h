// The suites that suites.h names.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "workbench/problem.h"

namespace rapt::workbench {

std::vector<Problem> tiny_suite();
std::vector<Problem> smoke_suite();
std::vector<Problem> full_suite();

}  // namespace rapt::workbench
