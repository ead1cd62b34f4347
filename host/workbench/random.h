// Random numbers that are the same bits on every machine and compiler: integers and exact arithmetic only, no libm.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

namespace rapt::workbench {

// splitmix64 (Steele, Lea, Flood 2014). Draw once per statement: C++ leaves the order of draws within an expression open.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  int64_t below(int64_t count) { return static_cast<int64_t>(next() % static_cast<uint64_t>(count)); }  // 0 .. count - 1
  int64_t between(int64_t first, int64_t last) { return first + below(last - first + 1); }              // inclusive
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }                              // [0, 1)
  bool chance(double probability) { return uniform() < probability; }
  // Mean 0, variance 1, |x| <= 6: the sum of twelve uniform numbers. A multiple of 2^-32, so that small multiples and sums stay exact.
  double normal() {
    const uint64_t a = next(), b = next(), c = next();
    uint64_t sum = 6;
    for (const uint64_t word : {a, b, c}) sum += (word & 0xFFFF) + ((word >> 16) & 0xFFFF) + ((word >> 32) & 0xFFFF) + (word >> 48);
    const uint64_t low = ((a ^ (b << 21) ^ (c << 42)) >> 40) & 0xFFFF;  // fills the mantissa of an f32
    return static_cast<double>((sum << 16) + low) * 0x1p-32 - 6.0;
  }

 private:
  uint64_t state_;
};

// A seed of its own for each thing that is named by numbers: the same whatever order or layout things are drawn in.
inline uint64_t seed_of(std::initializer_list<uint64_t> name) {
  uint64_t h = 0x243F6A8885A308D3u;
  for (const uint64_t part : name) h = Random(h ^ part).next();
  return h;
}

}  // namespace rapt::workbench
