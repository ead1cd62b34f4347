// The command `rapt report`, and the three forms it gives to the JSON of `rapt bench`.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace rapt::cli {

struct ReportRow {
  std::string problem, kernel;
  double best_s = 0, gflops = 0, peak_share = 0, gbps = 0, bandwidth_share = 0;
  double error_of_bound = -1;  // negative: not judged
};

struct Report {
  std::string machine;  // one line: processor, ISA, threads, ceilings, version
  std::vector<ReportRow> rows;
};

// Throws BadInput that begins with `source` if the document is not what `rapt bench --json` prints.
Report read_report(const std::string& source, const nlohmann::json& document);

std::string markdown_of(const Report& report);
std::string chart_of(const Report& report);  // SVG: two bars a problem, the share of the peak and of the read bandwidth
std::string html_of(const Report& report);   // the chart and the table on one page without scripts

// Registers the command; when it ran, exit_code holds its answer. Bad input is thrown (options.h: BadInput).
void add_report(CLI::App& program, int& exit_code);

}  // namespace rapt::cli
