// rapt_host_cost: what planning and running cost when there is next to nothing to compute, in microseconds.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <stdexcept>
#include <thread>

#include "bench/call.h"
#include "bench/interleave.h"
#include "workbench/run.h"

namespace rapt::bench {
namespace {

void plan_once(rapt_context* context, const rapt_problem& problem) {
  rapt_plan* plan = nullptr;
  if (rapt_plan_create(context, &problem, &plan) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  rapt_plan_destroy(plan);
}

void measure(const std::string& text, int threads) {
  const workbench::Context context = workbench::make_context(threads);
  const workbench::Case data = workbench::make_case(workbench::parse_problem(text));
  const Call call(context.get(), data, RAPT_ENGINE_CPU);
  rapt_problem problem = data.problem;
  problem.engine = RAPT_ENGINE_CPU;
  std::vector<Contender> contenders = {{"plan", timed([&] { plan_once(context.get(), problem); }), {}},
                                       {"run", timed([&] { call.run(); }), {}}};
  interleave(contenders, 100, 0.5);
  const workbench::Trials &plan = contenders[0].trials, &run = contenders[1].trials;
  fmt::print("| `{}` | {} | {:.2f} ({:.2f}) | {:.2f} ({:.2f}) |\n", text, threads, plan.best() * 1e6, plan.p25() * 1e6, run.best() * 1e6,
             run.p25() * 1e6);
}

}  // namespace
}  // namespace rapt::bench

int main() {
  try {
    fmt::print("Microseconds, best and in brackets the 25th percentile of at least 100 trials; plan: created and destroyed.\n\n");
    fmt::print("| problem | threads | plan | run |\n|---|---|---|---|\n");
    const int all = static_cast<int>(std::thread::hardware_concurrency());
    for (const char* problem : {"f32:b1,hq1,sq1,d64", "f32:b1,hq1,sq1,d64:nolse", "bf16:b1,hq1,sq1,d64", "f32:b1,hq4,sq16,d64:causal=br"}) {
      rapt::bench::measure(problem, 1);
      if (all > 1) rapt::bench::measure(problem, all);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapt_host_cost: {}\n", error.what());
    return 2;
  }
}
