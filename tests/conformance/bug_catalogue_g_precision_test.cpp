// Catalogue sections G and H, what a CPU can show of them: precision, subnormals, statuses of the right call, all kernels from two threads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <cmath>
#include <thread>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueG : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueG, testing::ValuesIn(machines()), machine_name);
class BugCatalogueH : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueH, testing::ValuesIn(machines()), machine_name);

TEST_P(BugCatalogueG, G02TheScaleIsNotFoldedIntoSixteenBitQueries) {
  if (GetParam().engine == RAPT_ENGINE_REFERENCE) return;  // it computes these for the others anyway
  for (const char* type : {"f16", "bf16"}) {
    for (const int dim : {64, 256, 512}) {
      expect_judged(fmt::format("{}:b1,hq1,sq289,d{}:scale=1.2", type, dim));
      expect_judged(fmt::format("{}:b1,hq4,hkv1,sq1,sk289,d{}:scale=1.2", type, dim));
    }
  }
}

TEST_P(BugCatalogueG, G03ScoresMayPassTheLargestSixteenBitNumber) {
  for (const char* type : {"f16", "bf16", "f32"}) {
    for (const double scale : {1.0, 0.08838834764831845}) {
      for (const int rows : {1, 20}) {
        Case data = case_of(fmt::format("{}:b1,hq2,hkv1,sq{},sk64,d128:scale={}", type, rows, scale));
        fill(data.problem.q, data.q, [](auto...) { return 40.0; });
        fill_k(data, [](auto...) { return 40.0; });
        fill_v(data, [](auto, auto, int64_t j, auto) { return static_cast<double>(j); });
        EXPECT_EQ(o_of(data, run(data)), std::vector<double>(static_cast<size_t>(2 * rows * 128), 31.5)) << data.name;
        expect_judged(data);
      }
    }
  }
}

// No kernel takes eight-bit types yet: they are refused by name, never read as something else.
void expect_eight_bits_refused(rapt_context* context, int32_t engine) {
  for (rapt_tensor rapt_problem::*tensor : {&rapt_problem::q, &rapt_problem::k, &rapt_problem::v, &rapt_problem::o}) {
    for (const rapt_type type : {RAPT_E4M3, RAPT_E5M2, RAPT_I8}) {
      rapt_problem problem = dense_problem(RAPT_F16, 1, 2, 2, 4, 4, 16, 16);
      problem.engine = engine;
      (problem.*tensor).type = type;
      rapt_plan* plan = nullptr;
      EXPECT_EQ(rapt_plan_create(context, &problem, &plan), RAPT_UNSUPPORTED);
      EXPECT_STRNE(rapt_last_error(), "");
      EXPECT_EQ(plan, nullptr);
    }
  }
}
TEST_P(BugCatalogueG, G07EightBitTypesAreRefusedNotSaturated) { expect_eight_bits_refused(context(), GetParam().engine); }
TEST_P(BugCatalogueG, G09EightBitKeysBesideSixteenBitQueriesAreRefused) {
  expect_eight_bits_refused(context(), GetParam().engine);
  expect_eight_bits_refused(context(), RAPT_ENGINE_AUTO);
}

// Rows whose maximum repeats, V >= 0: the mean of error / (u A), A = o here.
double signed_bias(const Case& data, const Outcome& outcome, double unit) {
  const Judgement exact = judge(judging_context(), data);
  const std::vector<double> o = o_of(data, outcome);
  double sum = 0;
  for (size_t e = 0; e < o.size(); ++e) sum += (o[e] - exact.o[e]) / (unit * exact.o[e]);
  return sum / static_cast<double>(o.size());
}

TEST_P(BugCatalogueG, G12RepeatedMaximaDoNotBiasTheOutput) {
  for (const auto& [type, unit] : {std::pair{"bf16", 0x1p-8}, {"f16", 0x1p-11}}) {
    for (const char* shape : {"b4,hq4,hkv2,sq64,sk96,d64", "b64,hq8,hkv2,sq1,sk96,d64"}) {
      Case data = case_of(fmt::format("{}:{}:data=uniform", type, shape));
      // Half of the keys are one key, the one that wins; the others are near it.
      fill(data.problem.q, data.q,
           [](auto, auto, int64_t i, int64_t d) { return d == 0 ? 1.0 + 0.125 * static_cast<double>(i % 8) : 0.25; });
      fill_k(data, [](auto, auto, int64_t j, int64_t d) { return d == 0 ? (j % 2 == 0 ? 4.0 : 0.5 * static_cast<double>(j % 7)) : 0.5; });
      EXPECT_LE(std::abs(signed_bias(data, run(data), unit)), 0.05) << data.name;
    }
  }
}

TEST_P(BugCatalogueG, G14SubnormalHalvesAreKept) {
  for (const int rows : {1, 9}) {
    Case data = case_of(fmt::format("f16:b1,hq2,hkv1,sq{},sk16,d32:scale=1", rows));
    fill(data.problem.q, data.q, [](auto...) { return 0x1p-24; });
    fill_v(data, [](auto...) { return 0x1p-24; });
    EXPECT_EQ(o_of(data, run(data)), std::vector<double>(static_cast<size_t>(2 * rows * 32), 0x1p-24));
    fill_k(data, [](auto, auto, int64_t j, auto) { return j == 0 ? 65504.0 : 0.0; });  // q.k = 32 * 2^-24 * 65504 = 0.125
    expect_judged(data);
  }
}

TEST_P(BugCatalogueG, G14SubnormalFloatsAreKept) {
  for (const char* type : {"f32", "bf16"}) {
    Case data = case_of(fmt::format("{}:b1,hq2,hkv1,sq9,sk16,d32", type));
    fill(data.problem.q, data.q, [](auto...) { return 0.0; });
    fill_v(data, [](auto...) { return 0x1p-130; });
    EXPECT_EQ(o_of(data, run(data)), std::vector<double>(2 * 9 * 32, 0x1p-130)) << type;
  }
}

#if defined(__x86_64__)
TEST_P(BugCatalogueG, G14TheCallersRoundingAndFlushingModesComeBackUnchanged) {
  const unsigned before = _mm_getcsr();
  const Case data = case_of("f16:b1,hq8,hkv2,sq40,sk300,d64:causal=br");
  for (const int threads : {1, 3}) {
    run(data, threads);
    EXPECT_EQ(_mm_getcsr() & ~0x3Fu, before & ~0x3Fu);  // all but the sticky flags
  }
}

TEST_P(BugCatalogueG, G14AHostThatFlushesSubnormalsKeepsHalfPrecisionOnes) {
  const unsigned before = _mm_getcsr();
  constexpr unsigned kFlushAndDenormalsAreZero = 0x8040;
  for (const char* type : {"f16", "f16/f16/f16/f32", "f32/f16/f16/f32"}) {
    for (const int rows : {1, 9}) {
      Case data = case_of(fmt::format("{}:b1,hq2,hkv1,sq{},sk16,d32", type, rows));
      fill(data.problem.q, data.q, [](auto...) { return 0.0; });
      fill_v(data, [](auto...) { return 0x1p-24; });
      const Outcome plain = run(data);
      _mm_setcsr(before | kFlushAndDenormalsAreZero);
      const Outcome flushed = run_engine(context(), data, GetParam().engine, false);
      const unsigned after = _mm_getcsr();
      _mm_setcsr(before);
      EXPECT_EQ(after & kFlushAndDenormalsAreZero, kFlushAndDenormalsAreZero);
      EXPECT_TRUE(flushed.ok()) << flushed.message;
      EXPECT_EQ(o_of(data, flushed), std::vector<double>(static_cast<size_t>(2 * rows * 32), 0x1p-24)) << data.name;
      EXPECT_TRUE(same_bits(plain, flushed)) << data.name;
    }
  }
}
#endif

TEST_P(BugCatalogueH, H12TwoThreadsMayMakeContextsAndRunEveryKernelAtOnce) {
  const Case data = case_of("f32:b2,hq4,hkv2,sq64,sk130,d40:causal=br");
  const Outcome expected = run(data);
  std::vector<std::thread> threads;
  std::vector<Outcome> outcomes(4);
  for (Outcome& outcome : outcomes) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 5; ++repeat) {
        const Context own = make_context(2, GetParam().isa);
        outcome = run_engine(own.get(), data, GetParam().engine, false);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Outcome& outcome : outcomes) {
    EXPECT_TRUE(outcome.ok()) << outcome.message;
    EXPECT_TRUE(same_bits(expected, outcome));
  }
}

TEST_P(BugCatalogueH, H17AFailureBelongsToTheCallThatFailed) {
  const Case good = case_of("f32:b2,hq2,hkv1,sq1,sk40,d16::page16");
  Case bad = case_of("f32:b2,hq2,hkv1,sq1,sk40,d16::page16");
  const Outcome expected = run(good);
  bad.block_table.as<int32_t>()[1] = 1 << 20;
  const Outcome failed = run_engine(context(), bad, GetParam().engine, false);
  EXPECT_EQ(failed.status, RAPT_BAD_INDEX);
  EXPECT_NE(failed.message, "");
  EXPECT_TRUE(same_bits(expected, run(good)));
}

TEST_P(BugCatalogueH, H17AMissingPageCountsAsMaskedAndIsReported) {
  Case bad = case_of("f32:b2,hq2,hkv1,sq2,sk40,d16::page16");
  bad.block_table.as<int32_t>()[1] = -7;  // keys 16..31 of sequence 0
  const Outcome failed = run_engine(context(), bad, GetParam().engine, false);
  EXPECT_EQ(failed.status, RAPT_BAD_INDEX);
  Case masked = case_of("f32:b2,hq2,hkv1,sq2,sk40,d16:mask=b11k:page16");
  fill(masked.problem.mask, masked.mask, [](int64_t b, auto, auto, int64_t j) { return b == 1 || j < 16 || j >= 32; });
  const Judgement exact = judge(judging_context(), masked);
  const std::vector<double> o = o_of(masked, failed);
  for (size_t e = 0; e < o.size(); ++e) EXPECT_LE(std::abs(o[e] - exact.o[e]), exact.bound_o[e]) << e;
}

}  // namespace
}  // namespace rapt::conformance
