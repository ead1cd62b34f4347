// Tiles of coloured squares, compressed by stb_image_write.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap_png.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

namespace rapt::cli {
namespace {

constexpr int64_t kTileSide = 320;            // pixels that a small map is scaled up to, about
constexpr int64_t kLargestSide = 60000;       // pixels
constexpr int64_t kLargestImage = 500000000;  // pixels; the writer counts bytes in an int
constexpr Rgb kMarginColour{128, 128, 128};

void paint(std::vector<Rgb>& pixels, const PngLayout& layout, const Heatmap& map, int64_t tile) {
  const int64_t left = layout.left_of(tile, map.cols), top = layout.top_of(tile, map.rows);
  for (int64_t y = 0; y < map.rows * layout.cell; ++y) {
    Rgb* line = &pixels[static_cast<size_t>((top + y) * layout.width + left)];
    for (int64_t col = 0; col < map.cols; ++col) {
      std::fill_n(line + col * layout.cell, layout.cell, colour_of(map, map.at(y / layout.cell, col)));
    }
  }
}

}  // namespace

PngLayout png_layout(int64_t tiles, int64_t rows, int64_t cols, bool margins) {
  PngLayout layout;
  layout.cell = std::max<int64_t>(1, kTileSide / std::max(rows, cols));
  layout.margin = margins ? 4 : 0;
  while (layout.tiles_across * layout.tiles_across < tiles) ++layout.tiles_across;
  layout.tiles_down = (tiles + layout.tiles_across - 1) / layout.tiles_across;
  layout.width = layout.left_of(layout.tiles_across - 1, cols) + cols * layout.cell + layout.margin;
  layout.height = layout.tiles_down * (rows * layout.cell + layout.margin) + layout.margin;
  return layout;
}

std::string png_of(const std::vector<Heatmap>& maps, bool margins) {
  const PngLayout layout = png_layout(static_cast<int64_t>(maps.size()), maps.at(0).rows, maps[0].cols, margins);
  if (layout.width > kLargestSide || layout.height > kLargestSide || layout.width * layout.height > kLargestImage) {
    throw std::length_error("an image of " + std::to_string(layout.width) + " x " + std::to_string(layout.height) + " pixels is too large");
  }
  std::vector<Rgb> pixels(static_cast<size_t>(layout.width * layout.height), kMarginColour);
  for (size_t tile = 0; tile < maps.size(); ++tile) paint(pixels, layout, maps[tile], static_cast<int64_t>(tile));
  std::string bytes;
  const auto append = [](void* to, void* data, int size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), static_cast<size_t>(size));
  };
  const int width = static_cast<int>(layout.width), height = static_cast<int>(layout.height);
  if (!stbi_write_png_to_func(append, &bytes, width, height, 3, pixels.data(), width * 3)) {
    throw std::length_error("the image could not be compressed: not enough memory");
  }
  return bytes;
}

}  // namespace rapt::cli
