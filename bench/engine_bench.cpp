// rapt_bench: every engine on every workload that it can finish, with Google Benchmark. Own flags: --threads=N, --engine=NAME,
// --reduced.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>

#include "bench/call.h"
#include "bench/peaks.h"
#include "bench/sampled_error.h"
#include "bench/unfused.h"
#include "workbench/ceilings.h"
#include "workbench/device.h"
#include "workbench/run.h"
#include "workbench/workloads.h"

namespace rapt::bench {

constexpr int kNoDevice = 3;  // exit code

namespace {

using workbench::Workload;

using workbench::Case;
using workbench::Context;

struct Options {
  int threads = 0;
  bool reduced = false;
  std::string engine;  // only what is called so: "cuda", "cpu_avx2", ...; empty: all
};

// Something that computes attention: an engine at one instruction set, or a shape of the baseline.
struct Runner {
  std::string name;  // "cpu_avx512_bf16", "reference", "openblas_whole"
  std::string isa;
  int32_t engine = RAPT_ENGINE_AUTO;
  std::optional<UnfusedShape> unfused;
  double usual_gflops = 0;  // of a slow one, roughly: it is spared what would take it more than seconds. 0: takes everything

  bool on_device() const { return engine == RAPT_ENGINE_CUDA; }
};

// What is prepared for a benchmark before its clock starts. Google Benchmark calls a function several times; the last one is kept.
struct Prepared {
  std::string key;
  Case data;
  Context context;
  std::unique_ptr<Call> call;
  std::unique_ptr<Unfused> unfused;
  double flops = 0, bytes = 0, peak = 0, read = 0, error = 0;

  void run() { call ? call->run() : unfused->run(); }
  // One run; a device measures its own.
  double seconds() {
    if (call) return call->seconds();
    const auto begin = std::chrono::steady_clock::now();
    unfused->run();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
};

// What bounds the runner: of its processor, or of the device.
void measure_ceilings(const Runner& runner, const Workload& workload, int threads, Prepared& p) {
  if (runner.on_device()) {
    p.peak = workbench::device_product_gflops(workload.problem.q_type);
    p.read = workbench::device_copy_gbps();
  } else {
    p.peak = peak_gflops(threads, runner.isa, operands_of(workload.problem));
    p.read = read_bandwidth_gbps(threads, static_cast<size_t>(p.bytes));
  }
}

std::unique_ptr<Prepared> prepare(const Runner& runner, const Workload& workload, int threads, const std::string& key) {
  auto prepared = std::make_unique<Prepared>();
  Prepared& p = *prepared;
  p.key = key;
  p.data = workbench::make_case(workload.problem);
  p.context = workbench::make_context(threads, runner.isa);
  if (runner.unfused) {
    p.unfused = make_unfused(p.data, threads, *runner.unfused);
  } else {
    p.call = std::make_unique<Call>(p.context.get(), p.data, runner.engine);
  }
  p.run();
  p.flops = flops_of(workload.problem, p.data);
  p.bytes = bytes_of(workload.problem, p.data);
  measure_ceilings(runner, workload, threads, p);
  const FetchRow rows = p.call ? rows_of(p.data, p.call->o()) : p.unfused->rows();
  p.error = sampled_error_of_bound(p.context.get(), p.data, p.call ? p.data.problem.o.type : RAPT_F32, rows);
  return prepared;
}

void report(benchmark::State& state, const Prepared& p, const workbench::Trials& trials) {
  const double best = trials.best(), p25 = trials.p25();
  state.counters["GFLOP/s"] = p.flops / best * 1e-9;
  state.counters["GFLOP/s_p25"] = p.flops / p25 * 1e-9;
  state.counters["peak_pct"] = p.peak > 0 ? 100 * p.flops / best * 1e-9 / p.peak : 0;
  state.counters["GB/s"] = p.bytes / best * 1e-9;
  state.counters["bandwidth_pct"] = 100 * p.bytes / best * 1e-9 / p.read;
  state.counters["error_of_bound"] = p.error;
}

void run_benchmark(benchmark::State& state, const Runner& runner, const Workload& workload, int threads) {
  static std::unique_ptr<Prepared> prepared;
  const std::string key = runner.name + workbench::print_problem(workload.problem);
  try {
    if (prepared == nullptr || prepared->key != key) {
      prepared.reset();
      prepared = prepare(runner, workload, threads, key);
    }
    workbench::Trials trials;
    for (auto _ : state) {
      trials.seconds.push_back(prepared->seconds());
      state.SetIterationTime(trials.seconds.back());
    }
    report(state, *prepared, trials);
    if (prepared->call) state.SetLabel(prepared->call->kernel());
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

std::vector<Runner> runners() {
  std::vector<Runner> list;
  const std::map<std::string, double> usual_gflops = {{"sse4", 25}, {"scalar", 5}};
  rapt_variant variant{};
  variant.struct_size = sizeof variant;
  for (int32_t row = 0; rapt_variant_at(row, &variant) == 1; ++row) {
    if (std::strcmp(variant.engine, "cpu") != 0 || *variant.unavailable != '\0') continue;
    const auto usual = usual_gflops.find(variant.name);
    list.push_back(
        {fmt::format("cpu_{}", variant.name), variant.name, RAPT_ENGINE_CPU, {}, usual == usual_gflops.end() ? 0 : usual->second});
  }
  if (workbench::device_here()) list.push_back({"cuda", "", RAPT_ENGINE_CUDA, {}, 0});
  list.push_back({"reference", "", RAPT_ENGINE_REFERENCE, {}, 0.3});
  if (unfused_available()) {
    list.push_back({"openblas_whole", "", 0, UnfusedShape::whole, 0});
    list.push_back({"openblas_blocks", "", 0, UnfusedShape::blocks, 0});
  }
  return list;
}

bool takes(const Runner& runner, const Workload& workload, bool any_size) {
  const workbench::Problem& problem = workload.problem;
  if (!runner.on_device() && for_gpus(workload) && !any_size) return false;
  if (runner.unfused) return unfused_takes(problem);
  return runner.usual_gflops == 0 || workbench::flops(problem) * 1e-9 / runner.usual_gflops < 2;
}

void register_all(const Options& options) {
  const std::vector<Runner> all_runners = runners();
  for (const Workload& workload : options.reduced ? reduced(workbench::workloads()) : workbench::workloads()) {
    for (const Runner& runner : all_runners) {
      if (!options.engine.empty() && options.engine != runner.name) continue;
      if (!takes(runner, workload, options.reduced)) continue;
      const std::string name = fmt::format("forward/{}/{}", runner.name, workbench::print_problem(workload.problem));
      benchmark::RegisterBenchmark(name.c_str(), run_benchmark, runner, workload, options.threads)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

void describe(const Options& options) {
  const auto gflops = [&](Operands operands) { return fmt::format("{:.1f}", peak_gflops(options.threads, "", operands)); };
  benchmark::AddCustomContext("cpu", workbench::cpu_name());
  benchmark::AddCustomContext("isa", workbench::isa_name());
  benchmark::AddCustomContext("threads", fmt::format("{}", options.threads));
  benchmark::AddCustomContext("fma_peak_gflops", gflops(Operands::f32));
  benchmark::AddCustomContext("bf16_peak_gflops", gflops(Operands::bf16));
  benchmark::AddCustomContext("read_gbps", fmt::format("{:.1f}", workbench::read_gbps(options.threads, size_t{256} << 20)));
  if (const auto device = workbench::device_here()) {
    benchmark::AddCustomContext("gpu", device->name);
    benchmark::AddCustomContext("cuda_driver", device->driver);
    benchmark::AddCustomContext("gpu_copy_gbps", fmt::format("{:.1f}", workbench::device_copy_gbps()));
    benchmark::AddCustomContext("gpu_bf16_product_gflops", fmt::format("{:.1f}", workbench::device_product_gflops(RAPT_BF16)));
  }
  benchmark::AddCustomContext("version", rapt_version());
  benchmark::AddCustomContext("commit", RAPT_BENCH_COMMIT);
  benchmark::AddCustomContext("peer", unfused_library());
}

// Takes our own flags out of argv before Google Benchmark reads the rest.
Options take_own_flags(int& argc, char** argv) {
  Options options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--reduced") {
      options.reduced = true;
    } else if (flag.rfind("--engine=", 0) == 0) {
      options.engine = flag.substr(std::strlen("--engine="));
    } else if (flag.rfind("--threads=", 0) == 0) {
      options.threads = std::stoi(flag.substr(std::strlen("--threads=")));
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  argv[argc] = nullptr;
  options.threads = rapt_context_threads(workbench::make_context(options.threads).get());
  return options;
}

}  // namespace
}  // namespace rapt::bench

int main(int argc, char** argv) {
  using namespace rapt::bench;
  try {
    choose_blas_kernels(rapt::workbench::isa_name(), argv);
    const Options options = take_own_flags(argc, argv);
    if (options.engine == "cuda" && !rapt::workbench::device_here()) return fmt::print(stderr, "rapt_bench: no device\n"), kNoDevice;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    register_all(options);
    describe(options);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapt_bench: {}\n", error.what());
    return 2;
  }
}
