// rapt_compare: ours beside unfused attention on OpenBLAS, interleaved in one process; prints a Markdown row a workload.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include "bench/call.h"
#include "bench/interleave.h"
#include "bench/peaks.h"
#include "bench/sampled_error.h"
#include "bench/unfused.h"
#include "workbench/ceilings.h"
#include "workbench/run.h"
#include "workbench/workloads.h"

namespace rapt::bench {
namespace {

using workbench::Workload;

using workbench::Case;
using workbench::Trials;

struct Options {
  std::vector<std::string> names = {"prefill"};
  std::vector<int> threads;
  std::string isa;
  int rounds = 20;
  double seconds = 1;
  bool reduced = false;
};

constexpr size_t kWorthReading = 1 << 20;  // bytes: below it a read is over before all threads have begun

// A plain read of the same k and v.
double read_keys_and_values(const Case& data, int threads) {
  return workbench::read_seconds(data.k.data(), data.k.size(), threads) + workbench::read_seconds(data.v.data(), data.v.size(), threads);
}

std::string milliseconds(const Trials* trials) {
  return trials == nullptr ? "-" : fmt::format("{:.4g} ({:.4g})", trials->best() * 1e3, trials->p25() * 1e3);
}

const char* kHeader =
    "| problem | threads | ms | GFLOP/s | % of peak | GB/s | % of read | OpenBLAS whole, ms | blocks, ms | times faster | error/bound "
    "| "
    "OpenBLAS's |\n|---|---|---|---|---|---|---|---|---|---|---|---|";

struct Row {
  const Trials *ours = nullptr, *whole = nullptr, *blocks = nullptr, *read = nullptr;
  double flops, bytes, peak, error;
  double baseline_error = -1;  // none

  std::string print(const std::string& problem, int threads) const {
    const auto best_of_two = [this](double (Trials::*time)() const) {
      return std::min(whole != nullptr ? (whole->*time)() : HUGE_VAL, blocks != nullptr ? (blocks->*time)() : HUGE_VAL);
    };
    const double best = ours->best(), p25 = ours->p25();
    std::string faster = "-", of_read = "-", of_baseline = "-";
    if (whole != nullptr || blocks != nullptr) {
      faster = fmt::format("{:.2f} ({:.2f})", best_of_two(&Trials::best) / best, best_of_two(&Trials::p25) / p25);
    }
    if (read != nullptr) of_read = fmt::format("{:.0f} ({:.0f})", 100 * read->best() / best, 100 * read->p25() / p25);
    if (baseline_error >= 0) of_baseline = fmt::format("{:.3f}", baseline_error);
    return fmt::format("| `{}` | {} | {} | {:.1f} ({:.1f}) | {:.1f} ({:.1f}) | {:.1f} ({:.1f}) | {} | {} | {} | {} | {:.3f} | {} |",
                       problem, threads, milliseconds(ours), flops / best * 1e-9, flops / p25 * 1e-9, 100 * flops / best * 1e-9 / peak,
                       100 * flops / p25 * 1e-9 / peak, bytes / best * 1e-9, bytes / p25 * 1e-9, of_read, milliseconds(whole),
                       milliseconds(blocks), faster, error, of_baseline);
  }
};

void compare(const Workload& workload, const Case& data, const Options& options, int threads) {
  const std::string name = workbench::print_problem(workload.problem);
  const workbench::Context context = workbench::make_context(threads, options.isa);
  const Call call(context.get(), data, RAPT_ENGINE_CPU);
  const std::unique_ptr<Unfused> whole = make_unfused(data, threads, UnfusedShape::whole);
  const std::unique_ptr<Unfused> blocks = make_unfused(data, threads, UnfusedShape::blocks);

  std::vector<Contender> contenders = {{"ours", timed([&call] { call.run(); }), {}}};
  if (whole) contenders.push_back({"whole", timed([&whole] { whole->run(); }), {}});
  if (blocks) contenders.push_back({"blocks", timed([&blocks] { blocks->run(); }), {}});
  const bool decode = workload.problem.seqlen_q == 1 && data.k.size() + data.v.size() >= kWorthReading;
  if (decode) contenders.push_back({"read", [&] { return read_keys_and_values(data, threads); }, {}});
  const Operands operands = operands_of(workload.problem);
  peak_gflops(threads, options.isa, operands);
  interleave(contenders, options.rounds, options.seconds);

  Row row;
  row.flops = flops_of(workload.problem, data), row.bytes = bytes_of(workload.problem, data);
  row.peak = peak_gflops(threads, options.isa, operands);
  row.error = sampled_error_of_bound(context.get(), data, data.problem.o.type, rows_of(data, call.o()));
  for (const Unfused* unfused : {whole.get(), blocks.get()}) {
    if (unfused == nullptr) continue;
    const double error = sampled_error_of_bound(context.get(), data, RAPT_F32, unfused->rows());
    row.baseline_error = std::max(error, row.baseline_error);
  }
  for (const Contender& contender : contenders) {
    (contender.name == "ours"     ? row.ours
     : contender.name == "whole"  ? row.whole
     : contender.name == "blocks" ? row.blocks
                                  : row.read) = &contender.trials;
  }
  fmt::print("{}\n", row.print(name, threads));
  std::fflush(stdout);
}

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app{"Ours beside unfused attention on OpenBLAS: one Markdown row a workload, best time and in brackets the 25th percentile."};
  app.add_option("workloads", options.names,
                 "all, prefill, grouped, decode, short, ragged, paged, model, a model's name, or problem strings");
  app.add_option("--threads", options.threads, "thread counts to run with, comma-separated (default: 1 and all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--isa", options.isa, "no instruction set above this: avx512_bf16, avx512, avx2, sse4, scalar, neon");
  app.add_option("--rounds", options.rounds, "at least so many trials of each (default 20)");
  app.add_option("--seconds", options.seconds, "and more while this lasts (default 1)");
  app.add_flag("--reduced", options.reduced, "the same features at a small size");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  if (options.threads.empty()) {
    options.threads = {1};
    const int all = static_cast<int>(std::thread::hardware_concurrency());
    if (all > 1) options.threads.push_back(all);
  }
  return options;
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::vector<Workload> list;
  for (const std::string& name : options.names) {
    for (Workload& workload : workbench::workloads_called(name)) list.push_back(std::move(workload));
  }
  if (options.reduced) list = reduced(std::move(list));
  choose_blas_kernels(options.isa.empty() ? workbench::isa_name() : options.isa, argv);
  fmt::print("CPU: {}. Rapt {} ({}), {}. Peer: {}.\n", workbench::cpu_name(), rapt_version(), RAPT_BENCH_COMMIT,
             rapt_context_isa(workbench::make_context(1, options.isa).get()), unfused_library());
  for (const int threads : options.threads) {
    fmt::print("{} thread{}: peak of f32 {:.1f} GFLOP/s, of bf16 {:.1f}, read of 256 MiB {:.1f} GB/s.\n", threads, threads == 1 ? "" : "s",
               peak_gflops(threads, options.isa, Operands::f32), peak_gflops(threads, options.isa, Operands::bf16),
               workbench::read_gbps(threads, size_t{256} << 20));
  }
  fmt::print("\n{}\n", kHeader);
  for (const Workload& workload : list) {
    const Case data = workbench::make_case(workload.problem);
    for (const int threads : options.threads) {
      try {
        compare(workload, data, options, threads);
      } catch (const std::exception& error) {
        fmt::print("| `{}` | {} | {} |\n", workbench::print_problem(workload.problem), threads, error.what());
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
    fmt::print(stderr, "rapt_compare: {}\n", error.what());
    return 2;
  }
}
