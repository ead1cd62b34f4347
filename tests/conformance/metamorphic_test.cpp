// Answers that are known without a judge: exact values, and pairs of problems whose answers are related.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "workbench/scalar.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class ExactValues : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, ExactValues, testing::ValuesIn(machines()), machine_name);
class Metamorphic : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, Metamorphic, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

TEST_P(ExactValues, ZeroQueriesGiveTheMeanOfV) {
  for (const char* type : kTypes) {
    for (const int keys : {1, 2, 4, 8, 16, 32, 64, 128, 256, 1024}) {
      for (const int rows : {1, 3, 40}) {
        Case data = case_of(fmt::format("{}:b1,hq4,hkv2,sq{},sk{},d16,dv24", type, rows, keys));
        fill(data.problem.q, data.q, [](auto...) { return 0.0; });
        fill_v(data, [&](auto, int64_t h, int64_t j, int64_t d) { return static_cast<double>((j < keys / 2 ? 1 : -1) * (d + 1) + h); });
        const Outcome outcome = run(data);
        for (int64_t h = 0; h < 4; ++h) {
          for (int64_t d = 0; d < 24; ++d) {
            const double mean = static_cast<double>(h / 2) - (keys == 1 ? static_cast<double>(d + 1) : 0);
            EXPECT_EQ(at(data.problem.o, outcome.o, 0, h, rows - 1, d), mean) << data.name;
          }
        }
        EXPECT_TRUE(near(lse_of(data, outcome), std::vector<double>(static_cast<size_t>(4 * rows), std::log(keys)), 1e-6)) << data.name;
      }
    }
  }
}

TEST_P(ExactValues, OneKeyIsReturnedToTheBitAndItsScoreIsTheLse) {
  for (const char* type : kTypes) {
    for (const int rows : {1, 2, 33}) {
      for (const char* semantics : {"scale=0.125", "scale=0.125,win=0:-1", "scale=0.125,lens=full,alibi"}) {
        Case data = case_of(fmt::format("{}:b2,hq4,hkv2,sq{},sk1,d24,dv40:align=tl,{}", type, rows, semantics));
        if (data.problem.alibi.type != RAPT_NONE) fill(data.problem.alibi, data.alibi, [](auto...) { return 0.0; });
        fill(data.problem.q, data.q, [](int64_t b, int64_t h, int64_t i, int64_t d) { return static_cast<double>((b + h + i + d) % 4); });
        fill_k(data, [](int64_t b, int64_t h, auto, int64_t d) { return static_cast<double>((b + 2 * h + d) % 3); });
        const Outcome outcome = run(data);
        for (int64_t b = 0; b < 2; ++b) {
          for (int64_t h = 0; h < 4; ++h) {
            for (int64_t d = 0; d < 40; ++d) {
              EXPECT_EQ(at(data.problem.o, outcome.o, b, h, 0, d), at(data.problem.v, data.v, b, h / 2, 0, d)) << data.name;
            }
            double score = 0;
            for (int64_t d = 0; d < 24; ++d) score += 0.125 * static_cast<double>((b + h + d) % 4 * ((b + 2 * (h / 2) + d) % 3));
            EXPECT_EQ(at(data.problem.lse, outcome.lse, b, h, 0, 0), score) << data.name;
          }
        }
      }
    }
  }
}

TEST_P(ExactValues, OneHotValuesGiveEqualWeightsBackByKeyIndex) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b1,hq2,sq9,sk16,d16,dv16:scale=0", type));
    fill_v(data, [](auto, auto, int64_t j, int64_t d) { return j == d ? 1.0 : 0.0; });
    EXPECT_EQ(o_of(data, run(data)), std::vector<double>(2 * 9 * 16, 0.0625)) << type;
  }
}

TEST_P(ExactValues, EveryKeyComesFromItsOwnPage) {
  for (const char* layout : {"page16", "list16", "pointers16"}) {
    for (const char* type : kTypes) {
      for (int64_t page = 0; page < 5; ++page) {
        Case data = case_of(fmt::format("{}:b2,hq4,hkv2,sq2,sk80,d24,dv8:mask=111k:{}", type, layout));
        fill(data.problem.mask, data.mask, [&](auto, auto, auto, int64_t j) { return j / 16 == page; });
        fill(data.problem.q, data.q, [](auto...) { return 0.0; });
        fill_v(data, [](int64_t b, int64_t h, int64_t j, auto) { return static_cast<double>(64 * h + 32 * b + j / 16); });
        const Outcome outcome = run(data);
        for (int64_t b = 0; b < 2; ++b) {
          for (int64_t h = 0; h < 4; ++h) {
            const auto id = static_cast<double>(64 * (h / 2) + 32 * b + page);
            EXPECT_EQ(at(data.problem.o, outcome.o, b, h, 1, 5), id) << data.name;
          }
        }
      }
    }
  }
}

TEST_P(Metamorphic, TheOrderOfKeysDoesNotMatter) {
  for (const char* type : kTypes) {
    const Case data = case_of(fmt::format("{}:b1,hq4,hkv2,sq9,sk130,d40", type));
    Case permuted = case_of(data.name);
    const auto from = [](int64_t j) { return (j * 37 + 11) % 130; };
    fill_k(permuted, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(data.problem.k, data.k, b, h, from(j), d); });
    fill_v(permuted, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(data.problem.v, data.v, b, h, from(j), d); });
    const Verdict verdict = compare(data, judge(judging_context(), data), run(permuted));
    EXPECT_TRUE(verdict.pass) << verdict.message;
  }
}

TEST_P(Metamorphic, AConstantOnABiasRowMovesTheLseAlone) {
  for (const double constant : {-3.0, 0.5, 80.0}) {
    const Case data = case_of("f32:b1,hq2,sq9,sk130,d40:bias=1hqk");
    Case raised = case_of(data.name);
    fill(raised.problem.bias, raised.bias,
         [&](int64_t b, int64_t h, int64_t i, int64_t j) { return at(data.problem.bias, data.bias, b, h, i, j) + constant; });
    Judgement exact = judge(judging_context(), data);
    for (double& lse : exact.lse) lse += constant;
    exact.bound_o = judge(judging_context(), raised).bound_o;
    for (double& bound : exact.bound_o) bound *= 1 + std::abs(constant) / 8;  // the sum rounds the bias itself
    for (double& bound : exact.bound_lse) bound += 4 * 0x1p-24 * (std::abs(constant) + 130);
    const Verdict verdict = compare(data, exact, run(raised));
    EXPECT_TRUE(verdict.pass) << constant << ": " << verdict.message;
  }
}

TEST_P(Metamorphic, TheOutputIsLinearInV) {
  const Case data = case_of("f32:b1,hq4,hkv2,sq9,sk130,d40");
  Case doubled = case_of(data.name), sum = case_of(data.name), other = case_of("f32:b1,hq4,hkv2,sq9,sk130,d40:seed=2");
  fill(doubled.problem.v, doubled.v, [&](auto... index) { return 2 * at(data.problem.v, data.v, index...); });
  const std::vector<double> o = o_of(data, run(data)), twice = o_of(doubled, run(doubled));
  std::vector<double> expected = o;
  for (double& value : expected) value *= 2;
  EXPECT_TRUE(same_bits(expected, twice));
  fill(other.problem.q, other.q, [&](auto... index) { return at(data.problem.q, data.q, index...); });
  fill_k(other, [&](auto... index) { return at(data.problem.k, data.k, index...); });
  fill(sum.problem.v, sum.v, [&](auto... index) { return at(data.problem.v, data.v, index...) + at(other.problem.v, other.v, index...); });
  const std::vector<double> b = o_of(other, run(other)), both = o_of(sum, run(sum));
  const Judgement of_a = judge(judging_context(), data), of_b = judge(judging_context(), other), of_sum = judge(judging_context(), sum);
  for (size_t e = 0; e < o.size(); ++e) {
    const double room = of_a.bound_o[e] + of_b.bound_o[e] + of_sum.bound_o[e];
    EXPECT_LE(std::abs(o[e] + b[e] - both[e]), room) << e;
  }
}

TEST_P(Metamorphic, PartsMergedAreTheWholeWhereverTheyAreCut) {
  const Case whole = case_of("f32:b2,hq4,hkv2,sq5,sk97,d24");
  const Judgement exact = judge(judging_context(), whole);
  for (const int64_t cut : {0, 1, 16, 48, 96, 97}) {
    const Verdict verdict = compare(whole, exact, merged(context(), whole, {run(keys_of(whole, 0, cut)), run(keys_of(whole, cut, 97))}));
    EXPECT_TRUE(verdict.pass) << "cut at " << cut << ": " << verdict.message;
  }
  std::vector<Outcome> single;
  for (int64_t j = 0; j < 97; ++j) single.push_back(run(keys_of(whole, j, j + 1)));
  const Verdict verdict = compare(whole, exact, merged(context(), whole, single));
  EXPECT_TRUE(verdict.pass) << "one key a part: " << verdict.message;
}

TEST_P(Metamorphic, PagedKeysGiveTheBitsOfDenseOnes) {
  for (const char* type : kTypes) {
    for (const char* shape : {"b2,hq8,hkv2,sq1,sk300,d64", "b2,hq4,hkv2,sq37,sk150,d40", "b1,hq2,hkv1,sq3,sk1500,d32"}) {
      const Case dense = case_of(fmt::format("{}:{}:causal=br", type, shape));
      const Outcome expected = run(dense);
      for (const char* layout : {"page1", "page16", "page128", "list7", "pointers33", "bshd"}) {
        const Case paged = case_of(fmt::format("{}:{}:causal=br:{}", type, shape, layout));
        const Outcome outcome = run(paged);
        EXPECT_TRUE(same_bits(o_of(dense, expected), o_of(paged, outcome))) << paged.name;
        EXPECT_TRUE(same_bits(lse_of(dense, expected), lse_of(paged, outcome))) << paged.name;
      }
    }
  }
}

TEST_P(Metamorphic, EveryKeyTwiceIsTheSameAnswerAndLnTwoMore) {
  for (const char* type : kTypes) {
    const Case once = case_of(fmt::format("{}:b1,hq4,hkv2,sq9,sk75,d40", type));
    Case twice = case_of(fmt::format("{}:b1,hq4,hkv2,sq9,sk150,d40", type));
    fill(twice.problem.q, twice.q, [&](auto... index) { return at(once.problem.q, once.q, index...); });
    fill_k(twice, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(once.problem.k, once.k, b, h, j / 2, d); });
    fill_v(twice, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(once.problem.v, once.v, b, h, j / 2, d); });
    Judgement exact = judge(judging_context(), once);
    for (double& lse : exact.lse) lse += std::log(2.0);
    const Verdict verdict = compare(once, exact, run(twice));
    EXPECT_TRUE(verdict.pass) << verdict.message;
  }
}

TEST_P(Metamorphic, GroupedHeadsAreRepeatedHeads) {
  for (const int rows : {1, 3, 35}) {
    const Case grouped = case_of(fmt::format("f32:b2,hq8,hkv2,sq{},sk77,d40:causal=br", rows));
    Case repeated = case_of(fmt::format("f32:b2,hq8,hkv8,sq{},sk77,d40:causal=br", rows));
    fill(repeated.problem.q, repeated.q, [&](auto... index) { return at(grouped.problem.q, grouped.q, index...); });
    fill_k(repeated, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(grouped.problem.k, grouped.k, b, h / 4, j, d); });
    fill_v(repeated, [&](int64_t b, int64_t h, int64_t j, int64_t d) { return at(grouped.problem.v, grouped.v, b, h / 4, j, d); });
    const Verdict verdict = compare(grouped, judge(judging_context(), grouped), run(repeated));
    EXPECT_TRUE(verdict.pass) << verdict.message;
  }
}

}  // namespace
}  // namespace rapt::conformance
