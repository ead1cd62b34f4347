// `rapt report results.json`: what `rapt bench --json` measured, as a table, a chart or a page.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/options.h"
#include "cli/whole_file.h"

namespace rapt::cli {
namespace {

struct ReportOptions {
  std::string input, output = "-";
  bool json = false;
};

int run_report(const ReportOptions& options) {
  const bool markdown = options.output == "-" || options.output.ends_with(".md");
  if (!markdown && !options.output.ends_with(".svg") && !options.output.ends_with(".html")) {
    throw BadInput(fmt::format("--output: '{}' should end in .html, .svg or .md", options.output));
  }
  const nlohmann::json document = nlohmann::json::parse(read_input("results", options.input), nullptr, false);
  const Report report = read_report(fmt::format("results: '{}'", options.input), document);
  if (options.json) {
    write_output("--output", "-", document.dump(1) + "\n");
    if (options.output == "-") return kDone;
  }
  const std::string text = markdown ? markdown_of(report) : options.output.ends_with(".svg") ? chart_of(report) : html_of(report);
  write_output("--output", options.output, text);
  return kDone;
}

}  // namespace

Report read_report(const std::string& source, const nlohmann::json& document) {
  try {
    Report report;
    const nlohmann::json& context = document.at("context");
    report.machine =
        fmt::format("{}, {}, {} threads, FMA peak {:.1f} GFLOP/s, read {:.1f} GB/s, rapt {}", context.at("cpu").get<std::string>(),
                    context.at("isa").get<std::string>(), context.at("threads").get<int>(), context.at("fma_peak_gflops").get<double>(),
                    context.at("read_gbps").get<double>(), context.at("version").get<std::string>());
    for (const nlohmann::json& row : document.at("results")) {
      report.rows.push_back({row.at("problem"), row.at("kernel"), row.at("best_s"), row.at("gflops"), row.at("peak_share"), row.at("gbps"),
                             row.at("bandwidth_share"), row.at("error_of_bound").is_null() ? -1 : row.at("error_of_bound").get<double>()});
    }
    return report;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(fmt::format("{} is not what `rapt bench --json` prints ({})", source, error.what()));
  }
}

void add_report(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("report", "Turn the JSON of rapt bench into a table, a chart or a page");
  const auto options = std::make_shared<ReportOptions>();
  command->add_option("results", options->input, "what rapt bench --json printed; - is standard input")->required();
  add_value(*command, "-o,--output", options->output, "FILE", ".html, .svg or .md; - prints Markdown");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run_report(*options); });
}

}  // namespace rapt::cli
