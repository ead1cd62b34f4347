// `rapt explain PROBLEM`: which kernel a problem would get, and why the others were not taken. Nothing is allocated or run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/describe.h"
#include "cli/options.h"
#include "cli/planned.h"
#include "workbench/problem.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

struct ExplainOptions {
  std::string problem, engine, arch, threads;
  bool json = false;
};

std::string explain_text(rapt_context* context, const rapt_problem& problem) {
  std::string text(rapt_explain(context, &problem, nullptr, 0) + 1, '\0');
  text.resize(rapt_explain(context, &problem, text.data(), text.size()));
  return text;
}

nlohmann::ordered_json json_of(rapt_context* context, const std::string& name, const rapt_problem& problem, const std::string& text) {
  nlohmann::ordered_json document = {{"problem", name}};
  rapt_plan* created = nullptr;
  const rapt_status status = rapt_plan_create(context, &problem, &created);
  const std::unique_ptr<rapt_plan, PlanDeleter> plan(created);
  if (status == RAPT_OK) {
    document["kernel"] = rapt_plan_kernel(plan.get());
    document["workspace_bytes"] = rapt_plan_workspace(plan.get());
  } else {
    document["status"] = rapt_status_name(status);
    document["refused"] = rapt_last_error();
  }
  document["text"] = text;
  return document;
}

int explain(const ExplainOptions& options) {
  const int32_t engine = parse_engine("--engine", options.engine);
  const std::string arch = parse_arch("--arch", options.arch, engine);
  const workbench::Problem problem = workbench::parse_problem(options.problem);
  const workbench::Context context = workbench::make_context(parse_threads("--threads", options.threads), "", arch);
  rapt_problem description = describe(problem);
  description.engine = engine;
  const std::string text = explain_text(context.get(), description);
  if (options.json) {
    fmt::print("{}\n", json_of(context.get(), workbench::print_problem(problem), description, text).dump(1));
  } else {
    fmt::print("{}", text);
  }
  return kDone;
}

}  // namespace

void add_explain(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("explain", "Which kernel a problem would get, and why not the others");
  const auto options = std::make_shared<ExplainOptions>();
  command->add_option("problem", options->problem, "a problem string, like f32:hq8,sq1024,d128:causal=br")->required();
  add_engine(*command, options->engine);
  add_arch(*command, options->arch);
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = explain(*options); });
}

}  // namespace rapt::cli
