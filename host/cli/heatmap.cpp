// From numbers to brightness and colour.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace rapt::cli {
namespace {

// Anchors of the colour scale, evenly spaced in level, of strictly rising luminance.
constexpr std::array<Rgb, 7> kAnchors{
    {{10, 8, 24}, {58, 20, 102}, {134, 36, 120}, {206, 62, 92}, {242, 122, 58}, {252, 192, 84}, {254, 250, 214}}};
constexpr Rgb kNotANumber{0, 220, 90};

uint8_t between(uint8_t from, uint8_t to, double t) { return static_cast<uint8_t>(std::lround(from + (to - from) * t)); }

}  // namespace

double brightness(const Heatmap& map, double value) {
  if (std::isnan(value)) return -1;
  if (value == -std::numeric_limits<double>::infinity()) return 0;
  const double level = std::clamp((value - map.low) / (map.high - map.low), 0.0, 1.0);
  return map.power == 1 ? level : std::pow(level, map.power);
}

Rgb colour_of_level(double level) {
  if (level < 0) return kNotANumber;
  const double position = std::min(level, 1.0) * (kAnchors.size() - 1);
  const size_t index = std::min(static_cast<size_t>(position), kAnchors.size() - 2);
  const Rgb &from = kAnchors[index], &to = kAnchors[index + 1];
  const double t = position - static_cast<double>(index);
  return {between(from.red, to.red, t), between(from.green, to.green, t), between(from.blue, to.blue, t)};
}

void fit_range(Heatmap& map) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double value : map.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  map.low = low <= high ? low : 0;
  map.high = low < high ? high : map.low + 1;
}

Heatmap shrink(const Heatmap& map, int64_t row_step, int64_t col_step) {
  Heatmap small = map;
  small.row_labels.clear();
  small.col_labels.clear();
  small.rows = (map.rows + row_step - 1) / row_step;
  small.cols = (map.cols + col_step - 1) / col_step;
  small.values.assign(static_cast<size_t>(small.rows * small.cols), -std::numeric_limits<double>::infinity());
  for (int64_t row = 0; row < map.rows; ++row) {
    for (int64_t col = 0; col < map.cols; ++col) {
      double& cell = small.values[static_cast<size_t>(row / row_step * small.cols + col / col_step)];
      const double value = map.at(row, col);
      if (std::isnan(value) || value > cell) cell = value;  // a NaN stays: nothing compares greater than it
    }
  }
  return small;
}

}  // namespace rapt::cli
