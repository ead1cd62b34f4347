// Remembers the best that a machine has shown: a disturbed measurement can only be too low.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/peaks.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>

#include "workbench/ceilings.h"

namespace rapt::bench {

Operands operands_of(const workbench::Problem& p) {
  const bool is_bf16 = p.q_type == RAPT_BF16 && p.k_type == RAPT_BF16 && p.v_type == RAPT_BF16 && p.o_type == RAPT_BF16;
  return is_bf16 ? Operands::bf16 : Operands::f32;
}

double peak_gflops(int threads, const std::string& isa, Operands operands) {
  struct Peak {
    double gflops = 0;
    std::chrono::steady_clock::time_point measured;
  };
  static std::map<std::tuple<int, std::string, Operands>, Peak> peaks;
  Peak& peak = peaks[{threads, isa, operands}];
  if (peak.gflops == 0 || std::chrono::steady_clock::now() - peak.measured > std::chrono::seconds(1)) {
    double now = operands == Operands::bf16 ? workbench::bf16_peak_gflops(threads, isa, 0.05) : 0;
    if (now == 0) now = workbench::fma_peak_gflops(threads, isa, 0.05);
    peak.gflops = std::max(peak.gflops, now);
    peak.measured = std::chrono::steady_clock::now();
  }
  return peak.gflops;
}

double read_bandwidth_gbps(int threads, size_t bytes) {
  static std::map<std::pair<int, size_t>, double> known;
  const size_t rounded = std::bit_ceil(std::max<size_t>(bytes, size_t{1} << 16));
  double& gbps = known[{threads, rounded}];
  return gbps > 0 ? gbps : gbps = workbench::read_gbps(threads, rounded);
}

}  // namespace rapt::bench
