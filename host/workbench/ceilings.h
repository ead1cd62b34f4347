// What this machine can do at best, measured: the denominators of every share that a benchmark prints.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace rapt::workbench {

double fma_peak_gflops(int threads, const std::string& isa = "");      // f32 FMA, best of short bursts on all threads at once, with that ISA's vectors (empty: the best)
double read_gbps(int threads, size_t bytes);   // plain read of that many bytes in all, best of several passes
std::string cpu_name();                  // "AMD EPYC ..."
std::string isa_name();                  // "avx512", "avx2", ... what the best machine here uses

// Seconds of each trial, interleaved by the caller; best and 25th percentile of time are what is reported.
struct Trials {
  std::vector<double> seconds;
  double best() const;
  double p25() const;
};

}  // namespace rapt::workbench
