// The comparison on trial: answers that are wrong in one element each, and the judge where the answer is known by hand.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/support/constant_answer.h"
#include "workbench/judge.h"

namespace rapt::workbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const char* const kDense = "f32:b2,hq2,sq3,sk5,d4";

Case make(const std::string& text) { return make_case(parse_problem(text)); }

// An outcome that is 1 everywhere, a judgement that says the same, and one element of either changed.
struct Trial {
  Case data;
  Judgement exact;
  Outcome outcome;

  explicit Trial(const std::string& text) : data(make(text)) {
    outcome = run_call(
        data, 0, [this](const rapt_args& args, void*, size_t, std::string&) { return answer(data, args, 1.0), rapt_status{RAPT_OK}; });
    const int64_t* shape = data.problem.o.shape;
    const auto rows = static_cast<size_t>(shape[0] * shape[1] * shape[2]);
    exact.o.assign(rows * static_cast<size_t>(shape[3]), 1.0);
    exact.bound_o.assign(exact.o.size(), 0.5);
    if (data.problem.lse.type == RAPT_NONE) return;
    exact.lse.assign(rows, 1.0);
    exact.bound_lse.assign(rows, 0.5);
  }
  Verdict verdict() const { return compare(data, exact, outcome); }
  Verdict with_o(double got, double wanted) {
    store(outcome.o.data(), data.problem.o.type, 17, got);
    exact.o[17] = wanted;
    return verdict();
  }
  Verdict with_lse(double got, double wanted) {
    store(outcome.lse.data(), RAPT_F32, 5, got);
    exact.lse[5] = wanted;
    return verdict();
  }
};

TEST(Comparison, PassesEqualAnswersWithNothingToReport) {
  const Verdict verdict = Trial(kDense).verdict();
  EXPECT_TRUE(verdict.pass);
  EXPECT_EQ(verdict.worst, 0);
  EXPECT_EQ(verdict.max_abs_error, 0);
  EXPECT_EQ(verdict.message, "");
  EXPECT_EQ(verdict.histogram, (std::vector<int64_t>{48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Comparison, FailsWhatIsBeyondTheBoundAndNamesTheElement) {
  const Verdict verdict = Trial(kDense).with_o(2.0, 1.0);
  EXPECT_FALSE(verdict.pass);
  EXPECT_EQ(verdict.worst, 2);
  EXPECT_EQ(verdict.max_abs_error, 1);
  EXPECT_EQ(verdict.worst_element, "o[0,1,1,1] = 2, exact 1, bound 0.5");
  EXPECT_EQ(verdict.message,
            std::string(kDense) + ": o[0,1,1,1] = 2, exact 1, bound 0.5: 2 times the bound; 1 of 60 elements are beyond it");
  EXPECT_EQ(verdict.histogram.back(), 1);
}

TEST(Comparison, PassesWhatIsJustWithinTheBound) {
  const Verdict verdict = Trial(kDense).with_o(1.25, 1.0);
  EXPECT_TRUE(verdict.pass);
  EXPECT_EQ(verdict.worst, 0.5);
  EXPECT_EQ(verdict.histogram[5], 1);
  EXPECT_EQ(verdict.worst_element, "o[0,1,1,1] = 1.25, exact 1, bound 0.5");
}

TEST(Comparison, MeetsNanOnlyWithNan) {
  EXPECT_EQ(Trial(kDense).with_o(kNan, 1.0).worst, kInfinity);
  EXPECT_FALSE(Trial(kDense).with_o(kNan, 1.0).pass);
  EXPECT_FALSE(Trial(kDense).with_o(1.0, kNan).pass);
  EXPECT_FALSE(Trial(kDense).with_o(kNan, kInfinity).pass);
  EXPECT_TRUE(Trial(kDense).with_o(kNan, kNan).pass);
}

TEST(Comparison, MeetsInfinityOnlyWithTheSameInfinity) {
  EXPECT_TRUE(Trial(kDense).with_lse(-kInfinity, -kInfinity).pass);
  EXPECT_FALSE(Trial(kDense).with_lse(kInfinity, -kInfinity).pass);
  EXPECT_FALSE(Trial(kDense).with_lse(-3e38, -kInfinity).pass);
  EXPECT_FALSE(Trial(kDense).with_lse(-kInfinity, -3e38).pass);
  EXPECT_FALSE(Trial(kDense).with_o(-kInfinity, 1.0).pass);
  Trial unbounded(kDense);  // as the bound of an empty row's lse is
  unbounded.exact.bound_lse[5] = kInfinity;
  EXPECT_TRUE(unbounded.with_lse(-kInfinity, -kInfinity).pass);
  EXPECT_FALSE(unbounded.with_lse(-3e38, -kInfinity).pass);
  EXPECT_FALSE(unbounded.with_lse(-3e38, 0.0).pass);
}

TEST(Comparison, LetsAnAnswerBecomeInfiniteOnlyWhereItsTypeEnds) {
  EXPECT_TRUE(Trial("f16:b2,hq2,sq3,sk5,d4").with_o(kInfinity, 1e6).pass);
  EXPECT_FALSE(Trial("f16:b2,hq2,sq3,sk5,d4").with_o(-kInfinity, 1e6).pass);
  EXPECT_FALSE(Trial("f16:b2,hq2,sq3,sk5,d4").with_o(kInfinity, 6e4).pass);
  EXPECT_FALSE(Trial(kDense).with_o(kInfinity, 1e6).pass);
}

TEST(Comparison, HoldsAnExactZeroToZero) {
  Trial trial(kDense);
  trial.exact.bound_o[17] = 0;
  EXPECT_TRUE(trial.with_o(0.0, 0.0).pass);
  EXPECT_FALSE(trial.with_o(1e-45, 0.0).pass);
  trial.exact.bound_o[17] = kNan;
  EXPECT_FALSE(trial.with_o(0.25, 0.0).pass);
}

TEST(Comparison, JudgesLseToo) {
  const Verdict verdict = Trial(kDense).with_lse(3.0, 1.0);
  EXPECT_FALSE(verdict.pass);
  EXPECT_EQ(verdict.worst_element, "lse[0,1,2] = 3, exact 1, bound 0.5");
  EXPECT_EQ(verdict.histogram.back(), 0);
  EXPECT_TRUE(Trial("f32:b2,hq2,sq3,sk5,d4:nolse").verdict().pass);
}

TEST(Comparison, KeepsTheWorstOfMany) {
  Trial trial(kDense);
  trial.with_lse(1.75, 1.0);
  EXPECT_EQ(trial.with_o(4.0, 1.0).worst_element, "o[0,1,1,1] = 4, exact 1, bound 0.5");
  EXPECT_EQ(trial.with_lse(5.5, 1.0).worst_element, "lse[0,1,2] = 5.5, exact 1, bound 0.5");
  EXPECT_EQ(trial.with_o(kNan, 1.0).worst_element, "o[0,1,1,1] = nan, exact 1, bound 0.5");
  EXPECT_NE(trial.verdict().message.find("2 of 60 elements"), std::string::npos);
}

TEST(Comparison, LooksAtRowsOfASequenceOnly) {
  for (const char* layout : {"", ":strided", ":ragged", ":bshd,ragged"}) {
    Trial trial(std::string("f32:b9,hq2,sq3,sk5,d4:lens=edges") + layout);
    const rapt_tensor dense = rapt_dense(RAPT_F64, trial.data.problem.o.shape[0], 2, trial.data.problem.o.shape[2], 4);
    std::vector<double> own(trial.exact.o.size(), kNan);
    for (int64_t b = 0; b < 9; ++b) {
      for (int64_t h = 0; h < 2; ++h) {
        for (int64_t i = 0; i < trial.data.lens_q[static_cast<size_t>(b)]; ++i)
          std::fill_n(own.begin() + query_row(trial.data, dense, b, h, i), 4, 1.0);
      }
    }
    trial.exact.o = own;
    EXPECT_TRUE(trial.verdict().pass) << layout;
    EXPECT_EQ(trial.verdict().histogram[0], 9 / 3 * (0 + 1 + 3) * 2 * 4) << layout;
  }
}

TEST(Judge, KnowsThatEqualScoresGiveTheMean) {
  const Context context = make_context(1);
  const Case c = make("f16:sq1,sk4,d2:scale=0,lse2");
  const Judgement exact = judge(context.get(), c);
  double sum = 0;
  for (int64_t j = 0; j < 4; ++j) sum += load(c.v.data(), RAPT_F16, j * 2);
  EXPECT_NEAR(exact.o[0], sum / 4, 1e-15);
  EXPECT_NEAR(exact.lse[0], 2.0, 1e-15);
  EXPECT_GT(exact.bound_o[0], 1e-5);
  EXPECT_LT(exact.bound_o[0], 1e-2);
  EXPECT_GT(exact.bound_lse[0], 0);
}

TEST(Judge, AcquitsTheReferenceWhereverRowsLie) {
  const Context context = make_context(1);
  for (const char* layout : {"", ":strided", ":ragged", ":bshd,page3"}) {
    const Verdict verdict =
        validate(context.get(), make(std::string("bf16:b4,hq4,hkv2,sq5,sk9,d8:causal=br,lens=edges") + layout), RAPT_ENGINE_REFERENCE);
    EXPECT_TRUE(verdict.pass) << verdict.message;
    EXPECT_GT(verdict.worst, 0);
    EXPECT_LT(verdict.worst, 0.6);
  }
}

TEST(Judge, HoldsEachEngineToItsBounds) {
  const Context context = make_context(1);
  const Case wide = make("bf16/bf16/bf16/f32:sq3,sk9,d8"), alike = make("bf16:sq3,sk9,d8");
  const Judgement exact = judge(context.get(), wide), of_cuda = judged_for(context.get(), wide, RAPT_ENGINE_CUDA, exact);
  EXPECT_EQ(of_cuda.o, exact.o);
  EXPECT_EQ(of_cuda.bound_o, judge(context.get(), wide, RAPT_ENGINE_CUDA).bound_o);
  EXPECT_GT(of_cuda.bound_o[0], 100 * exact.bound_o[0]);
  EXPECT_EQ(of_cuda.bound_lse, exact.bound_lse);
  EXPECT_EQ(judged_for(context.get(), wide, RAPT_ENGINE_CPU, of_cuda).bound_o, exact.bound_o);
  EXPECT_EQ(judge(context.get(), alike, RAPT_ENGINE_CUDA).bound_o, judge(context.get(), alike).bound_o);
}

TEST(Judge, ReportsARefusalWithTheProblemAndItsStatus) {
  const Context context = make_context(1);
  const Verdict verdict = validate(context.get(), make("f64:sq3,d4"), RAPT_ENGINE_CPU);
  EXPECT_FALSE(verdict.pass);
  EXPECT_EQ(verdict.message.find("f64:sq3,d4: "), 0U) << verdict.message;
  EXPECT_NE(verdict.message.find("(RAPT_UNSUPPORTED)"), std::string::npos) << verdict.message;
  EXPECT_THROW(judge(context.get(), make("f32:hq3,hkv2,sq3,d4")), std::runtime_error);
}

}  // namespace
}  // namespace rapt::workbench
