// The forward kernels as an engine on the emulated machine: the library's own selection and parameters, memory of the emulator's.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <compare>
#include <string>
#include <vector>

#include "attention/forward_params.h"
#include "emulated/rows.h"
#include "workbench/judge.h"

namespace rapt::emulated {

struct Machine {
  int architecture;           // 80 or 90
  int misalign = 0;           // elements by which q, k and v begin after a multiple of 16 bytes
  int multiprocessors = 1;    // of the device; more of them make splits
  emu::Options options = {};  // of the first run; the two that repeat it land and schedule otherwise
};

// What tests are instantiated with: the architectures and heads of the plain rows of the table that is linked in, or of those that take
// every feature; and the types that it has for one.
struct Heads {
  int architecture, head_dim, head_dim_v;
  bool f32;      // or both types of 16 bits
  bool softcap;  // rows that are for it alone
  bool whole;
  auto operator<=>(const Heads&) const = default;
  std::string text() const;  // "d192,dv128" as in a problem's shape
  // "TYPE:SHAPE:SEMANTICS:LAYOUT" with heads and softcap filled in. rest: "SEMANTICS:LAYOUT".
  std::string problem(const std::string& type, const std::string& shape, const std::string& rest) const;
};
std::vector<Heads> plain_heads();    // with those for softcap
std::vector<Heads> window_heads();   // of the plain rows, those that take windows
std::vector<Heads> packed_heads();   // that pack heads
std::vector<Heads> softcap_heads();  // of the plain rows, those for softcap
std::vector<Heads> whole_heads();
std::vector<Heads> first_and_last(const std::vector<Heads>& heads);
std::vector<const char*> types(const Heads& heads);
std::string heads_name(const testing::TestParamInfo<Heads>& info);

// The sentence of a refusal; or the name of the row, and how it divides the work.
struct Chosen {
  std::string row, why_not;
  kernels::Division division = {};
  size_t workspace = 0;  // bytes
};
Chosen choose(const Machine& machine, const rapt_problem& problem);

// Plans and runs three times under three landing policies and three schedules; whatever the emulator or the workbench finds, different
// bits included, is the outcome's message. `last`: the emulator's report of the third run.
workbench::Outcome run(const Machine& machine, const workbench::Case& data, emu::Report* last = nullptr);

// Plans and launches once on arguments that are device memory already, copies of nothing: "", or what was found.
std::string launch_on(const Machine& machine, const rapt_problem& problem, const rapt_args& args);

// Plans and runs as above, and every element within the bound of the judge's.
testing::AssertionResult agrees_with_the_judge(const Machine& machine, const workbench::Case& data);
testing::AssertionResult agrees_with_the_judge(const Machine& machine, const std::string& problem);

}  // namespace rapt::emulated
