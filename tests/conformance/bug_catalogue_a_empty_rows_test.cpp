// Catalogue section A: empty and fully masked rows, zero lengths. Each test is one bug that somebody shipped, with its exact answer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cfloat>
#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "workbench/random.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueA : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueA, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

// Row `i` of every head is v[row] of its kv head, to the bit.
void expect_row_is_v(const Case& data, const Outcome& outcome, int64_t i, int64_t row) {
  for (int64_t h = 0; h < data.problem.o.shape[1]; ++h) {
    for (int64_t d = 0; d < data.problem.o.shape[3]; ++d) {
      EXPECT_EQ(at(data.problem.o, outcome.o, 0, h, i, d), at(data.problem.v, data.v, 0, h, row, d)) << "h " << h << " d " << d;
    }
  }
}

// Rows 0 .. rows - 1 of every sequence; 0: all.
void expect_all_rows_empty(const Case& data, const Outcome& outcome, int64_t rows = 0) {
  for (int64_t b = 0; b < data.problem.o.shape[0]; ++b) {
    for (int64_t h = 0; h < data.problem.o.shape[1]; ++h) {
      for (int64_t i = 0; i < (rows > 0 ? rows : data.problem.o.shape[2]); ++i) {
        EXPECT_TRUE(row_is_empty(data, outcome, b, h, i)) << data.name;
      }
    }
  }
}

TEST_P(BugCatalogueA, A01RowThatIsAllMaskedIsZeroAndTheOtherUntouched) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b1,hq2,hkv2,sq2,sk2,d8:mask=11qk", type));
    fill(data.problem.mask, data.mask, [](auto, auto, int64_t i, int64_t j) { return i == 0 && j == 0; });
    const Outcome outcome = run(data);
    expect_row_is_v(data, outcome, 0, 0);
    for (int64_t h = 0; h < 2; ++h) EXPECT_TRUE(row_is_empty(data, outcome, 0, h, 1));
  }
}

TEST_P(BugCatalogueA, A02MaskBesideCausalLeavesAllowedCellsFinite) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b1,hq2,hkv2,sq2,sk2,d8:causal=br,mask=11qk", type));
    fill(data.problem.mask, data.mask, [](auto, auto, int64_t i, int64_t j) { return i == 0 && j == 0; });
    const Outcome outcome = run(data);
    expect_row_is_v(data, outcome, 0, 0);
    for (int64_t h = 0; h < 2; ++h) EXPECT_TRUE(row_is_empty(data, outcome, 0, h, 1));
  }
}

TEST_P(BugCatalogueA, A03ScoresBelowAnySentinelStillBeatAMaskedKey) {
  Case data = case_of("f32:b1,hq1,sq1,sk2,d1:scale=1,mask=111k");
  fill(data.problem.q, data.q, [](auto...) { return -20000.0; });
  fill_k(data, [](auto, auto, int64_t j, auto) { return j == 0 ? 1.0 : 0.0; });
  fill_v(data, [](auto, auto, int64_t j, auto) { return j == 0 ? 1.0 : 100.0; });
  fill(data.problem.mask, data.mask, [](auto, auto, auto, int64_t j) { return j == 0; });
  const Outcome outcome = run(data);
  EXPECT_EQ(o_of(data, outcome), std::vector<double>{1.0});
  EXPECT_EQ(lse_of(data, outcome), std::vector<double>{-20000.0});
}

TEST_P(BugCatalogueA, A03ScoresOfMinusTenMillionAreAMeanLikeAnyOther) {
  for (const char* type : kTypes) {
    for (const int keys : {1, 2, 4, 33, 130}) {
      Case data = case_of(fmt::format("{}:b1,hq1,sq2,sk{},d64:scale=1", type, keys));
      fill(data.problem.q, data.q, [](auto...) { return -400.0; });
      fill_k(data, [](auto...) { return 400.0; });
      fill_v(data, [](auto, auto, int64_t j, int64_t d) { return static_cast<double>((j * 7 + d) % 16); });
      expect_judged(data);
      const double lse = -1.024e7 + std::log(keys);  // f32 there has steps of 1
      EXPECT_TRUE(near(lse_of(data, run(data)), {lse, lse}, 3.0)) << data.name;
    }
  }
}

TEST_P(BugCatalogueA, A04MergingTwoEmptyPartsIsEmpty) {
  Case data = case_of("f32:b2,hq3,sq5,sk4,d8,dv17:mask=1111");
  fill(data.problem.mask, data.mask, [](auto...) { return 0.0; });
  const Outcome empty = run(data);
  expect_all_rows_empty(data, empty);
  for (const size_t parts : {1, 2, 3, 33}) expect_all_rows_empty(data, merged(context(), data, std::vector<Outcome>(parts, empty)));
}

TEST_P(BugCatalogueA, A04MergingSlotsThatAreEmptyOnBothSidesLeavesTheRestRight) {
  Case whole = case_of("f32:b1,hq2,sq64,sk40,d16:mask=11q1");
  Random random(4);
  fill(whole.problem.mask, whole.mask, [&](auto...) { return random.chance(0.75); });
  const Outcome both = merged(context(), whole, {run(keys_of(whole, 0, 17)), run(keys_of(whole, 17, 40))});
  const Verdict verdict = compare(whole, judge(judging_context(), whole), both);
  EXPECT_TRUE(verdict.pass) << verdict.message;
}

TEST_P(BugCatalogueA, A05NoKeysGiveMinusInfinityNotPlus) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b1,hq2,sq3,sk4,d8", type));
    expect_all_rows_empty(data, run(keys_of(data, 0, 0)));
  }
}

TEST_P(BugCatalogueA, A07NoKeysAtAllIsAnAnswerNotACrash) {
  for (const char* causal : {"", ":causal=br"}) {
    const Case data = keys_of(case_of(fmt::format("f32:b2,hq4,hkv4,sq16,sk1,d64{}", causal)), 0, 0);
    expect_all_rows_empty(data, run(data));
  }
}

TEST_P(BugCatalogueA, A09NoQueriesIsAnAnswerNotACrash) {
  Case data = case_of("f32:b2,hq4,hkv4,sq1,sk77,d64");
  data.problem.q.shape[2] = data.problem.o.shape[2] = data.problem.lse.shape[2] = 0;
  data.problem.q.bytes = data.problem.o.bytes = data.problem.lse.bytes = data.problem.max_seqlen_q = 0;
  data.lens_q.assign(2, 0);
  const Outcome outcome = run(data);
  EXPECT_EQ(outcome.status, RAPT_OK);
}

TEST_P(BugCatalogueA, A13EmptyCachesAmongFullOnesAreNotForgotten) {
  Case data = case_of("f32:b4,hq4,hkv2,sq1,sk32,d64");
  shorten_kv(data, {0, 17, 0, 1});
  expect_judged(data);
  const Outcome outcome = run(data);
  for (int64_t h = 0; h < 4; ++h) {
    EXPECT_TRUE(row_is_empty(data, outcome, 0, h, 0));
    EXPECT_TRUE(row_is_empty(data, outcome, 2, h, 0));
  }
  for (int seed = 1; seed <= 8; ++seed) expect_judged(fmt::format("f32:b6,hq4,hkv2,sq1,sk48,d64:lens=edges,seed={}:page16", seed));
}

TEST_P(BugCatalogueA, A14RowsOfEmptySequencesAreWritten) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b4,hq2,sq2,sk9,d40", type));
    shorten_kv(data, {1, 0, 0, 0});
    const Outcome outcome = run(data);  // starts from NaN
    for (int64_t b = 1; b < 4; ++b) {
      for (int64_t i = 0; i < 2; ++i) EXPECT_TRUE(row_is_empty(data, outcome, b, 1, i)) << type;
    }
    expect_row_is_v(data, outcome, 0, 0);
  }
}

TEST_P(BugCatalogueA, A15TopRowsOfACausalProblemWithMoreQueriesThanKeysAreEmpty) {
  const std::pair<int, int> sizes[] = {{5, 2}, {799, 3}, {239, 1}, {511, 1}};
  for (const auto& [seqlen_q, seqlen_kv] : sizes) {
    const Case data = case_of(fmt::format("f32:b1,hq1,sq{},sk{},d8:causal=br", seqlen_q, seqlen_kv));
    expect_judged(data);
    const Outcome outcome = run(data);
    for (int64_t i = 0; i < seqlen_q - seqlen_kv; ++i) EXPECT_TRUE(row_is_empty(data, outcome, 0, 0, i));
    expect_row_is_v(data, outcome, seqlen_q - seqlen_kv, 0);
  }
}

TEST_P(BugCatalogueA, A18TheLowestFiniteBiasIsNotAMask) {
  const std::pair<const char*, double> lowest[] = {{"f32", -FLT_MAX}, {"f16", -65504.0}, {"bf16", -0x1.FEp127}};
  for (const auto& [type, bias] : lowest) {
    Case data = case_of(fmt::format("f32:b1,hq2,sq3,sk3,d8:bias=11qk/{}", type));
    fill(data.problem.bias, data.bias, [bias = bias](auto...) { return bias; });
    fill(data.problem.q, data.q, [](auto...) { return 0.0; });
    fill_v(data, [](auto, auto, int64_t j, int64_t d) { return static_cast<double>(3 * j + d); });
    const Outcome outcome = run(data);
    for (int64_t i = 0; i < 3; ++i) {
      for (int64_t d = 0; d < 8; ++d) EXPECT_NEAR(at(data.problem.o, outcome.o, 0, 1, i, d), 3.0 + static_cast<double>(d), 1e-5) << type;
    }
    expect_judged(data);
  }
}

TEST_P(BugCatalogueA, A18ScoresVanishBesideTheLowestBiasAndTheRowIsUniform) {
  Case data = case_of("f32:b1,hq1,sq4,sk40,d16:bias=11q1");
  fill(data.problem.bias, data.bias, [](auto...) { return -FLT_MAX; });
  expect_judged(data);
}

TEST_P(BugCatalogueA, A21LengthsShorterThanTheQueriesPushTheFirstRowsOut) {
  Case data = case_of("f32:b1,hq2,sq4,sk6,d8:causal=br");
  shorten_kv(data, {2});
  const Outcome outcome = run(data);
  for (int64_t i = 0; i < 2; ++i) EXPECT_TRUE(row_is_empty(data, outcome, 0, 0, i));
  expect_row_is_v(data, outcome, 2, 0);
  expect_judged(data);
}

TEST_P(BugCatalogueA, A22RaggedQueriesWithoutKeysAreEmpty) {
  // Sequences of 3, 3, 3 new tokens; all without keys, then only the second with some.
  Case data = case_of("f32:b3,hq2,sq3,sk9,d16::ragged");
  const auto set = [](Buffer& buffer, const int32_t*& pointer, std::initializer_list<int32_t> offsets) {
    buffer = Buffer(offsets.size() * sizeof(int32_t));
    std::copy(offsets.begin(), offsets.end(), buffer.as<int32_t>());
    pointer = buffer.as<int32_t>();
  };
  set(data.cu_seqlens_q, data.args.cu_seqlens_q, {0, 3, 6, 9});
  data.lens_q.assign(3, 3);
  set(data.cu_seqlens_kv, data.args.cu_seqlens_kv, {0, 0, 0, 0});
  data.lens_kv.assign(3, 0);
  expect_all_rows_empty(data, run(data), 9);  // what lies behind the last sequence is not written
  set(data.cu_seqlens_kv, data.args.cu_seqlens_kv, {0, 0, 9, 9});
  data.lens_kv[1] = 9;
  expect_judged(data);
}

}  // namespace
}  // namespace rapt::conformance
