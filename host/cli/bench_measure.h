// Times engines on a problem, in turns, with the machine's ceilings and the error measured beside them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workbench/problem.h"

namespace rapt::cli {

struct Measurement {
  std::string problem, engine, kernel;
  double best_s = 0, p25_s = 0;  // of one call, over all trials
  double gflops = 0, gbps = 0;   // flops and unique bytes of the problem in best_s
  double peak_share = 0;         // gflops over the peak of its type; 0: not known
  double bandwidth_share = 0;    // gbps over a plain read of as many bytes; of cuda over a copy in the device's memory
  double error_of_bound = 0;     // worst error over the bound, of the judged rows
  int64_t judged_rows = 0, rows = 0;
};

struct Refusal {
  std::string problem, engine, sentence;
};

struct BenchSettings {
  std::vector<int32_t> engines;  // RAPT_ENGINE_*; with several, their trials alternate
  int threads = 0;               // 0: the default
  std::string isa;               // the best machine to use; empty: the best there is
  double seconds = 1;            // of trials per problem and engine, at least three
  bool judge = true;
};

struct BenchResult {
  std::string cpu, isa;
  int threads = 0;
  double fma_peak_gflops = 0;   // the best seen in this run
  double bf16_peak_gflops = 0;  // of dot products of bf16, for problems that are bf16 throughout; 0 where there are none
  double read_gbps = 0;         // of memory, far beyond the caches
  std::string gpu, driver;      // where the cuda engine was measured; and what bounds it there:
  double copy_gbps = 0;         // within the device's memory, bytes read and written
  double product_gflops = 0;    // of 16-bit matrices, by cuBLAS; 0: no cuBLAS here
  std::vector<Measurement> measurements;
  std::vector<Refusal> refusals;
};

// Says on stderr which problem is being measured if that is a terminal. Throws what making a context or a case throws.
BenchResult measure(const std::vector<workbench::Problem>& problems, const BenchSettings& settings);

std::string print_table(const BenchResult& result);
nlohmann::ordered_json json_of(const BenchResult& result);

// kValidationFailed if an answer was beyond its bound, kBadInput if an engine refused a problem, each with a line on stderr.
int exit_code_of(const BenchResult& result);

}  // namespace rapt::cli
