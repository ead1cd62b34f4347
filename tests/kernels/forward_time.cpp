// Prints what forward cases cost on the emulated machine, row by row of the table: launches of 128 to 256 queries and keys, one head, race
// detector on, a third each under late, early and random landing. One core.   emulated_forward_time [launches, 1000 unless told]
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

constexpr int kRuns = 3;  // of a case, by run()

struct Timed {
  std::string row;
  double seconds;  // a launch
};

// The same shapes for every row, from a seed; every other one causal.
Timed time_row(const Heads& heads, const char* type, int launches) {
  std::mt19937 random(1);
  Timed timed{"", 0};
  int done = 0;
  for (; done < launches; done += kRuns) {
    const unsigned rows = 128 + random() % 129, keys = 128 + random() % 129;
    const auto data = workbench::make_case(
        workbench::parse_problem(heads.problem(type, fmt::format("b1,hq1,hkv1,sq{},sk{}", rows, keys), done % 2 ? "causal=br" : "")));
    const auto start = std::chrono::steady_clock::now();
    const auto outcome = run({heads.architecture}, data);
    timed.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!outcome.ok()) std::fputs((outcome.message + "\n").c_str(), stderr), std::exit(1);
    timed.row = outcome.kernel;
  }
  timed.seconds /= done;
  return timed;
}

}  // namespace
}  // namespace rapt::emulated

int main(int count, char** argument) {
  using namespace rapt::emulated;
  const int launches = count > 1 ? std::atoi(argument[1]) : 1000;
  double all = 0;
  int rows = 0;
  for (const Heads& heads : plain_heads()) rows += static_cast<int>(types(heads).size());
  const int of_each = (launches + rows - 1) / rows;
  for (const Heads& heads : plain_heads())
    for (const char* type : types(heads)) {
      const Timed timed = time_row(heads, type, of_each);
      fmt::print("{:28} {:6.1f} ms a launch, {:6.1f} launches/s\n", timed.row, 1e3 * timed.seconds, 1 / timed.seconds);
      all += timed.seconds / rows;
    }
  fmt::print("{} launches spread over {} rows: {:.0f} s\n", launches, rows, all * launches);
}
