// What this machine can do at best, measured: the denominators of every share that a benchmark prints.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rapt::workbench {

// f32 FMA, best of short bursts on all threads at once within about `seconds`. `isa` as rapt_context_options.max_isa: none above it,
// empty: the best here. Throws std::invalid_argument for a name that is none. Where there is no FMA (sse4, scalar) a multiply and an add.
double fma_peak_gflops(int threads, const std::string& isa = "", double seconds = 0.1);
// The same of dot products of bf16; 0 where that instruction set has none.
double bf16_peak_gflops(int threads, const std::string& isa = "", double seconds = 0.1);

// Plain loads with the best vectors here, the bytes divided among the threads, four streams each.
double read_gbps(int threads, size_t bytes);                       // of a buffer of that many bytes in all, best of several passes
double read_seconds(const void* data, size_t bytes, int threads);  // one pass over these bytes, from the first to the last thread's end

std::string cpu_name();  // "AMD EPYC (family 26 model 2)", ...
std::string isa_name();  // "avx512_bf16", "avx2", ... what the best machine here uses

// Seconds of each trial, interleaved by the caller; best and 25th percentile of time are what is reported.
struct Trials {
  std::vector<double> seconds;
  double best() const;
  double p25() const;
};

}  // namespace rapt::workbench
