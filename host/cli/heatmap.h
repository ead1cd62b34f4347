// A matrix to look at, and the colours that its numbers become.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rapt::cli {

struct Heatmap {
  std::string title;  // "head 5"
  int64_t rows = 0, cols = 0;
  std::vector<double> values;                       // [rows, cols]; -inf: hidden
  std::vector<std::string> row_labels, col_labels;  // empty, or one each
  double low = 0, high = 1;                         // the values of the darkest and the brightest colour
  double power = 1;                                 // brightness = ((value - low) / (high - low)) ^ power; below 1 lifts small values

  double at(int64_t row, int64_t col) const { return values[static_cast<size_t>(row * cols + col)]; }
};

struct Rgb {
  uint8_t red = 0, green = 0, blue = 0;
  bool operator==(const Rgb&) const = default;
};

// Brightness in [0, 1]; -inf is 0, NaN is -1.
double brightness(const Heatmap& map, double value);
// Black, violet, red, orange, yellow, nearly white: lighter is always more. A negative level (NaN) is green, a colour off the scale.
Rgb colour_of_level(double level);
inline Rgb colour_of(const Heatmap& map, double value) { return colour_of_level(brightness(map, value)); }

// low and high from the finite values: scores; equal values get a range of width one. No finite value: 0 and 1.
void fit_range(Heatmap& map);

// Each cell the largest value of a block of row_step x col_step cells. Labels are dropped. NaN wins.
Heatmap shrink(const Heatmap& map, int64_t row_step, int64_t col_step);

}  // namespace rapt::cli
