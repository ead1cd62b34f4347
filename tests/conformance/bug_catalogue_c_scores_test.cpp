// Catalogue section C, second half: scale, softcap, bias, ALiBi, mask broadcasts and sinks: what happens to a score on its way to a weight.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueCScores : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueCScores, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

TEST_P(BugCatalogueCScores, C07SoftcapDoesNotBringMaskedKeysBack) {
  for (const char* hidden_by : {"bias=111k", "mask=111k"}) {
    Case data = case_of(fmt::format("f32:b1,hq2,sq4,sk6,d8:cap=0.5,{}", hidden_by));
    if (data.problem.mask.type != RAPT_NONE) {
      fill(data.problem.mask, data.mask, [](auto, auto, auto, int64_t j) { return j < 4; });
    } else {
      fill(data.problem.bias, data.bias, [](auto, auto, auto, int64_t j) { return j < 4 ? 0.0 : -kInfinity; });
    }
    fill_v(data, [](auto, auto, int64_t j, int64_t d) { return j < 4 ? static_cast<double>((j + d) % 2) : 1000.0; });
    for (const double value : o_of(data, run(data))) EXPECT_LE(value, 1.0) << hidden_by;
    expect_judged(data);
  }
}

TEST_P(BugCatalogueCScores, C07BiasIsAddedAfterTheSoftcap) {
  Case data = case_of("f32:b1,hq1,sq1,sk2,d4:cap=1,bias=111k");
  fill(data.problem.q, data.q, [](auto...) { return 0.0; });
  fill(data.problem.bias, data.bias, [](auto, auto, auto, int64_t j) { return j == 0 ? 10.0 : 0.0; });
  EXPECT_TRUE(near(lse_of(data, run(data)), {10.0 + std::log1p(std::exp(-10.0))}, 1e-5));
}

TEST_P(BugCatalogueCScores, C08SoftcapHoldsOnEveryPath) {
  const char* const shapes[] = {"b1,hq1,sq70,sk70,d64", "b1,hq4,hkv1,sq1,sk300,d64", "b2,hq2,sq3,sk40,d33", "b1,hq1,sq17,sk1,d128"};
  for (const char* shape : shapes) {
    for (const char* type : kTypes) {
      for (const char* layout : {"", ":page16"}) {
        std::vector<std::vector<double>> answers;
        for (const char* cap : {"", "cap=5,", "cap=50,"}) {
          const std::string text = fmt::format("{}:{}:{}scale=1,lens=full{}", type, shape, cap, layout);
          expect_judged(text);
          const Case data = case_of(text);
          answers.push_back(lse_of(data, run(data)));
        }
        EXPECT_FALSE(same_bits(answers[0], answers[1])) << shape;
        EXPECT_FALSE(same_bits(answers[0], answers[2])) << shape;
        EXPECT_FALSE(same_bits(answers[1], answers[2])) << shape;
      }
    }
  }
}

// lse of a row whose scores are only ALiBi: ln sum_j exp(slope (j - i - offset)), in f64.
double alibi_lse(double slope, int64_t seqlen_kv, int64_t position) {
  double sum = 0;
  for (int64_t j = 0; j < seqlen_kv; ++j) sum += std::exp(slope * static_cast<double>(j - position));
  return std::log(sum);
}

TEST_P(BugCatalogueCScores, C10AlibiCountsFromTheSamePositionWithTheHeadsOwnSlope) {
  for (const int heads : {40, 48}) {
    for (const auto& [rows, keys] : {std::pair<int64_t, int64_t>{1, 77}, {5, 9}}) {
      Case data = case_of(fmt::format("f16:b1,hq{},hkv8,sq{},sk{},d16:alibi", heads, rows, keys));
      fill(data.problem.alibi, data.alibi, [](auto, int64_t h, auto, auto) { return std::exp2(-static_cast<double>(1 + h % 8)); });
      expect_judged(data);
      fill(data.problem.q, data.q, [](auto...) { return 0.0; });
      const Outcome outcome = run(data);
      for (int64_t h = 0; h < heads; ++h) {
        for (int64_t i = 0; i < rows; ++i) {
          const double lse = alibi_lse(std::exp2(-static_cast<double>(1 + h % 8)), keys, i + keys - rows);
          EXPECT_NEAR(at(data.problem.lse, outcome.lse, 0, h, i, 0), lse, 1e-5) << "h " << h << " i " << i;
        }
      }
    }
  }
}

TEST_P(BugCatalogueCScores, C13EveryBroadcastOfMaskAndBias) {
  for (int pattern = 0; pattern < 16; ++pattern) {
    std::string dimensions = "bhqk";
    for (size_t dim = 0; dim < 4; ++dim) {
      if ((pattern >> dim & 1) != 0) dimensions[dim] = '1';
    }
    expect_judged(fmt::format("f32:b2,hq4,hkv2,sq19,sk37,d16:mask={}", dimensions));
    expect_judged(fmt::format("f16:b2,hq4,hkv2,sq1,sk37,d16:mask={}", dimensions));
    for (const char* type : kTypes) {
      expect_judged(fmt::format("f32:b2,hq4,hkv2,sq19,sk37,d16:bias={}/{}", dimensions, type));
      expect_judged(fmt::format("bf16:b2,hq4,hkv1,sq2,sk37,d16:bias={}/{}", dimensions, type));
    }
  }
}

TEST_P(BugCatalogueCScores, C13AMaskExpandedByStrideZeroIsABroadcastOne) {
  const Case broadcast = case_of("f32:b2,hq4,sq9,sk21,d16:mask=1hq1");
  Case expanded = broadcast;
  rapt_tensor& mask = expanded.problem.mask;
  const int64_t shape[4] = {2, 4, 9, 21};
  for (int dim = 0; dim < 4; ++dim) {
    if (mask.shape[dim] == 1) mask.strides[dim] = 0;
    mask.shape[dim] = shape[dim];
  }
  mask.strides[3] = 0;
  // The innermost stride must be 1: expanding keys takes a copy, every other dimension does not.
  EXPECT_EQ(plan_status(expanded), RAPT_INVALID_ARGUMENT);
  mask.shape[3] = 1;
  mask.strides[3] = 1;
  EXPECT_TRUE(same_bits(o_of(broadcast, run(broadcast)), o_of(expanded, run(expanded))));
}

TEST_P(BugCatalogueCScores, C13AnyByteButZeroIsTrue) {
  const Case plain = case_of("f32:b1,hq2,sq9,sk70,d16:mask=1hqk");
  Case odd = case_of(plain.name);
  for (size_t at = 0; at < odd.mask.size(); ++at) {
    unsigned char& byte = odd.mask.as<unsigned char>()[at];
    byte = byte == 0 ? 0 : static_cast<unsigned char>(at % 3 == 0 ? 0x80 : at % 3 == 1 ? 0x02 : 0xFF);
  }
  EXPECT_TRUE(same_bits(run(plain), run(odd)));
}

TEST_P(BugCatalogueCScores, C14AMaskNarrowerThanTheKeysIsRefusedNotRead) {
  Case data = case_of("f32:b1,hq1,sq4,sk6,d8:mask=11qk");
  data.problem.mask = rapt_dense(RAPT_BOOL, 1, 1, 4, 4);
  std::string sentence;
  EXPECT_EQ(plan_status(data, &sentence), RAPT_INVALID_ARGUMENT);
  EXPECT_NE(sentence.find("mask"), std::string::npos) << sentence;
}

TEST_P(BugCatalogueCScores, C15TheMaskHoldsAtAnyLength) {
  for (const int keys : {137, 511, 512, 513, 600, 4095}) {
    Case data = case_of(fmt::format("f32:b1,hq2,hkv1,sq1,sk{},d16:mask=111k", keys));
    expect_judged(data);
    fill(data.problem.mask, data.mask, [&](auto, auto, auto, int64_t j) { return j == keys - 1; });
    const Outcome outcome = run(data);
    for (int64_t d = 0; d < 16; ++d) {
      EXPECT_EQ(at(data.problem.o, outcome.o, 0, 1, 0, d), at(data.problem.v, data.v, 0, 0, keys - 1, d)) << keys;
    }
  }
}

TEST_P(BugCatalogueCScores, C19ASinkCountsOnceHoweverTheKeysAreSplit) {
  for (const double sink : {-10.0, 0.0, 10.0}) {
    Case whole = case_of("f32:b1,hq4,hkv2,sq3,sk64,d32:sinks");
    fill(whole.problem.sinks, whole.sinks, [&](auto, int64_t h, auto, auto) { return h % 2 == 0 ? sink : -sink; });
    expect_judged(whole);
    const Judgement exact = judge(judging_context(), whole);
    for (int64_t splits = 1; splits <= 8; ++splits) {
      std::vector<Outcome> parts = {run(keys_of(whole, 0, 0))};  // no keys: the sink alone
      for (int64_t s = 0; s < splits; ++s) parts.push_back(run(without_sinks(keys_of(whole, 64 * s / splits, 64 * (s + 1) / splits))));
      const Verdict verdict = compare(whole, exact, merged(context(), whole, parts));
      EXPECT_TRUE(verdict.pass) << splits << " splits, sink " << sink << ": " << verdict.message;
    }
  }
}

TEST_P(BugCatalogueCScores, C19ASinkCountsOnceInLongDecodesOnManyThreads) {
  for (int threads = 1; threads <= 8; ++threads) {
    expect_judged("f32:b1,hq16,hkv2,sq1,sk9001,d64:sinks", threads);
    expect_judged("f32:b2,hq16,hkv1,sq1,sk9001,d64:sinks,win=100:0", threads);  // most of the keys, and any split of them, are hidden
  }
}

TEST_P(BugCatalogueCScores, C19ARowThatSeesOnlyItsSinkIsZero) {
  Case data = case_of("f32:b1,hq2,sq5,sk2,d8:causal=br,sinks");
  fill(data.problem.sinks, data.sinks, [](auto, int64_t h, auto, auto) { return h == 0 ? 3.5 : -2.25; });
  const Outcome outcome = run(data);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(row_is_empty(data, outcome, 0, 0, i, 3.5));
    EXPECT_TRUE(row_is_empty(data, outcome, 0, 1, i, -2.25));
  }
}

TEST_P(BugCatalogueCScores, C19ASinkOfMinusInfinityIsNoSink) {
  Case data = case_of("f32:b1,hq2,sq5,sk40,d8:causal=-2,sinks");
  fill(data.problem.sinks, data.sinks, [](auto...) { return -kInfinity; });
  const Outcome outcome = run(data);
  EXPECT_TRUE(row_is_empty(data, outcome, 0, 0, 0));
  expect_judged(data);
  expect_judged(without_sinks(data));
}

TEST_P(BugCatalogueCScores, C21EveryScaleIsTheOneGiven) {
  for (const char* scale : {"0", "-1.2", "0.01", "1.2"}) {
    for (const char* type : kTypes) {
      expect_judged(fmt::format("{}:b1,hq2,sq33,sk65,d64:scale={}", type, scale));
      expect_judged(fmt::format("{}:b1,hq4,hkv1,sq1,sk129,d64:scale={}", type, scale));
    }
  }
  expect_judged("f32:b1,hq2,sq33,sk65,d64");
  Case data = case_of("f32:b1,hq1,sq3,sk64,d8:scale=0");
  fill_v(data, [](auto, auto, int64_t j, auto) { return static_cast<double>(j); });
  EXPECT_EQ(o_of(data, run(data)), std::vector<double>(3 * 8, 31.5));
}

}  // namespace
}  // namespace rapt::conformance
