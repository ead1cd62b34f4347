// The results of a benchmark as a table and as JSON.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/bench_measure.h"
#include "cli/build_facts.h"
#include "cli/options.h"

namespace rapt::cli {
namespace {

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.4g} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.4g} ms", seconds * 1e3);
  return fmt::format("{:.4g} s", seconds);
}

std::string error(const Measurement& m) {
  if (m.rows == 0) return "-";
  return fmt::format("{:.3f}{}", m.error_of_bound, m.judged_rows < m.rows ? "*" : " ");
}

}  // namespace

std::string print_table(const BenchResult& result) {
  std::string text =
      fmt::format("{}, {}, {} threads; in this run: FMA peak {:.1f} GFLOP/s, {}read from memory {:.1f} GB/s\n\n", result.cpu, result.isa,
                  result.threads, result.fma_peak_gflops,
                  result.bf16_peak_gflops > 0 ? fmt::format("of bf16 {:.1f}, ", result.bf16_peak_gflops) : "", result.read_gbps);
  if (!result.gpu.empty()) {
    text.pop_back();
    text += fmt::format("{}, CUDA {}; in this run: {}copy within its memory {:.1f} GB/s\n\n", result.gpu, result.driver,
                        result.product_gflops > 0 ? fmt::format("16-bit matrix product {:.1f} GFLOP/s, ", result.product_gflops) : "",
                        result.copy_gbps);
  }
  size_t problem_width = 7, kernel_width = 6;
  bool sampled = false;
  for (const Measurement& m : result.measurements) {
    problem_width = std::max(problem_width, m.problem.size());
    kernel_width = std::max(kernel_width, m.kernel.size());
    sampled |= m.judged_rows < m.rows;
  }
  if (!result.measurements.empty()) {
    text += fmt::format("{:{}}  {:{}}  {:>10}  {:>10}  {:>8}  {:>7}  {:>7}  {:>7}  {:>7}\n", "problem", problem_width, "kernel",
                        kernel_width, "best", "p25", "GFLOP/s", "of peak", "GB/s", "of read", "error");
  }
  for (const Measurement& m : result.measurements) {
    text += fmt::format("{:{}}  {:{}}  {:>10}  {:>10}  {:8.1f}  {:6.1f}%  {:7.2f}  {:6.1f}%  {:>8}\n", m.problem, problem_width, m.kernel,
                        kernel_width, duration(m.best_s), duration(m.p25_s), m.gflops, 100 * m.peak_share, m.gbps, 100 * m.bandwidth_share,
                        error(m));
  }
  if (!result.measurements.empty()) {
    text +=
        "\nbest, p25: time of one call, inputs as warm as calls in a row leave them; GFLOP/s and GB/s follow from best and count visible\n"
        "pairs and each byte of q, k, v, o once; of read: beside a plain read of as many bytes; error: worst error over its bound\n";
  }
  if (!result.gpu.empty()) {
    text +=
        "cuda: by the device's clock, nothing of the problem in L2 when a call begins; shares are those of its matrix product and copy\n";
  }
  if (sampled) text += "* of rows from the corners of the problem, which is too large to judge whole\n";
  return text;
}

nlohmann::ordered_json json_of(const BenchResult& result) {
  nlohmann::ordered_json document;
  document["context"] = {{"cpu", result.cpu},
                         {"isa", result.isa},
                         {"threads", result.threads},
                         {"fma_peak_gflops", result.fma_peak_gflops},
                         {"bf16_peak_gflops", result.bf16_peak_gflops},
                         {"read_gbps", result.read_gbps},
                         {"gpu", result.gpu.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(result.gpu)},
                         {"driver", result.gpu.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(result.driver)},
                         {"copy_gbps", result.copy_gbps},
                         {"product_gflops", result.product_gflops},
                         {"version", rapt_version()},
                         {"commit", build::kCommit}};
  document["results"] = nlohmann::ordered_json::array();
  for (const Measurement& m : result.measurements) {
    nlohmann::ordered_json row = {{"problem", m.problem},       {"engine", m.engine}, {"kernel", m.kernel},
                                  {"best_s", m.best_s},         {"p25_s", m.p25_s},   {"gflops", m.gflops},
                                  {"peak_share", m.peak_share}, {"gbps", m.gbps},     {"bandwidth_share", m.bandwidth_share},
                                  {"error_of_bound", nullptr}};
    if (m.rows > 0) row["error_of_bound"] = m.error_of_bound;
    document["results"].push_back(row);
  }
  if (!result.refusals.empty()) {
    document["refused"] = nlohmann::ordered_json::array();
    for (const Refusal& r : result.refusals)
      document["refused"].push_back({{"problem", r.problem}, {"engine", r.engine}, {"reason", r.sentence}});
  }
  return document;
}

int exit_code_of(const BenchResult& result) {
  for (const Measurement& m : result.measurements) {
    if (m.error_of_bound <= 1) continue;
    fmt::print(stderr, "rapt: {} is {:.3g} times its bound from the exact answer on {}\n", m.kernel, m.error_of_bound, m.problem);
    return kValidationFailed;
  }
  for (const Refusal& r : result.refusals) fmt::print(stderr, "rapt: {}: refused by engine {}: {}\n", r.problem, r.engine, r.sentence);
  return result.refusals.empty() ? kDone : kBadInput;
}

}  // namespace rapt::cli
