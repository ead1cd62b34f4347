// The named problems that every benchmark runs: one list for the program and for bench, for processors and for GPUs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "workbench/case.h"
#include "workbench/problem.h"

namespace rapt::workbench {

struct Workload {
  std::string family;  // "prefill", "grouped", "decode", "short", "shapes", "ragged", "paged", "model", "tiny", "gpu_prefill", "gpu_decode"
  Problem problem;
};

// The families gpu_* are of a size for GPUs: seconds for a CPU.
bool for_gpus(const Workload& workload);

std::vector<Workload> workloads();
// Those of one family, or for "all" the whole list but for what is of a size for GPUs; a problem string gives itself. Throws
// std::invalid_argument with the names.
std::vector<Workload> workloads_called(const std::string& name);

// The same features at sizes that any engine finishes in milliseconds, each problem once.
std::vector<Workload> reduced(std::vector<Workload> list);

// At the lengths that the case really has, which `lens=random` makes shorter than those in the problem's text.
double flops_of(const Problem& problem, const Case& data);
double bytes_of(const Problem& problem, const Case& data);

}  // namespace rapt::workbench
