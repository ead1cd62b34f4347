// Scores of -inf that are seen: their weight is 0, and 0 * inf is NaN; a hidden key's value never counts.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class NonFinite : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, NonFinite, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};
// One row and several, grouped heads, packed tiles; with and without keys that some row may not see, by position, mask or bias.
const char* const kShapes[] = {"b1,hq2,sq1,sk70,d16:",          "b1,hq2,sq1,sk700,d64:win=300:0", "b1,hq4,hkv1,sq1,sk300,d32:win=99:0",
                               "b1,hq2,sq9,sk40,d33:causal",    "b1,hq2,sq70,sk90,d64:causal",    "b1,hq2,sq70,sk70,d16:",
                               "b1,hq2,sq2,sk40,d16:mask=11qk", "b1,hq2,sq70,sk80,d16:mask=11qk", "b1,hq2,sq3,sk40,d16:bias=11qk,causal"};

// Rows of ones against keys of which every seventh is -inf: its score is -inf.
Case with_least_scores(const std::string& text, const Value& value) {
  Case data = case_of(text);
  fill(data.problem.q, data.q, [](auto...) { return 1.0; });
  fill_k(data, [](auto, auto, int64_t j, int64_t d) { return d == 0 && j % 7 == 3 ? -kInfinity : static_cast<double>((j + d) % 5) / 8; });
  fill_v(data, value);
  return data;
}

TEST_P(NonFinite, AWeightOfZeroMakesNanOfAnInfiniteValue) {
  for (const char* shape : kShapes) {
    for (const char* type : kTypes) {
      SCOPED_TRACE(fmt::format("{}:{}", type, shape));
      expect_judged(with_least_scores(fmt::format("{}:{}", type, shape), [](auto, auto, int64_t j, int64_t d) {
        return j % 7 == 3 && d == 1 ? kInfinity : static_cast<double>((j + d) % 3);
      }));
    }
  }
}

TEST_P(NonFinite, AWeightOfZeroKeepsFiniteValuesOut) {
  for (const char* shape : kShapes) {
    SCOPED_TRACE(shape);
    expect_judged(with_least_scores(fmt::format("f32:{}", shape), [](auto, auto, int64_t j, int64_t d) {
      return j % 7 == 3 ? 1000.0 : j % 11 == 5 && d == 2 ? kInfinity : static_cast<double>((j + d) % 3);
    }));
  }
}

TEST_P(NonFinite, ARowOfSuchScoresAloneIsZeroOrNan) {
  for (const char* shape : {"b1,hq2,sq1,sk40,d16:win=20:0", "b1,hq2,sq40,sk60,d16:causal", "b1,hq2,sq1,sk2500,d16:win=2400:0"}) {
    SCOPED_TRACE(shape);
    Case data = with_least_scores(fmt::format("f32:{}", shape),
                                  [](auto, auto, int64_t j, int64_t d) { return j == 39 && d == 1 ? kInfinity : 1.0; });
    fill_k(data, [](auto, auto, auto, int64_t d) { return d == 0 ? -kInfinity : 0.5; });
    expect_judged(data);
  }
}

}  // namespace
}  // namespace rapt::conformance
