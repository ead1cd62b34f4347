// `rapt validate`: every engine against the judge, on problem strings, on a suite, or on the user's tensors.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/validate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/input_case.h"
#include "cli/kernels.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/tally.h"
#include "cli/tensor_file.h"
#include "cli/user_output.h"
#include "workbench/judge.h"
#include "workbench/placement.h"
#include "workbench/suites.h"

namespace rapt::cli {
namespace {

struct ValidateOptions {
  std::vector<std::string> problems;
  InputOptions inputs;
  std::string suite, random, seed, seconds, engine, arch, threads, isa, o, lse;
  bool tiles = false, exact_memory = false, json = false, histogram = false;

  // Problems that the user wrote must be taken by an engine that the user named; of a list or a supply it may refuse some.
  bool by_hand() const { return suite.empty() && random.empty() && (!problems.empty() || inputs.any()); }
};

// Who is judged: an engine in a context of its own.
struct Contender {
  int32_t engine;
  bool refusal_is_fault;  // it was named by --engine, for problems written by hand
  workbench::Context context;
  Tally tally;
  bool broken = false;  // its device failed, and runs nothing any more
};

workbench::Context context_with(int threads, const std::string& isa, const std::string& arch) {
  try {
    return workbench::make_context(threads, isa, arch);
  } catch (const std::runtime_error& error) {
    if (isa.empty()) throw;
    throw BadInput(fmt::format("--isa: {}", error.what()));
  }
}

std::vector<Contender> contenders_of(const ValidateOptions& options) {
  const int threads = parse_threads("--threads", options.threads);
  const bool named = !options.engine.empty();
  std::vector<int32_t> engines = engines_here();
  if (named) engines = {parse_engine("--engine", options.engine)};
  const std::string arch = parse_arch("--arch", options.arch, named ? engines.front() : RAPT_ENGINE_AUTO);
  std::reverse(engines.begin(), engines.end());  // the reference first
  std::vector<Contender> contenders;
  for (const int32_t engine : engines) {
    const bool has_isa = engine == RAPT_ENGINE_CPU || engine == RAPT_ENGINE_AUTO;
    for (const std::string& isa : has_isa ? split(options.isa, ',') : std::vector<std::string>{""}) {
      Contender contender{engine, named && options.by_hand(), context_with(threads, isa, arch), {}};
      contender.tally.name = engine_name(engine);
      if (has_isa) contender.tally.name += std::string("/") + rapt_context_isa(contender.context.get());
      if (engine == RAPT_ENGINE_EMULATED) contender.tally.name += "/" + (arch.empty() ? "sm_90a" : arch);
      contenders.push_back(std::move(contender));
    }
  }
  return contenders;
}

// The engine's answer, or that its device failed at the work itself.
workbench::Outcome outcome_of(const workbench::Case& data, Contender& contender) {
  try {
    return workbench::run_engine(contender.context.get(), data, contender.engine);
  } catch (const std::runtime_error& failure) {
    contender.broken = true;
    workbench::Outcome outcome;
    outcome.status = RAPT_CUDA_ERROR;
    outcome.message = failure.what();
    return outcome;
  }
}

void hold_against(const workbench::Case& data, const workbench::Judgement& exact, Contender& contender) {
  if (contender.broken) return;
  const workbench::Outcome outcome = outcome_of(data, contender);
  if (outcome.status == RAPT_UNSUPPORTED || outcome.status == RAPT_NO_DEVICE) {
    const std::string refusal = refusal_of(contender.engine, outcome.message);
    if (outcome.status == RAPT_NO_DEVICE) throw BadInput(refusal);
    if (contender.refusal_is_fault) throw BadInput(fmt::format("{}: {}", data.name, refusal));
    contender.tally.add_refusal(data.name, refusal.substr(refusal.find(": ") + 2));
  } else if (outcome.ok()) {
    const workbench::Judgement own = workbench::judged_for(contender.context.get(), data, contender.engine, exact);
    contender.tally.add(data.name, workbench::compare(data, own, outcome), outcome.kernel);
  } else {
    workbench::Verdict verdict;
    verdict.pass = false;
    verdict.worst = std::numeric_limits<double>::infinity();
    verdict.message = fmt::format("{}: {}", data.name, outcome.message);
    contender.tally.add(data.name, verdict, outcome.kernel);
  }
}

int64_t at_least(int64_t least, const std::string& option, const std::string& text) {
  const int64_t number = parse_integer(option, text);
  if (number < least) throw BadInput(fmt::format("{}: {} is too few; give {} or more", option, number, least));
  return number;
}

std::vector<workbench::Problem> random_problems(const ValidateOptions& options) {
  const int64_t count = at_least(1, "--random", options.random);
  const auto first = static_cast<uint64_t>(options.seed.empty() ? 1 : at_least(0, "--seed", options.seed));
  std::vector<workbench::Problem> problems;
  for (uint64_t seed = first; seed < first + static_cast<uint64_t>(count); ++seed)
    problems.push_back(options.tiles ? workbench::random_tile_problem(seed) : workbench::random_problem(seed));
  return problems;
}

std::vector<workbench::Problem> problems_of(const ValidateOptions& options) {
  std::vector<workbench::Problem> problems;
  for (const std::string& text : options.problems) problems.push_back(workbench::parse_problem(text));
  if (!options.random.empty()) {
    for (workbench::Problem& problem : random_problems(options)) problems.push_back(std::move(problem));
  }
  if (!options.suite.empty() || problems.empty()) {
    const std::string name = options.suite.empty() ? "smoke" : options.suite;
    const std::vector<std::string> names = workbench::suite_names();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw BadInput(fmt::format("--suite: '{}' is no suite; choose {}", name, fmt::join(names, " or ")));
    }
    for (const workbench::Problem& problem : workbench::suite(name)) problems.push_back(problem);
  }
  return problems;
}

void validate_problems(const ValidateOptions& options, std::vector<Contender>& contenders) {
  const std::vector<workbench::Problem> problems = problems_of(options);
  const workbench::Context judge = workbench::make_context(parse_threads("--threads", options.threads));
  const double seconds = options.seconds.empty() ? std::numeric_limits<double>::infinity() : parse_finite("--seconds", options.seconds);
  const auto begin = std::chrono::steady_clock::now();
  Progress progress(problems.size());
  for (const workbench::Problem& problem : problems) {
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > seconds) break;
    progress.begin(workbench::print_problem(problem));
    const workbench::Case data = workbench::make_case(problem);
    const workbench::Judgement exact = workbench::judge(judge.get(), data);
    for (Contender& contender : contenders) hold_against(data, exact, contender);
  }
}

void validate_files(const ValidateOptions& options, std::vector<Contender>& contenders, std::vector<Tally>& tallies) {
  const InputCase input = load_case(options.inputs);
  const workbench::Context judge = workbench::make_context(parse_threads("--threads", options.threads));
  const workbench::Judgement exact = workbench::judge(judge.get(), input.data);
  if (!options.o.empty()) {
    Tally tally;
    tally.name = "--o " + options.o;
    tally.add(input.data.name, judge_files(options.o, options.lse, input, exact), "");
    tallies.push_back(std::move(tally));
  }
  for (Contender& contender : contenders) hold_against(input.data, exact, contender);
}

// Positional arguments are problem strings, or one file of tensors.
void sort_positionals(ValidateOptions& options) {
  const auto is_file = [](const std::string& text) { return is_safetensors(text); };
  const auto file = std::find_if(options.problems.begin(), options.problems.end(), is_file);
  if (file != options.problems.end()) {
    options.inputs.file = *file;
    options.problems.erase(file);
  }
  if (options.inputs.any() && (!options.problems.empty() || !options.suite.empty() || !options.random.empty())) {
    throw BadInput("--q, --k and --v go without problem strings, --suite and --random; validate one or the other");
  }
  if (options.random.empty() && (!options.seed.empty() || options.tiles))
    throw BadInput("--seed and --tiles say which problems --random draws; give --random COUNT too");
  if (options.o.empty() && !options.lse.empty()) throw BadInput("--lse goes with --o; give --o FILE too");
  if (!options.inputs.any() && !options.o.empty()) throw BadInput("--o needs the inputs that it came from; give --q, --k and --v");
}

int validate(ValidateOptions options) {
  sort_positionals(options);
  workbench::place_with_bands(!options.exact_memory);
  std::vector<Contender> contenders = contenders_of(options);
  std::vector<Tally> tallies;
  if (options.inputs.any()) {
    validate_files(options, contenders, tallies);
  } else {
    validate_problems(options, contenders);
  }
  for (Contender& contender : contenders) {
    const Tally& tally = contender.tally;
    if (!options.engine.empty() && tally.judged == 0 && tally.refused > 0)
      throw BadInput(fmt::format("{} takes none of the {} problems: {}", tally.name, tally.refused, tally.refusals.front().text()));
    tallies.push_back(std::move(contender.tally));
  }
  bool pass = true;
  for (const Tally& tally : tallies) {
    pass = pass && tally.failed == 0;
    if (options.json) continue;
    for (const std::string& failure : tally.failures) fmt::print("FAILED {}: {}\n", tally.name, failure);
  }
  if (options.json) {
    fmt::print("{}\n", json_of(tallies).dump(1));
  } else {
    fmt::print("{}{}\n", print_tallies(tallies, options.histogram), pass ? "passed" : "FAILED");
  }
  return pass ? kDone : kValidationFailed;
}

}  // namespace

void add_validate(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("validate", "How far each engine is from the exact answer, within the bound or not");
  const auto options = std::make_shared<ValidateOptions>();
  command->add_option(
      "problem", options->problems,
      "problem strings, like bf16:b2,hq8,hkv2,sq100,sk133,d64:causal=br, or a .safetensors of your tensors; none: --suite smoke");
  add_value(*command, "--suite", options->suite, "NAME", "tiny, smoke or full");
  add_value(*command, "--random", options->random, "COUNT", "so many seeded random problems of every kind");
  command->add_flag("--tiles", options->tiles, "draw them for kernels that work on tiles: compiled head sizes, lengths around tiles");
  add_value(*command, "--seed", options->seed, "N", "of the first of them (default 1); the next have the next");
  add_value(*command, "--seconds", options->seconds, "S", "begin no problem after so long");
  command->add_flag("--exact-memory", options->exact_memory,
                    "of engine cuda: no guard bands in the device's memory, for compute-sanitizer");
  add_engine(*command, options->engine);
  add_arch(*command, options->arch);
  add_threads(*command, options->threads);
  add_value(*command, "--isa", options->isa, "NAME,...", "of the cpu engine: scalar, sse4, avx2, avx512, avx512_bf16, neon");
  add_inputs(*command, options->inputs);
  add_value(*command, "--o", options->o, "FILE", "an output of your own for these tensors, to be judged too: .npy or .safetensors");
  add_value(*command, "--lse", options->lse, "FILE", "and its lse");
  command->add_flag("--histogram", options->histogram, "print how the errors are distributed");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace rapt::cli
