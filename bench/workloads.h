// The named problems that every benchmark here runs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "workbench/case.h"
#include "workbench/problem.h"

namespace rapt::bench {

struct Workload {
  std::string family;  // "prefill", "grouped", "decode", "short", "shapes", "ragged", "paged", "model", "tiny"
  workbench::Problem problem;
};

std::vector<Workload> workloads();
// Those of one family, or the whole list for "all"; a problem string gives itself. Throws std::invalid_argument with the names.
std::vector<Workload> workloads_called(const std::string& name);

// The same features at sizes that any engine finishes in milliseconds, each problem once.
std::vector<Workload> reduced(std::vector<Workload> list);

// At the lengths that the case really has, which `lens=random` makes shorter than those in the problem's text.
double flops_of(const workbench::Problem& problem, const workbench::Case& data);
double bytes_of(const workbench::Problem& problem, const workbench::Case& data);

}  // namespace rapt::bench
