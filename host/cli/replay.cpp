// `rapt replay FILE`: runs recorded problems again, to see whether they are still right or how fast they are now.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/bench_measure.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/whole_file.h"
#include "workbench/judge.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

struct ReplayOptions {
  std::string input, engine = "cpu", arch, threads, seconds = "1";
  bool bench = false, json = false;
};

std::vector<std::string> recorded_lines(const std::string& source, const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '{') return split(text, '\n');
  try {
    const nlohmann::json document = nlohmann::json::parse(text);
    std::vector<std::string> lines;
    for (const nlohmann::json& row : document.at("results")) lines.push_back(row.at("problem"));
    return lines;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(fmt::format("{} is JSON without \"results\" that have a \"problem\" each ({})", source, error.what()));
  }
}

int validate_again(const std::vector<workbench::Problem>& problems, const ReplayOptions& options) {
  const int32_t engine = parse_engine("--engine", options.engine);
  const std::string arch = parse_arch("--arch", options.arch, engine);
  const workbench::Context context = workbench::make_context(parse_threads("--threads", options.threads), "", arch);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  bool passed = true;
  Progress progress(problems.size());
  for (const workbench::Problem& problem : problems) {
    progress.begin(workbench::print_problem(problem));
    const workbench::Verdict verdict = workbench::validate(context.get(), workbench::make_case(problem), engine);
    const std::string text = workbench::print_problem(problem);
    passed = passed && verdict.pass;
    rows.push_back({{"problem", text}, {"engine", options.engine}, {"pass", verdict.pass}, {"error_of_bound", verdict.worst}});
    if (options.json) continue;
    progress.wipe();
    fmt::print("{}\n", verdict.pass ? fmt::format("ok      {:.3f} of the bound  {}", verdict.worst, text) : "FAILED  " + verdict.message);
  }
  if (options.json) fmt::print("{}\n", nlohmann::ordered_json{{"results", rows}}.dump(1));
  return passed ? kDone : kValidationFailed;
}

int bench_again(const std::vector<workbench::Problem>& problems, const ReplayOptions& options) {
  BenchSettings settings;
  if (!options.arch.empty()) throw BadInput("--arch: goes without --bench, which takes the kernels of the device");
  settings.engines = {parse_timed_engine("--engine", options.engine)};
  settings.threads = parse_threads("--threads", options.threads);
  settings.seconds = parse_finite("--seconds", options.seconds);
  const BenchResult result = measure(problems, settings);
  fmt::print("{}", options.json ? json_of(result).dump(1) + "\n" : print_table(result));
  return exit_code_of(result);
}

int run_replay(const ReplayOptions& options) {
  const std::vector<workbench::Problem> problems =
      read_recording(fmt::format("file: '{}'", options.input), read_input("file", options.input));
  return options.bench ? bench_again(problems, options) : validate_again(problems, options);
}

}  // namespace

std::vector<workbench::Problem> read_recording(const std::string& source, const std::string& text) {
  std::vector<workbench::Problem> problems;
  int64_t number = 0;
  for (std::string line : recorded_lines(source, text)) {
    ++number;
    line = line.substr(0, line.find('#'));
    const size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    try {
      const workbench::Problem problem = workbench::parse_problem(line);
      if (std::find(problems.begin(), problems.end(), problem) == problems.end()) problems.push_back(problem);
    } catch (const std::invalid_argument& error) {
      throw BadInput(fmt::format("{}, line {}: {}", source, number, error.what()));
    }
  }
  if (problems.empty()) throw BadInput(source + " holds no problem; write one a line, like f32:hq8,sq1024,d128:causal=br");
  return problems;
}

void add_replay(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("replay", "Validate or time recorded problems again");
  const auto options = std::make_shared<ReplayOptions>();
  command->add_option("file", options->input, "problem strings, one a line, or the JSON of rapt bench; - is standard input")->required();
  command->add_flag("--bench", options->bench, "time them instead of validating them");
  add_engine(*command, options->engine);
  add_arch(*command, options->arch);
  add_threads(*command, options->threads);
  add_value(*command, "--seconds", options->seconds, "S", "measuring time of each problem with --bench");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run_replay(*options); });
}

}  // namespace rapt::cli
