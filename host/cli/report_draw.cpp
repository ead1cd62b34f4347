// A report as Markdown, as a chart and as a page.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cli/labels.h"
#include "cli/report.h"

namespace rapt::cli {
namespace {

constexpr double kRowHeight = 40, kTop = 64, kLeft = 24, kBarWidth = 420, kBarHeight = 10;  // px
constexpr double kCharacterWidth = 7.3;                                                     // px, at font size 12
constexpr const char* kPeakColour = "#3b6fb6";
constexpr const char* kReadColour = "#e08a2e";

std::string error_of(const ReportRow& row) { return row.error_of_bound < 0 ? "not judged" : fmt::format("{:.3f}", row.error_of_bound); }

std::vector<std::string> cells_of(const ReportRow& row) {
  return {row.problem,
          row.kernel,
          fmt::format("{:.4g}", row.best_s * 1e3),
          fmt::format("{:.1f}", row.gflops),
          fmt::format("{:.1f} %", 100 * row.peak_share),
          fmt::format("{:.2f}", row.gbps),
          fmt::format("{:.1f} %", 100 * row.bandwidth_share),
          error_of(row)};
}

constexpr const char* kColumns[] = {"problem", "kernel", "best, ms", "GFLOP/s", "of FMA peak", "GB/s", "of read", "error / bound"};

std::string bar(double x, double y, double share, const char* colour) {
  return fmt::format(
      "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.0f}\" fill=\"{4}\"/>\n"
      "<text x=\"{5:.1f}\" y=\"{6:.1f}\" font-size=\"11\">{7:.0f} %</text>\n",
      x, y, std::clamp(share, 0.0, 1.2) * kBarWidth, kBarHeight, colour, x + std::clamp(share, 0.0, 1.2) * kBarWidth + 5,
      y + kBarHeight - 1, 100 * share);
}

}  // namespace

std::string markdown_of(const Report& report) {
  std::string text = report.machine + "\n\n|";
  for (const char* column : kColumns) text += fmt::format(" {} |", column);
  text += "\n|---|---|--:|--:|--:|--:|--:|--:|\n";
  for (const ReportRow& row : report.rows) {
    text += '|';
    for (const std::string& cell : cells_of(row)) text += fmt::format(" {} |", cell);
    text += '\n';
  }
  return text;
}

std::string chart_of(const Report& report) {
  size_t longest = 0;
  for (const ReportRow& row : report.rows) longest = std::max({longest, row.problem.size(), row.kernel.size()});
  const double bars = kLeft + static_cast<double>(longest) * kCharacterWidth + 12;
  const double least = static_cast<double>(report.machine.size()) * kCharacterWidth + 2 * kLeft;
  const double width = std::max(bars + 1.2 * kBarWidth + 60, least),
               height = kTop + static_cast<double>(report.rows.size()) * kRowHeight + 16;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
      "font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"12\" fill=\"#222\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"{2:.0f}\" y=\"22\">{3}</text>\n"
      "<rect x=\"{4:.1f}\" y=\"36\" width=\"10\" height=\"10\" fill=\"{5}\"/><text x=\"{6:.1f}\" y=\"45\">of the FMA peak</text>\n"
      "<rect x=\"{7:.1f}\" y=\"36\" width=\"10\" height=\"10\" fill=\"{8}\"/><text x=\"{9:.1f}\" y=\"45\">of a plain read of the same "
      "bytes</text>\n"
      "<line x1=\"{10:.1f}\" x2=\"{10:.1f}\" y1=\"{11:.0f}\" y2=\"{12:.0f}\" stroke=\"#999\" stroke-dasharray=\"3 3\"/>\n",
      width, height, kLeft, xml_text(report.machine), bars, kPeakColour, bars + 15, bars + 150, kReadColour, bars + 165, bars + kBarWidth,
      kTop - 6, height - 10);
  for (size_t i = 0; i < report.rows.size(); ++i) {
    const ReportRow& row = report.rows[i];
    const double y = kTop + static_cast<double>(i) * kRowHeight;
    text += fmt::format("<text x=\"{:.0f}\" y=\"{:.1f}\">{}</text>\n<text x=\"{:.0f}\" y=\"{:.1f}\" fill=\"#777\">{}</text>\n", kLeft,
                        y + 9, xml_text(row.problem), kLeft, y + 24, xml_text(row.kernel));
    text += bar(bars, y, row.peak_share, kPeakColour) + bar(bars, y + kBarHeight + 4, row.bandwidth_share, kReadColour);
  }
  return text + "</svg>\n";
}

std::string html_of(const Report& report) {
  std::string text =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>rapt bench</title>\n<style>\n"
      "body { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 13px; margin: 2em; }\n"
      "td, th { padding: 0.25em 0.8em; text-align: right; } td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left; }\n"
      "tr:nth-child(even) { background: #f4f4f4; } svg { max-width: 100%; height: auto; }\n</style>\n</head>\n<body>\n" +
      chart_of(report) + "<table>\n<tr>";
  for (const char* column : kColumns) text += fmt::format("<th>{}</th>", column);
  text += "</tr>\n";
  for (const ReportRow& row : report.rows) {
    text += "<tr>";
    for (const std::string& cell : cells_of(row)) text += fmt::format("<td>{}</td>", xml_text(cell));
    text += "</tr>\n";
  }
  return text + "</table>\n</body>\n</html>\n";
}

}  // namespace rapt::cli
