// `rapt bench PROBLEM...`: how fast the engines are here, beside what the machine can do and how exact they were.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/bench_measure.h"
#include "cli/options.h"
#include "workbench/suites.h"
#include "workbench/workloads.h"

namespace rapt::cli {
namespace {

struct BenchOptions {
  std::vector<std::string> problems;
  std::string engine, threads, presets, workloads, isa, seconds = "1";
  bool json = false;
};

// What is measured when nothing is named: prefill full and causal, grouped decode, a short question to a long text.
constexpr const char* kDefaultProblems[] = {
    "f32:hq8,sq1024,d128",           "f32:hq8,sq1024,d128:causal=br",  "f32:hq8,sq2048,d64:causal=br",
    "f32:hq32,hkv8,sq1,sk8192,d128", "bf16:hq32,hkv8,sq1,sk8192,d128",
};

void add_workloads(const std::string& names, std::vector<workbench::Problem>& problems) {
  for (const std::string& name : split(names, ',')) {
    try {
      for (const workbench::Workload& workload : workbench::workloads_called(name)) problems.push_back(workload.problem);
    } catch (const std::invalid_argument& error) {
      throw BadInput(fmt::format("--workload: {}", error.what()));
    }
  }
}

std::vector<workbench::Problem> problems_of(const BenchOptions& options) {
  std::vector<workbench::Problem> problems;
  for (const std::string& text : options.problems) problems.push_back(workbench::parse_problem(text));
  if (!options.presets.empty()) {
    for (const std::string& name : options.presets == "all" ? workbench::preset_names() : split(options.presets, ',')) {
      for (const workbench::Problem& problem : workbench::preset(name)) problems.push_back(problem);
    }
  }
  if (!options.workloads.empty()) add_workloads(options.workloads, problems);
  if (problems.empty()) {
    for (const char* text : kDefaultProblems) problems.push_back(workbench::parse_problem(text));
  }
  return problems;
}

BenchSettings settings_of(const BenchOptions& options) {
  BenchSettings settings;
  for (const std::string& name : split(options.engine, ',')) settings.engines.push_back(parse_timed_engine("--engine", name));
  settings.threads = parse_threads("--threads", options.threads);
  settings.isa = options.isa;
  settings.seconds = parse_finite("--seconds", options.seconds);
  if (settings.seconds <= 0) throw BadInput("--seconds: give more than 0 seconds, for example 0.5");
  return settings;
}

int run_bench(const BenchOptions& options) {
  const BenchResult result = measure(problems_of(options), settings_of(options));
  fmt::print("{}", options.json ? json_of(result).dump(1) + "\n" : print_table(result));
  return exit_code_of(result);
}

}  // namespace

void add_bench(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("bench", "Time engines on problems, beside the machine's ceilings and the error");
  const auto options = std::make_shared<BenchOptions>();
  command->add_option("problem", options->problems, "problem strings, like f32:hq8,sq1024,d128:causal=br; none: a short list of its own");
  add_engine(*command, options->engine);
  add_threads(*command, options->threads);
  add_value(*command, "--preset", options->presets, "NAME,...",
            fmt::format("problems of real models: all, {}", fmt::join(workbench::preset_names(), ", ")));
  add_value(*command, "--workload", options->workloads, "NAME,...",
            "lists of problems: prefill, grouped, decode, short, shapes, ragged, paged, model, tiny; gpu_prefill and gpu_decode are large");
  add_value(*command, "--isa", options->isa, "NAME", "no vector instructions above these: scalar, sse4, avx2, avx512, avx512_bf16, neon");
  add_value(*command, "--seconds", options->seconds, "S", "measuring time of each problem and engine");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run_bench(*options); });
}

}  // namespace rapt::cli
