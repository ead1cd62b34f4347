// A matrix drawn in the terminal.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/heatmap.h"
#include "cli/terminal.h"

namespace rapt::cli {

// Lines that end in '\n', each beginning with `indent`. With labels, and where it fits: a line per row, two characters per cell, row
// labels with their number on the left, column numbers on top, notes[row] (may be empty) on the right. Otherwise: two rows in a line of
// half blocks, shrunk to the terminal's width by taking the largest value of each block.
std::string draw_heatmap(const Heatmap& map, const Terminal& terminal, const std::string& indent,
                         const std::vector<std::string>& notes = {});

// A bar of `level` (in [0, 1]) times `width` characters.
std::string draw_bar(double level, int width, const Terminal& terminal);

// Text on the background of its level's colour; plain text where there are no colours.
std::string shade_text(const std::string& text, double level, const Terminal& terminal);

// What the characters mean: "0 [ramp] 1".
std::string draw_legend(const Heatmap& map, const Terminal& terminal);

}  // namespace rapt::cli
