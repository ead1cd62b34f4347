// Catalogue section D: split keys, log-sums, merging, planning.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueD : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueD, testing::ValuesIn(machines()), machine_name);

TEST_P(BugCatalogueD, D01LseIsANaturalLogarithmUnlessBaseTwoWasAsked) {
  for (const char* type : {"f32", "f16", "bf16"}) {
    for (const bool base2 : {false, true}) {
      Case data = case_of(fmt::format("{}:b1,hq1,sq16,d16:scale=0.25{}", type, base2 ? ",lse2" : ""));
      const auto eye = [](auto, auto, int64_t i, int64_t d) { return i == d ? 1.0 : 0.0; };
      fill(data.problem.q, data.q, eye);
      fill_k(data, eye);
      fill_v(data, eye);
      const double lse = std::log(15 + std::exp(0.25));
      ASSERT_NEAR(lse, 2.7901846, 1e-7);
      const double expected = base2 ? lse * std::log2(std::exp(1.0)) : lse;
      EXPECT_TRUE(near(lse_of(data, run(data)), std::vector<double>(16, expected), 2e-6)) << data.name;
      expect_judged(data);
    }
  }
}

TEST_P(BugCatalogueD, D02NotAskingForTheLseChangesNoBitOfTheOutput) {
  for (const char* shape : {"b1,hq8,hkv2,sq1,sk9000,d64", "b1,hq8,hkv1,sq2,sk5001,d32", "b4,hq4,sq60,sk190,d16"}) {
    for (const int threads : {1, 4, 8}) {
      const Case data = case_of(fmt::format("f32:{}:causal=br", shape));
      expect_judged(data, threads);
      EXPECT_TRUE(same_bits(o_of(data, run(data, threads)), o_of(data, run(without_lse(data), threads)))) << shape << " " << threads;
    }
  }
}

TEST_P(BugCatalogueD, D09EveryPageSizeAndBatchAgreesWithItsOwnPlan) {
  for (const int page : {1, 16, 128, 256, 512}) {
    for (const int batch : {1, 7, 512}) {
      const int keys = batch == 512 ? 40 : 1100;
      expect_judged(fmt::format("f32:b{},hq2,hkv1,sq1,sk{},d16:lens=random:page{}", batch, keys, page));
      if (batch < 512) expect_judged(fmt::format("f16:b{},hq4,hkv1,sq2,sk{},d16:lens=edges,causal=br:list{}", batch, keys, page), 3);
    }
  }
}

TEST_P(BugCatalogueD, D10ThirtySixThousandRowsFitTheWorkspaceThatThePlanAskedFor) {
  expect_judged("f32:b48,hq1,hkv1,sq768,sk9,d8:causal=br", 2);
  expect_judged("f32:b48,hq16,hkv2,sq48,sk9,d8:lens=random:ragged", 3);
}

TEST_P(BugCatalogueD, D11PrefixAndSuffixMergedAreTheWhole) {
  for (const char* type : {"f32", "f16/f16/f16/f32", "bf16/bf16/bf16/f32"}) {
    const Case whole = case_of(fmt::format("{}:b1,hq4,hkv2,sq5,sk4160,d64", type));
    const Outcome both = merged(context(), whole, {run(keys_of(whole, 0, 4096)), run(keys_of(whole, 4096, 4160))});
    const Verdict verdict = compare(whole, judge(judging_context(), whole, GetParam().engine), both);
    EXPECT_TRUE(verdict.pass) << type << ": " << verdict.message;
  }
}

TEST_P(BugCatalogueD, D11PartsOfVeryDifferentWeightMergeInTheRightBase) {
  Case whole = case_of("f32:b1,hq1,sq3,sk40,d8:scale=1");
  fill(whole.problem.q, whole.q, [](auto, auto, auto, int64_t d) { return d == 0 ? 1.0 : 0.0; });
  fill_k(whole, [](auto, auto, int64_t j, int64_t d) { return d == 0 ? (j < 20 ? -30.0 : 0.5 * static_cast<double>(j % 4)) : 1.0; });
  const Judgement exact = judge(judging_context(), whole);
  for (int64_t cut = 0; cut <= 40; cut += 5) {
    const Verdict verdict = compare(whole, exact, merged(context(), whole, {run(keys_of(whole, 0, cut)), run(keys_of(whole, cut, 40))}));
    EXPECT_TRUE(verdict.pass) << "cut at " << cut << ": " << verdict.message;
  }
}

}  // namespace
}  // namespace rapt::conformance
