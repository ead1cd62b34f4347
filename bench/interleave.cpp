// Rounds of trials, begun by each contender in turn.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/interleave.h"

#include <algorithm>
#include <chrono>

namespace rapt::bench {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

std::function<double()> timed(std::function<void()> work) {
  return [work = std::move(work), repeats = 0]() mutable {
    if (repeats == 0) {
      work();
      const double begin = now();
      work();
      repeats = std::clamp(static_cast<int>(1e-3 / std::max(now() - begin, 1e-9)), 1, 10000);
    }
    const double begin = now();
    for (int i = 0; i < repeats; ++i) work();
    return (now() - begin) / repeats;
  };
}

void interleave(std::vector<Contender>& contenders, int rounds, double seconds) {
  for (Contender& contender : contenders) contender.run();
  const double end = now() + seconds;
  for (int round = 0; round < rounds || now() < end; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      Contender& contender = contenders[(static_cast<size_t>(round) + i) % contenders.size()];
      contender.trials.seconds.push_back(contender.run());
    }
  }
}

}  // namespace rapt::bench
