// Every engine on every machine that can run here, as gtest parameters, and the fixture that holds one of them against the judge.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <rapt/rapt.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/sanitized.h"
#include "workbench/judge.h"

namespace rapt::conformance {

struct Machine {
  int32_t engine;    // RAPT_ENGINE_*
  std::string isa;   // max_isa of its context; empty: the best
  std::string name;  // "CpuAvx2", "Reference"
};

// From the table of compiled kernels: the rows that can run here, best first.
std::vector<Machine> machines();         // with the reference engine, which must pass its own judgement in f32
std::vector<Machine> engine_machines();  // without it
std::string machine_name(const testing::TestParamInfo<Machine>& info);
std::ostream& operator<<(std::ostream& stream, const Machine& machine);

// Made once per process and shared, as an engine builder would.
rapt_context* context_of(const Machine& machine, int threads);
rapt_context* judging_context();

// A case and its exact answer. `judged` keeps the latest problems, so that each is judged once for all machines.
struct Judged {
  workbench::Case data;
  workbench::Judgement exact;
};
std::shared_ptr<const Judged> judged(const std::string& problem);

// Runs under suspicion; anything but a clean RAPT_OK fails the test.
workbench::Outcome run_on(const Machine& machine, const workbench::Case& data, int threads);
// Runs under suspicion and compares with the judge.
void expect_judged_on(const Machine& machine, const Judged& answer, int threads);

class Conformance : public testing::TestWithParam<Machine> {
 protected:
  static constexpr int kThreads = 2;
  rapt_context* context(int threads = kThreads) const { return context_of(GetParam(), threads); }
  workbench::Outcome run(const workbench::Case& data, int threads = kThreads) const { return run_on(GetParam(), data, threads); }
  void expect_judged(const workbench::Case& data, int threads = kThreads) const;
  void expect_judged(const std::string& problem, int threads = kThreads) const { expect_judged_on(GetParam(), *judged(problem), threads); }
  // Plans with this machine's engine: the status, and the sentence if it was refused.
  rapt_status plan_status(const workbench::Case& data, std::string* sentence = nullptr) const;
};

}  // namespace rapt::conformance
