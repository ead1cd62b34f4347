// Matrices as one SVG picture: a grid of titled maps with token labels; it scales, and every cell of a small map tells its value.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/heatmap.h"

namespace rapt::cli {

// A stand-alone SVG document. Maps of equal size; up to 64 rows and columns each cell is a square with a tooltip ("row, column: value"),
// larger ones are images inside the picture. Throws std::length_error as png_of does.
std::string svg_of(const std::vector<Heatmap>& maps);

}  // namespace rapt::cli
