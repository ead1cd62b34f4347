// librapt_ceilings: the workbench's measurements of the machine behind a C ABI, for the comparison with peers, which runs in Python.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/ceilings.h"

namespace workbench = rapt::workbench;

// isa: "" or NULL for the best here. A negative answer: no instruction set is called that.
template <class Measure>
static double measured(const char* isa, const Measure& measure) {
  try {
    return measure(isa == nullptr ? "" : isa);
  } catch (const std::exception&) {
    return -1;
  }
}

extern "C" {

double rapt_fma_peak_gflops(int threads, const char* isa, double seconds) {
  return measured(isa, [&](const char* name) { return workbench::fma_peak_gflops(threads, name, seconds); });
}

// Of dot products of bf16; 0 where that instruction set has none.
double rapt_bf16_peak_gflops(int threads, const char* isa, double seconds) {
  return measured(isa, [&](const char* name) { return workbench::bf16_peak_gflops(threads, name, seconds); });
}

double rapt_read_seconds(const void* data, size_t bytes, int threads) { return workbench::read_seconds(data, bytes, threads); }

const char* rapt_cpu_name() {
  static const std::string name = workbench::cpu_name();
  return name.c_str();
}

}  // extern "C"
