// Matrices as one PNG image: a grid of tiles with a margin between them, no text.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/heatmap.h"

namespace rapt::cli {

// How maps of equal size share an image. Pixels; each cell is a square of `cell` pixels.
struct PngLayout {
  int64_t tiles_across = 1, tiles_down = 1, cell = 1, margin = 0;
  int64_t width = 0, height = 0;
  int64_t left_of(int64_t tile, int64_t cols) const { return margin + tile % tiles_across * (cols * cell + margin); }
  int64_t top_of(int64_t tile, int64_t rows) const { return margin + tile / tiles_across * (rows * cell + margin); }
};
PngLayout png_layout(int64_t tiles, int64_t rows, int64_t cols, bool margins = true);

// The bytes of a PNG file. Throws std::length_error with a sentence if the image would be too large for the format's writer.
std::string png_of(const std::vector<Heatmap>& maps, bool margins = true);

}  // namespace rapt::cli
