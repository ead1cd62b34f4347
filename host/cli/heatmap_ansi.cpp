// Cells as coloured spaces, half blocks, shades or ASCII.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap_ansi.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/labels.h"

namespace rapt::cli {
namespace {

constexpr size_t kLabelColumns = 12;  // of a row label at most, without its number
constexpr double kBarLevel = 0.65;    // the colour of a bar

// The nearest entry of xterm's 256 colours: 16-231 are a cube of these six steps.
int nearest_of_256(Rgb colour) {
  constexpr int kSteps[6] = {0, 95, 135, 175, 215, 255};
  const auto nearest = [&](int value) {
    int best = 0;
    for (int i = 1; i < 6; ++i) {
      if (std::abs(kSteps[i] - value) < std::abs(kSteps[best] - value)) best = i;
    }
    return best;
  };
  return 16 + 36 * nearest(colour.red) + 6 * nearest(colour.green) + nearest(colour.blue);
}

// SGR parameters; layer is 38 for the foreground, 48 for the background.
std::string sgr(int layer, Rgb colour, const Terminal& terminal) {
  if (terminal.ink == Ink::kColour24) return fmt::format("{};2;{};{};{}", layer, colour.red, colour.green, colour.blue);
  return fmt::format("{};5;{}", layer, nearest_of_256(colour));
}

std::string ramp_character(double level, const Terminal& terminal) {
  if (level < 0) return "?";
  if (terminal.ink == Ink::kShades) {
    constexpr const char* kShades[] = {" ", "░", "▒", "▓", "█"};
    return kShades[std::min(static_cast<int>(std::lround(level * 4)), 4)];
  }
  constexpr char kRamp[] = " .:-=+*#%@";
  return std::string(1, kRamp[std::min(static_cast<int>(std::lround(level * 9)), 9)]);
}

std::string repeat(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

// One cell, `width` characters wide.
std::string cell(double level, int width, const Terminal& terminal) {
  if (!terminal.has_colours()) return repeat(ramp_character(level, terminal), width);
  return fmt::format("\x1b[{}m{}\x1b[0m", sgr(48, colour_of_level(level), terminal), std::string(static_cast<size_t>(width), ' '));
}

// Two cells, one above the other, in one character.
std::string cell_pair(double upper, double lower, const Terminal& terminal) {
  if (terminal.has_colours() && terminal.utf8) {
    const std::string front = sgr(38, colour_of_level(upper), terminal), back = sgr(48, colour_of_level(lower), terminal);
    return fmt::format("\x1b[{};{}m▀\x1b[0m", front, back);
  }
  const bool broken = upper < 0 || lower < 0;
  return cell(broken ? -1 : std::max(upper, lower), 1, terminal);
}

// The last digit over each column, and over columns 10, 20, ... the digits before it.
std::string column_numbers(int64_t cols, const std::string& margin) {
  std::string tens, ones;
  for (int64_t col = 0; col < cols; ++col) {
    tens += col > 0 && col % 10 == 0 ? fmt::format("{:2}", col / 10 % 100) : "  ";
    ones += fmt::format("{:2}", col % 10);
  }
  tens.erase(tens.find_last_not_of(' ') + 1);
  return (tens.empty() ? "" : margin + tens + "\n") + margin + ones + "\n";
}

std::string draw_labelled(const Heatmap& map, const Terminal& terminal, const std::string& indent, size_t label_columns,
                          const std::vector<std::string>& notes) {
  std::string text = column_numbers(map.cols, indent + std::string(label_columns + 4, ' '));
  for (int64_t row = 0; row < map.rows; ++row) {
    const std::string label = printable(map.row_labels[static_cast<size_t>(row)], terminal.utf8, kLabelColumns);
    const std::string gap(label_columns - columns_of(label), ' ');
    text += fmt::format("{}{:2} {}{} ", indent, row % 100, label, gap);
    for (int64_t col = 0; col < map.cols; ++col) text += cell(brightness(map, map.at(row, col)), 2, terminal);
    if (static_cast<size_t>(row) < notes.size() && !notes[static_cast<size_t>(row)].empty()) text += "  " + notes[static_cast<size_t>(row)];
    text += '\n';
  }
  return text;
}

std::string draw_dense(const Heatmap& map, const Terminal& terminal, const std::string& indent) {
  const int64_t room = std::max<int64_t>(8, terminal.width - static_cast<int64_t>(indent.size()) - 1);
  const int64_t step = (map.cols + room - 1) / room;
  const Heatmap small = step > 1 ? shrink(map, step, step) : map;
  std::string text;
  for (int64_t row = 0; row < small.rows; row += 2) {
    text += indent;
    for (int64_t col = 0; col < small.cols; ++col) {
      const double upper = brightness(small, small.at(row, col));
      const double lower = row + 1 < small.rows ? brightness(small, small.at(row + 1, col)) : 0;
      text += cell_pair(upper, lower, terminal);
    }
    text += '\n';
  }
  if (step > 1) text += fmt::format("{}each cell is the largest of {} x {}\n", indent, step, step);
  return text;
}

size_t label_columns_of(const Heatmap& map, const Terminal& terminal) {
  size_t longest = 0;
  for (const std::string& label : map.row_labels) longest = std::max(longest, columns_of(printable(label, terminal.utf8, kLabelColumns)));
  return longest;
}

}  // namespace

std::string draw_heatmap(const Heatmap& map, const Terminal& terminal, const std::string& indent, const std::vector<std::string>& notes) {
  const size_t label_columns = label_columns_of(map, terminal);
  const int64_t needed = static_cast<int64_t>(indent.size() + label_columns) + 4 + 2 * map.cols;
  if (!map.row_labels.empty() && needed <= terminal.width) return draw_labelled(map, terminal, indent, label_columns, notes);
  return draw_dense(map, terminal, indent);
}

std::string draw_bar(double level, int width, const Terminal& terminal) {
  const int filled = static_cast<int>(std::lround(std::clamp(level, 0.0, 1.0) * width));
  if (terminal.has_colours()) return cell(kBarLevel, filled, terminal);
  return repeat(terminal.ink == Ink::kShades ? "█" : "#", filled);
}

std::string shade_text(const std::string& text, double level, const Terminal& terminal) {
  if (!terminal.has_colours()) return text;
  const Rgb back = colour_of_level(level);
  const Rgb front = level < 0.6 ? Rgb{255, 255, 255} : Rgb{0, 0, 0};
  return fmt::format("\x1b[{};{}m{}\x1b[0m", sgr(38, front, terminal), sgr(48, back, terminal), text);
}

std::string draw_legend(const Heatmap& map, const Terminal& terminal) {
  std::string ramp;
  const int steps = terminal.has_colours() ? 16 : terminal.ink == Ink::kShades ? 5 : 10;
  for (int i = 0; i < steps; ++i) ramp += cell(i / (steps - 1.0), 1, terminal);
  return fmt::format("{:.3g} [{}] {:.3g}", map.low, ramp, map.high);
}

}  // namespace rapt::cli
