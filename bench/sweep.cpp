// rapt_sweep: our own efficiency over the shapes of a workload, a JSON object a line, to be plotted and compared between builds.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/call.h"
#include "bench/interleave.h"
#include "bench/peaks.h"
#include "workbench/run.h"
#include "workbench/workloads.h"

namespace rapt::bench {
namespace {

using workbench::Workload;

struct Options {
  std::vector<std::string> names;
  std::vector<int> threads = {1};
  std::string isa;
  int rounds = 20;
  double seconds = 0.1;
};

// {"problem": ..., "threads": 1, "isa": "avx512", "ms": best, "ms_p25": ..., "gflops": of the kept pairs, "share": of the peak}
std::string measure(const Workload& workload, const workbench::Case& data, const Options& options, int threads) {
  const workbench::Context context = workbench::make_context(threads, options.isa);
  const Call call(context.get(), data, RAPT_ENGINE_CPU);
  std::vector<Contender> ours = {{"ours", timed([&call] { call.run(); }), {}}};
  const Operands operands = operands_of(workload.problem);
  peak_gflops(threads, options.isa, operands);
  interleave(ours, options.rounds, options.seconds);
  const double best = ours[0].trials.best(), gflops = flops_of(workload.problem, data) / best * 1e-9;
  return fmt::format(R"({{"problem": "{}", "threads": {}, "isa": "{}", "kernel": "{}", "ms": {:.5g}, "ms_p25": {:.5g}, )"
                     R"("gflops": {:.1f}, "share": {:.4f}}})",
                     workbench::print_problem(workload.problem), threads, rapt_context_isa(context.get()), call.kernel(), best * 1e3,
                     ours[0].trials.p25() * 1e3, gflops, gflops / peak_gflops(threads, options.isa, operands));
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{"Our efficiency over the shapes of workloads: a JSON object a line."};
  app.add_option("workloads", options.names, "shapes (default), prefill, short, ..., or problem strings");
  app.add_option("--threads", options.threads, "thread counts to run with, comma-separated (default: 1)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--isa", options.isa, "no instruction set above this: avx512_bf16, avx512, avx2, sse4, scalar, neon");
  app.add_option("--rounds", options.rounds, "at least so many trials of each (default 20)");
  app.add_option("--seconds", options.seconds, "and more while this lasts (default 0.1)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (options.names.empty()) options.names = {"shapes"};
  for (const std::string& name : options.names) {
    for (const Workload& workload : workbench::workloads_called(name)) {
      const workbench::Case data = workbench::make_case(workload.problem);
      for (const int threads : options.threads) {
        fmt::print("{}\n", measure(workload, data, options, threads));
        std::fflush(stdout);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace rapt::bench

int main(int argc, char** argv) {
  try {
    return rapt::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapt_sweep: {}\n", error.what());
    return 2;
  }
}
