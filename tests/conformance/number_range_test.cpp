// Numbers from one end of a type's range to the other, in what a row may see and in what it may not.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class NumberRange : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, NumberRange, testing::ValuesIn(engine_machines()), machine_name);

// More rows than are read in place, more keys than a block, an odd head_dim and an even one.
const char* const kShapes[] = {"b1,hq2,hkv1,sq40,sk300,d64:causal=br", "b1,hq2,sq21,sk277,d35,dv19:win=90:-1"};

// Every element of a tensor times 2^(exponent of its key or row, and column).
using Exponent = std::function<int(int64_t, int64_t)>;
void shift(const rapt_tensor& tensor, Buffer& buffer, const Exponent& exponent) {
  fill(tensor, buffer,
       [&](int64_t b, int64_t h, int64_t j, int64_t d) { return std::ldexp(at(tensor, buffer, b, h, j, d), exponent(j, d)); });
}
Exponent all(int exponent) {
  return [=](auto, auto) { return exponent; };
}

TEST_P(NumberRange, QueriesAndKeysFarApart) {
  for (const char* type : {"bf16", "f32"}) {
    for (const char* shape : kShapes) {
      for (const int exponent : {-130, -126, -100, -64, 64, 100, 123}) {
        for (const bool in_queries : {true, false}) {
          Case data = case_of(fmt::format("{}:{}", type, shape));
          shift(data.problem.q, data.q, all(in_queries ? exponent : -exponent));
          shift(data.problem.k, data.k, all(in_queries ? -exponent : exponent));
          data.name += fmt::format(" q, k by 2^+-{}", exponent);
          expect_judged(data);
        }
      }
    }
  }
}

TEST_P(NumberRange, AFewKeysAndColumnsAtTheEnds) {
  for (const char* type : {"bf16", "f32"}) {
    for (const char* shape : kShapes) {
      for (const int exponent : {-130, 123}) {
        Case data = case_of(fmt::format("{}:{}", type, shape));
        shift(data.problem.k, data.k, [=](int64_t j, int64_t d) { return j % 37 == 3 && d % 5 == 0 ? exponent : 0; });
        shift(data.problem.q, data.q, [=](auto, int64_t d) { return d % 5 == 0 ? -exponent : 0; });
        data.name += fmt::format(" keys by 2^{} here and there", exponent);
        expect_judged(data);
      }
    }
  }
}

TEST_P(NumberRange, ValuesOfEverySize) {
  for (const char* type : {"bf16", "f32"}) {
    for (const char* shape : kShapes) {
      for (const int exponent : {-133, -130, -126, -100, -60, -48, -47, 47, 48, 60, 100, 123}) {
        Case data = case_of(fmt::format("{}:{}", type, shape));
        shift(data.problem.v, data.v, all(exponent));
        data.name += fmt::format(" v by 2^{}", exponent);
        expect_judged(data);
      }
      Case mixed = case_of(fmt::format("{}:{}", type, shape));
      shift(mixed.problem.v, mixed.v, [](int64_t j, int64_t d) { return static_cast<int>((j * 13 + d * 7) % 250) - 130; });
      expect_judged(mixed);
    }
  }
}

// A column of V with one key that is not 0: its o is a weight, down to the smallest.
TEST_P(NumberRange, SmallWeightsOfSmallValuesAreNotLost) {
  for (const char* type : {"bf16", "f32"}) {
    for (const int exponent : {0, -30, -48, -100}) {
      Case data = case_of(fmt::format("{}:b1,hq2,hkv1,sq40,sk128,d64,dv128:scale=1", type));
      fill(data.problem.q, data.q, [](auto...) { return 1.0; });
      fill_k(data, [](auto, auto, int64_t j, int64_t d) { return d == 0 ? -0.6875 * static_cast<double>(j) : 0.0; });
      fill_v(data, [=](auto, auto, int64_t j, int64_t d) { return j == d ? std::ldexp(1, exponent) : 0.0; });
      data.name += fmt::format(" one key a column, 2^{}", exponent);
      expect_judged(data);
    }
  }
}

TEST_P(NumberRange, GreatScalesOfTinyProducts) {
  for (const char* type : {"bf16", "f32"}) {
    for (const int exponent : {20, 50, 60}) {
      Case data = case_of(fmt::format("{}:b1,hq2,hkv1,sq40,sk128,d64:scale={}", type, std::ldexp(0.125, 2 * exponent)));
      shift(data.problem.q, data.q, all(-exponent));
      shift(data.problem.k, data.k, all(-exponent));
      data.name += fmt::format(" q, k by 2^-{}", exponent);
      expect_judged(data);
    }
  }
}

TEST_P(NumberRange, WhatIsHiddenChangesNoBitHoweverLargeOrSmall) {
  for (const char* type : {"bf16", "f16", "f32"}) {
    Case data = case_of(fmt::format("{}:b1,hq2,sq70,sk300,d32:mask=11qk", type));
    const auto seen = [](int64_t j) { return j % 3 != 1 && j < 260; };
    fill(data.problem.mask, data.mask, [&](auto, auto, int64_t i, int64_t j) { return seen(j) && i != 5; });
    const Outcome clean = run(data);
    for (const double hidden : {0x1p-133, 0x1p-60, 0x1p15, 0x1p120, kInfinity, -kInfinity, kNan, 0.0}) {
      for (auto [which, buffer] : {std::pair{&rapt_problem::k, &Case::k}, {&rapt_problem::v, &Case::v}}) {
        const rapt_tensor& tensor = data.problem.*which;
        fill(tensor, data.*buffer,
             [&](int64_t b, int64_t h, int64_t j, int64_t d) { return seen(j) ? at(tensor, data.*buffer, b, h, j, d) : hidden; });
        EXPECT_TRUE(same_bits(clean, run(data))) << type << " " << hidden << (which == &rapt_problem::k ? " in k" : " in v");
      }
    }
  }
}

TEST_P(NumberRange, WhatIsVisibleAndNotFiniteReachesTheRowsOfTheJudge) {
  for (const char* type : {"bf16", "f16"}) {
    for (const double bad : {kNan, kInfinity, -kInfinity}) {
      for (auto [which, buffer] : {std::pair{&rapt_problem::q, &Case::q}, {&rapt_problem::k, &Case::k}, {&rapt_problem::v, &Case::v}}) {
        Case data = case_of(fmt::format("{}:{}", type, kShapes[0]));
        const rapt_tensor& tensor = data.problem.*which;
        fill(tensor, data.*buffer, [&](int64_t b, int64_t h, int64_t j, int64_t d) {
          return j == tensor.shape[2] / 2 && d == 5 ? bad : at(tensor, data.*buffer, b, h, j, d);
        });
        data.name += fmt::format(" with {} in {}", bad, which == &rapt_problem::q ? "q" : which == &rapt_problem::k ? "k" : "v");
        expect_judged(data);
      }
    }
  }
}

}  // namespace
}  // namespace rapt::conformance
