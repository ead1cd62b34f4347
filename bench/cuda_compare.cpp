// rapt_compare_cuda: ours beside cuBLAS unfused and cuDNN fused on one GPU, in turns in one process, each call with a cold L2; prints a
// line a measurement and writes JSON. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/call.h"
#include "bench/cuda_peer.h"
#include "bench/interleave.h"
#include "bench/sampled_error.h"
#include "workbench/device.h"
#include "workbench/run.h"
#include "workbench/workloads.h"

namespace rapt::bench {
namespace {

using nlohmann::ordered_json;
using workbench::Case;
using workbench::Problem;

constexpr int kNoDevice = 3;  // exit code

struct Options {
  std::vector<std::string> names = {"gpu_prefill"};
  std::string json;
  int rounds = 20;
  double seconds = 0.2, budget = 1e9;
  bool reduced = false;
};

double median(std::vector<double> seconds) {
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<int64_t>(seconds.size() / 2), seconds.end());
  return seconds[seconds.size() / 2];
}

// Everything that is run on a problem: ours on its layout, peers on the same values in plain tensors.
struct Field {
  Case data, plain;
  workbench::Context context = workbench::make_context();
  std::unique_ptr<Call> ours;
  std::unique_ptr<DeviceTensors> tensors;
  std::vector<std::pair<std::string, std::unique_ptr<CudaPeer>>> peers;
  std::vector<Contender> contenders;
  ordered_json refused = ordered_json::array();
};

Problem plain_of(Problem problem) {
  problem.layout = Problem::Layout::bhsd;
  problem.ragged_q = false;
  problem.kv_layout = RAPT_KV_DENSE;
  problem.page_size = 0;
  return problem;
}

void add_peer(Field& field, const char* name, decltype(make_cublas)* make, ordered_json& versions) {
  std::string library;
  try {
    std::unique_ptr<CudaPeer> peer = make(*field.tensors, library);
    peer->run();
    workbench::require(cudaDeviceSynchronize(), name);
    versions[name] = library;
    CudaPeer* runs = peer.get();
    field.contenders.push_back({name, [runs] { return workbench::cold_seconds(1, [runs] { runs->run(); }); }, {}});
    field.peers.emplace_back(name, std::move(peer));
  } catch (const std::runtime_error& error) {
    field.refused.push_back({{"engine", name}, {"reason", error.what()}});
  }
}

Field field_of(const Problem& problem, ordered_json& versions) {
  Field field;
  field.data = workbench::make_case(problem);
  field.plain = plain_of(problem) == problem ? field.data : workbench::make_case(plain_of(problem));
  try {
    field.ours = std::make_unique<Call>(field.context.get(), field.data, RAPT_ENGINE_CUDA);
    field.ours->run();
    field.contenders.push_back({"cuda", [call = field.ours.get()] { return call->seconds(); }, {}});
  } catch (const std::runtime_error& error) {
    field.refused.push_back({{"engine", "cuda"}, {"reason", error.what()}});
  }
  const char* why_not = why_no_peer(field.plain.problem, field.plain.args);
  if (why_not == nullptr) {
    field.tensors = std::make_unique<DeviceTensors>(field.plain);
    add_peer(field, "cublas", make_cublas, versions);
    add_peer(field, "cudnn", make_cudnn, versions);
  } else {
    field.refused.push_back({{"engine", "cublas, cudnn"}, {"reason", why_not}});
  }
  return field;
}

double error_of(const Field& field, const std::string& name) {
  if (name == "cuda")
    return sampled_error_of_bound(field.context.get(), field.data, field.data.problem.o.type, rows_of(field.data, field.ours->o()));
  for (const auto& [peer, runs] : field.peers) {
    if (peer == name)
      return sampled_error_of_bound(field.context.get(), field.plain, field.plain.problem.o.type, rows_of(field.plain, runs->o()));
  }
  return -1;
}

// The keys of `rapt bench --json`, so that `rapt report` reads it, and the trials.
ordered_json row_of(const Field& field, const Problem& problem, const Contender& contender) {
  const double best = contender.trials.best(), flops = flops_of(problem, field.data), bytes = bytes_of(problem, field.data);
  const double product = workbench::device_product_gflops(problem.q_type);
  return {{"problem", workbench::print_problem(problem)},
          {"engine", contender.name},
          {"kernel", contender.name == "cuda" ? field.ours->kernel() : contender.name},
          {"best_s", best},
          {"p25_s", contender.trials.p25()},
          {"median_s", median(contender.trials.seconds)},
          {"trials", contender.trials.seconds.size()},
          {"gflops", flops / best * 1e-9},
          {"peak_share", product > 0 ? flops / best * 1e-9 / product : 0},
          {"gbps", bytes / best * 1e-9},
          {"bandwidth_share", bytes / best * 1e-9 / workbench::device_copy_gbps()},
          {"error_of_bound", error_of(field, contender.name)}};
}

void print_row(const ordered_json& row, double ours) {
  fmt::print("{:44} {:7} {:10.1f} us {:8.1f} TFLOP/s {:5.1f} % {:8.1f} GB/s {:5.1f} %  {:>6}  error {:.3f}\n",
             row["problem"].get<std::string>(), row["engine"].get<std::string>(), row["best_s"].get<double>() * 1e6,
             row["gflops"].get<double>() * 1e-3, 100 * row["peak_share"].get<double>(), row["gbps"].get<double>(),
             100 * row["bandwidth_share"].get<double>(), ours > 0 ? fmt::format("{:.2f}x", row["best_s"].get<double>() / ours) : "-",
             row["error_of_bound"].get<double>());
  std::fflush(stdout);
}

void compare(const Problem& problem, const Options& options, ordered_json& document) {
  Field field = field_of(problem, document["context"]["versions"]);
  interleave(field.contenders, options.rounds, options.seconds);
  double ours = 0;
  for (const Contender& contender : field.contenders) {
    document["results"].push_back(row_of(field, problem, contender));
    if (contender.name == "cuda") ours = contender.trials.best();
    print_row(document["results"].back(), ours);
  }
  for (ordered_json& refusal : field.refused) {
    fmt::print("{:44} {:7} {}\n", workbench::print_problem(problem), refusal["engine"].get<std::string>(),
               refusal["reason"].get<std::string>());
    refusal["problem"] = workbench::print_problem(problem);
    document["refused"].push_back(refusal);
  }
}

ordered_json context_of(const workbench::Device& device) {
  return {{"cpu", workbench::cpu_name()},
          {"isa", workbench::isa_name()},
          {"threads", rapt_context_threads(workbench::make_context().get())},
          {"fma_peak_gflops", 0},
          {"read_gbps", 0},
          {"gpu", device.name},
          {"driver", device.driver},
          {"copy_gbps", workbench::device_copy_gbps()},
          {"product_gflops", workbench::device_product_gflops(RAPT_BF16)},
          {"version", rapt_version()},
          {"commit", RAPT_BENCH_COMMIT},
          {"versions", ordered_json::object()}};
}

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app{"Ours beside cuBLAS (unfused) and cuDNN (fused) on this GPU: best of interleaved trials, each with a cold L2."};
  app.add_option("workloads", options.names, "gpu_prefill (default), gpu_decode, model, a model's name, ..., or problem strings");
  app.add_option("--json", options.json, "write the results here, after each problem");
  app.add_option("--rounds", options.rounds, "at least so many trials of each (default 20)");
  app.add_option("--seconds", options.seconds, "and more while this lasts (default 0.2)");
  app.add_option("--budget", options.budget, "begin no problem after so many seconds");
  app.add_flag("--reduced", options.reduced, "the same features at a small size");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::vector<workbench::Workload> list;
  for (const std::string& name : options.names) {
    for (workbench::Workload& workload : workbench::workloads_called(name)) list.push_back(std::move(workload));
  }
  if (options.reduced) list = reduced(std::move(list));
  const std::optional<workbench::Device> device = workbench::device_here();
  if (!device) return fmt::print(stderr, "rapt_compare_cuda: no device: {} problems were not measured\n", list.size()), kNoDevice;
  ordered_json document = {{"context", context_of(*device)}, {"results", ordered_json::array()}, {"refused", ordered_json::array()}};
  fmt::print("{}, CUDA {}; 16-bit product {:.1f} TFLOP/s, copy {:.1f} GB/s\n", device->name, device->driver,
             workbench::device_product_gflops(RAPT_BF16) * 1e-3, workbench::device_copy_gbps());
  const auto begin = std::chrono::steady_clock::now();
  for (const workbench::Workload& workload : list) {
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > options.budget) break;
    compare(workload.problem, options, document);
    if (!options.json.empty()) std::ofstream(options.json) << document.dump(1) << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace rapt::bench

int main(int argc, char** argv) {
  try {
    return rapt::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapt_compare_cuda: {}\n", error.what());
    return 2;
  }
}
