// The measured ceilings of the machine are sane; how high they are is nobody's claim here.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "workbench/ceilings.h"
#include "workbench/run.h"

namespace rapt::workbench {
namespace {

TEST(Ceilings, FmaPeakIsPositiveForEveryInstructionSetAndThreadCount) {
  for (const char* isa : {"", "avx512_bf16", "avx512", "avx2", "sse4", "neon", "scalar"}) {
    for (const int threads : {1, 2, 5}) EXPECT_GT(fma_peak_gflops(threads, isa, 0.01), 0) << isa << ' ' << threads;
  }
}

TEST(Ceilings, Bf16PeakIsThereWhereTheInstructionSetHasADotProduct) {
  EXPECT_EQ(bf16_peak_gflops(1, "avx512", 0.01), 0);
  EXPECT_EQ(bf16_peak_gflops(2, "scalar", 0.01), 0);
  if (isa_name() == "avx512_bf16") {
    for (const int threads : {1, 2, 5}) EXPECT_GT(bf16_peak_gflops(threads, "", 0.01), 0) << threads;
  }
}

// The machine may be busy with something else: the best of several measurements counts.
TEST(Ceilings, WiderVectorsAreNotSlower) {
  double narrow = 0, wide = 0;
  for (int attempt = 0; attempt < 20 && (attempt == 0 || narrow > 1.1 * wide); ++attempt) {
    narrow = std::max(narrow, fma_peak_gflops(1, "avx2", 0.02));
    wide = std::max(wide, fma_peak_gflops(1, "avx512", 0.02));
  }
  EXPECT_LE(narrow, 1.1 * wide);
}

TEST(Ceilings, NoNameMeansTheBestInstructionSet) {
  double named = 0, best = 0;
  for (int attempt = 0; attempt < 20 && (attempt == 0 || named > 1.1 * best); ++attempt) {
    for (const char* isa : {"avx512", "neon"}) named = std::max(named, fma_peak_gflops(1, isa, 0.02));
    best = std::max(best, fma_peak_gflops(1, "", 0.02));
  }
  EXPECT_LE(named, 1.1 * best);
}

TEST(Ceilings, UnknownInstructionSetIsRefusedByName) {
  try {
    fma_peak_gflops(1, "avx1024");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("avx1024"), std::string::npos) << error.what();
  }
}

TEST(Ceilings, ReadBandwidthIsPositiveAtAnySize) {
  for (const size_t bytes : {size_t{1}, size_t{4096}, size_t{100000}, size_t{1} << 20, size_t{8} << 20}) {
    for (const int threads : {1, 2, 3}) EXPECT_GT(read_gbps(threads, bytes), 0) << bytes << ' ' << threads;
  }
}

TEST(Ceilings, ReadingTheCallersMemoryTakesTimeAndLeavesItAlone) {
  const std::vector<float> data(1 << 20, 3.0f);
  EXPECT_GT(read_seconds(data.data(), data.size() * sizeof(float), 2), 0);
  EXPECT_EQ(std::count(data.begin(), data.end(), 3.0f), static_cast<std::ptrdiff_t>(data.size()));
}

TEST(Ceilings, BestInstructionSetIsTheEnginesToo) {
  unsetenv("RAPT_MAX_ISA");
  EXPECT_EQ(isa_name(), rapt_context_isa(make_context(1).get()));
  EXPECT_FALSE(cpu_name().empty());
}

TEST(Trials, BestIsTheLeastAndP25AQuarterOfTheWayUp) {
  const Trials trials{{5, 3, 9, 1, 7}};
  EXPECT_EQ(trials.best(), 1);
  EXPECT_EQ(trials.p25(), 3);
}

TEST(Trials, OneTrialIsBoth) {
  EXPECT_EQ(Trials{{2}}.best(), 2);
  EXPECT_EQ(Trials{{2}}.p25(), 2);
}

TEST(Trials, NoTrialsAreZero) {
  EXPECT_EQ(Trials{}.best(), 0);
  EXPECT_EQ(Trials{}.p25(), 0);
}

}  // namespace
}  // namespace rapt::workbench
