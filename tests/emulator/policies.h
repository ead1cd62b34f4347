// Every way a launch can be scheduled, for tests: landings, orders, ten seeds.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tests/emulator/options.h"

namespace emu {

inline std::string name(const Options& o) {
  static const char* const landings[] = {"eager", "lazy", "random"};
  static const char* const orders[] = {"fifo", "random", "skewed"};
  return std::string(landings[int(o.landing)]) + " " + orders[int(o.order)] + " seed " + std::to_string(o.seed);
}

// Landings times orders; the orders and landings that chance plays a part in with ten seeds.
inline std::vector<Options> all_policies(unsigned seeds = 10) {
  std::vector<Options> all;
  for (const Landing landing : {Landing::eager, Landing::lazy, Landing::random})
    for (const Order order : {Order::fifo, Order::random, Order::skewed})
      for (unsigned seed = 0; seed < seeds; ++seed) {
        if (seed && landing != Landing::random && order == Order::fifo) break;
        Options o;
        o.landing = landing;
        o.order = order;
        o.seed = seed;
        all.push_back(o);
      }
  return all;
}

// Plain loads and stores of kernels are hooked in all builds but the sanitizers' own.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kPlainAccessesSeen = true;  // g++
#elif defined(__has_feature)
inline constexpr bool kPlainAccessesSeen = __has_feature(thread_sanitizer);  // clang
#else
inline constexpr bool kPlainAccessesSeen = false;
#endif

}  // namespace emu
