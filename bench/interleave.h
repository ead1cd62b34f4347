// Times contenders in turns, so that a disturbance of the machine meets them all.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workbench/ceilings.h"

namespace rapt::bench {

struct Contender {
  std::string name;
  std::function<double()> run;  // once; seconds that it took
  workbench::Trials trials;
};

// Wraps work that does not time itself; short work is repeated until a trial takes about a millisecond.
std::function<double()> timed(std::function<void()> work);

// One run each to warm up, then rounds in which each runs once and the first changes: at least `rounds`, more while `seconds` last.
void interleave(std::vector<Contender>& contenders, int rounds, double seconds);

}  // namespace rapt::bench
