// Maps as one HTML page with a picker of heads; no scripts, nothing loaded from elsewhere.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/heatmap.h"

namespace rapt::cli {

std::string html_of(const std::vector<Heatmap>& maps, const std::string& title);

}  // namespace rapt::cli
