// One case, several planned engines, trials in turns.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench_measure.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/bench_judge.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "workbench/case.h"
#include "workbench/ceilings.h"
#include "workbench/device.h"
#include "workbench/placement.h"
#include "workbench/run.h"
#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

using workbench::Buffer;
using workbench::Case;

constexpr double kShortestTrial = 200e-6;  // seconds; shorter calls are repeated within a trial
constexpr size_t kFewestTrials = 3, kMostTrials = 20000;
constexpr double kJudgeBudget = 3e8;            // multiply-adds of the judge
constexpr size_t kFarBeyondCaches = 256 << 20;  // bytes
constexpr size_t kLargestRead = 1 << 30;
constexpr const char* kOnDevice = "cuda";  // the engine whose ceilings are a device's

struct PlanDeleter {
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};

// An engine that took the problem: its plan, its own outputs, its trials.
struct Runner {
  int32_t engine = 0;
  std::unique_ptr<rapt_plan, PlanDeleter> plan;
  workbench::Outcome outcome;
  Buffer workspace;
  std::unique_ptr<workbench::Placement> placement;
  int64_t calls_per_trial = 1;
  workbench::Trials trials;
  double spent = 0;

  double trial() { return placement->seconds(calls_per_trial); }
};

Buffer output(const rapt_tensor& tensor) {
  return tensor.type == RAPT_NONE ? Buffer() : Buffer(static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type));
}

// Plans and runs once, which warms up and gives the answer that is judged. A refusal leaves plan empty and its sentence in the outcome.
Runner make_runner(rapt_context* context, const Case& data, int32_t engine) {
  Runner runner;
  runner.engine = engine;
  rapt_problem problem = data.problem;
  problem.engine = engine;
  rapt_plan* plan = nullptr;
  if (rapt_plan_create(context, &problem, &plan) != RAPT_OK) {
    runner.outcome.message = rapt_last_error();
    return runner;
  }
  runner.plan.reset(plan);
  runner.outcome.kernel = rapt_plan_kernel(plan);
  runner.outcome.o = output(problem.o);
  runner.outcome.lse = output(problem.lse);
  runner.workspace = Buffer(rapt_plan_workspace(plan));
  runner.placement = workbench::place(plan, data, runner.outcome.o, runner.outcome.lse, runner.workspace);
  const double first = runner.trial();
  if (first < kShortestTrial) {
    const double second = std::max(runner.trial(), 1e-7);
    runner.calls_per_trial = static_cast<int64_t>(std::ceil(kShortestTrial / second));
  }
  runner.placement->bring_back(false);
  return runner;
}

void take_turns(std::vector<Runner>& runners, double seconds) {
  const auto unfinished = [&](const Runner& r) {
    return r.trials.seconds.size() < kFewestTrials || (r.spent < seconds && r.trials.seconds.size() < kMostTrials);
  };
  while (std::any_of(runners.begin(), runners.end(), unfinished)) {
    for (Runner& runner : runners) {
      if (!unfinished(runner)) continue;
      const double trial = runner.trial();
      runner.spent += trial;
      runner.trials.seconds.push_back(trial / static_cast<double>(runner.calls_per_trial));
    }
  }
}

Measurement measurement_of(rapt_context* context, const workbench::Problem& problem, const Case& data, const Runner& runner, bool judged) {
  Measurement m;
  m.problem = workbench::print_problem(problem);
  m.kernel = runner.outcome.kernel;
  m.engine = m.kernel.substr(0, m.kernel.find('/'));
  m.best_s = runner.trials.best();
  m.p25_s = runner.trials.p25();
  m.gflops = workbench::flops(problem) / m.best_s * 1e-9;
  m.gbps = workbench::unique_bytes(problem) / m.best_s * 1e-9;
  if (judged) {
    const JudgedRows rows = judge_rows(context, data, runner.outcome, runner.engine, kJudgeBudget);
    m.error_of_bound = rows.error_of_bound;
    m.judged_rows = rows.rows;
    m.rows = rows.rows_in_all;
  }
  return m;
}

void measure_peaks(const BenchSettings& settings, BenchResult& result) {
  result.fma_peak_gflops = std::max(result.fma_peak_gflops, workbench::fma_peak_gflops(result.threads, settings.isa));
  result.bf16_peak_gflops = std::max(result.bf16_peak_gflops, workbench::bf16_peak_gflops(result.threads, settings.isa));
}

bool is_bf16(const workbench::Problem& p) {
  return p.q_type == RAPT_BF16 && p.k_type == RAPT_BF16 && p.v_type == RAPT_BF16 && p.o_type == RAPT_BF16;
}

// Of the device, for an engine that runs there: what a matrix product and a copy do.
void measure_shares_on_device(const workbench::Problem& problem, BenchResult& result, Measurement& m) {
  if (result.gpu.empty()) {
    const auto device = workbench::device_here().value();
    result.gpu = device.name, result.driver = device.driver;
    result.copy_gbps = workbench::device_copy_gbps();
  }
  const double product = workbench::device_product_gflops(problem.q_type);
  result.product_gflops = std::max(result.product_gflops, product);
  m.peak_share = product > 0 ? m.gflops / product : 0;
  m.bandwidth_share = m.gbps / result.copy_gbps;
}

void measure_problem(rapt_context* context, const workbench::Problem& problem, const BenchSettings& settings, BenchResult& result) {
  const Case data = workbench::make_case(problem);
  std::vector<Runner> runners;
  for (int32_t engine : settings.engines) {
    Runner runner = make_runner(context, data, engine);
    if (runner.plan) {
      runners.push_back(std::move(runner));
    } else {
      result.refusals.push_back({data.name, engine_name(engine), runner.outcome.message});
    }
  }
  if (runners.empty()) return;
  measure_peaks(settings, result);
  take_turns(runners, settings.seconds);
  measure_peaks(settings, result);
  const size_t bytes = std::clamp<size_t>(static_cast<size_t>(workbench::unique_bytes(problem)), 4096, kLargestRead);
  const double read = workbench::read_gbps(result.threads, bytes);
  for (const Runner& runner : runners) {
    result.measurements.push_back(measurement_of(context, problem, data, runner, settings.judge));
    Measurement& m = result.measurements.back();
    m.bandwidth_share = m.gbps / read;
    if (m.engine == kOnDevice) measure_shares_on_device(problem, result, m);
  }
}

}  // namespace

BenchResult measure(const std::vector<workbench::Problem>& problems, const BenchSettings& settings) {
  const workbench::Context context = workbench::make_context(settings.threads, settings.isa);
  BenchResult result;
  result.cpu = workbench::cpu_name();
  result.isa = rapt_context_isa(context.get());
  result.threads = rapt_context_threads(context.get());
  result.read_gbps = workbench::read_gbps(result.threads, kFarBeyondCaches);
  Progress progress(problems.size());
  for (const workbench::Problem& problem : problems) {
    progress.begin(workbench::print_problem(problem));
    measure_problem(context.get(), problem, settings, result);
  }
  for (Measurement& m : result.measurements) {
    if (m.engine == kOnDevice) continue;
    const bool by_dot = result.bf16_peak_gflops > 0 && is_bf16(workbench::parse_problem(m.problem));
    m.peak_share = m.gflops / (by_dot ? result.bf16_peak_gflops : result.fma_peak_gflops);
  }
  return result;
}

}  // namespace rapt::cli
