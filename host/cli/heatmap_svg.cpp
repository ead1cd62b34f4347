// Squares, labels and, for large maps, embedded images.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/heatmap_png.h"
#include "cli/labels.h"

namespace rapt::cli {
namespace {

constexpr int64_t kMostSquares = 64;  // rows or columns drawn as squares
constexpr int64_t kMostSquaresInAll = 60000;
constexpr size_t kLabelColumns = 16;                                                        // characters of a label
constexpr double kTitleHeight = 22, kGap = 24, kLegendHeight = 40, kCharacterWidth = 0.62;  // px; width of a character in font sizes

struct Sheet {
  double cell = 0, font = 0;  // px
  double left = 0, top = 0;   // of the first cell within a map's own area: room for labels and title
  double map_width = 0, map_height = 0;
  int64_t across = 1, down = 1;
  bool squares = false;
};

double label_room(const std::vector<std::string>& labels, double font) {
  size_t longest = 0;
  for (const std::string& label : labels) longest = std::max(longest, columns_of(printable(label, true, kLabelColumns)));
  return static_cast<double>(longest) * kCharacterWidth * font + (longest > 0 ? 6 : 0);
}

Sheet sheet_of(const std::vector<Heatmap>& maps) {
  const Heatmap& map = maps.at(0);
  Sheet sheet;
  const int64_t cells = map.rows * map.cols * static_cast<int64_t>(maps.size());
  sheet.squares = std::max(map.rows, map.cols) <= kMostSquares && cells <= kMostSquaresInAll;
  sheet.cell = std::clamp(480.0 / static_cast<double>(std::max(map.rows, map.cols)), 0.25, 22.0);
  sheet.font = std::clamp(sheet.cell - 2, 6.0, 12.0);
  const bool labelled = sheet.cell >= 7;
  sheet.left = labelled ? label_room(map.row_labels, sheet.font) : 0;
  sheet.top = kTitleHeight + (labelled ? label_room(map.col_labels, sheet.font) : 0);
  sheet.map_width = sheet.left + static_cast<double>(map.cols) * sheet.cell;
  sheet.map_height = sheet.top + static_cast<double>(map.rows) * sheet.cell;
  while (sheet.across * sheet.across < static_cast<int64_t>(maps.size())) ++sheet.across;
  sheet.down = (static_cast<int64_t>(maps.size()) + sheet.across - 1) / sheet.across;
  return sheet;
}

std::string hex(Rgb colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

std::string label_of(const std::vector<std::string>& labels, int64_t index) {
  if (labels.empty()) return std::to_string(index);
  return xml_text(printable(labels[static_cast<size_t>(index)], true, kLabelColumns));
}

std::string draw_squares(const Heatmap& map, const Sheet& sheet) {
  std::string text =
      fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"/>\n", sheet.left, sheet.top,
                  static_cast<double>(map.cols) * sheet.cell, static_cast<double>(map.rows) * sheet.cell, hex(colour_of_level(0)));
  for (int64_t row = 0; row < map.rows; ++row) {
    for (int64_t col = 0; col < map.cols; ++col) {
      const double value = map.at(row, col), level = brightness(map, value);
      if (level == 0) continue;
      text += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"><title>{}, {}: {:.4g}</title></rect>\n",
          sheet.left + static_cast<double>(col) * sheet.cell, sheet.top + static_cast<double>(row) * sheet.cell, sheet.cell, sheet.cell,
          hex(colour_of_level(level)), label_of(map.row_labels, row), label_of(map.col_labels, col), value);
    }
  }
  return text;
}

std::string base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j) text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::string draw_image(const Heatmap& map, const Sheet& sheet) {
  return fmt::format(
      "<image x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" style=\"image-rendering:pixelated\" "
      "preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>\n",
      sheet.left, sheet.top, static_cast<double>(map.cols) * sheet.cell, static_cast<double>(map.rows) * sheet.cell,
      base64(png_of({map}, false)));
}

std::string draw_labels(const Heatmap& map, const Sheet& sheet) {
  std::string text;
  for (size_t row = 0; row < map.row_labels.size(); ++row) {
    const double y = sheet.top + (static_cast<double>(row) + 0.5) * sheet.cell + 0.35 * sheet.font;
    text += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"end\">{}</text>\n", sheet.left - 4, y,
                        xml_text(printable(map.row_labels[row], true, kLabelColumns)));
  }
  for (size_t col = 0; col < map.col_labels.size(); ++col) {
    const double x = sheet.left + (static_cast<double>(col) + 0.5) * sheet.cell + 0.35 * sheet.font;
    text += fmt::format("<text transform=\"translate({:.2f},{:.2f}) rotate(-90)\">{}</text>\n", x, sheet.top - 4,
                        xml_text(printable(map.col_labels[col], true, kLabelColumns)));
  }
  return text;
}

std::string draw_map(const Heatmap& map, const Sheet& sheet, double x, double y) {
  std::string text = fmt::format("<g transform=\"translate({:.2f},{:.2f})\">\n<text x=\"{:.2f}\" y=\"13\" font-size=\"14\">{}</text>\n", x,
                                 y, sheet.left, xml_text(map.title));
  text += sheet.squares ? draw_squares(map, sheet) : draw_image(map, sheet);
  if (sheet.cell >= 7) text += draw_labels(map, sheet);
  return text + "</g>\n";
}

std::string draw_legend(const Heatmap& map, double x, double y) {
  constexpr int kSteps = 40;
  const std::string line = fmt::format("y=\"{:.2f}\" font-size=\"11\"", y + 10);
  std::string text = fmt::format("<text x=\"{:.2f}\" {}>{:.3g}</text>\n", x, line, map.low);
  for (int i = 0; i < kSteps; ++i) {  // evenly spaced in value, so that the legend shows the power too
    const double value = map.low + (map.high - map.low) * i / (kSteps - 1.0);
    text += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"4.5\" height=\"12\" fill=\"{}\"/>\n", x + 40 + 4 * i, y,
                        hex(colour_of(map, value)));
  }
  return text + fmt::format("<text x=\"{:.2f}\" {}>{:.3g}</text>\n", x + 40 + 4 * kSteps + 6, line, map.high);
}

}  // namespace

std::string svg_of(const std::vector<Heatmap>& maps) {
  const Sheet sheet = sheet_of(maps);
  const double width = kGap + static_cast<double>(sheet.across) * (std::max(sheet.map_width, 240.0) + kGap);
  const double height = kGap + static_cast<double>(sheet.down) * (sheet.map_height + kGap) + kLegendHeight;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
      "font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"{2:.1f}\" fill=\"#222\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, height, sheet.font);
  for (size_t i = 0; i < maps.size(); ++i) {
    const double x = kGap + static_cast<double>(static_cast<int64_t>(i) % sheet.across) * (std::max(sheet.map_width, 240.0) + kGap);
    const double y = kGap + static_cast<double>(static_cast<int64_t>(i) / sheet.across) * (sheet.map_height + kGap);
    text += draw_map(maps[i], sheet, x, y);
  }
  const bool one_scale =
      std::all_of(maps.begin(), maps.end(), [&](const Heatmap& m) { return m.low == maps[0].low && m.high == maps[0].high; });
  if (one_scale) text += draw_legend(maps[0], kGap, height - kLegendHeight);
  return text + "</svg>\n";
}

}  // namespace rapt::cli
