// The judge as an engine, and what only the judge answers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

namespace rapt::reference {

extern const Engine kEngine;

// As rapt_map and rapt_error_bound in rapt.h; pointers were checked.
rapt_status map(const Request& request, const rapt_args& args, int32_t stage, double* map, Text& fault);
rapt_status error_bound(const Request& request, const rapt_args& args, double* bound_o, double* bound_lse, Text& fault);

}  // namespace rapt::reference
