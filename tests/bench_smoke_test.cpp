// The benchmark programs run every workload at a small size, on every engine, with every counter, and the answers are right.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

namespace rapt {
namespace {

struct Ran {
  int code = -1;
  std::string output;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen((std::string(RAPT_BENCH_PROGRAMS) + "/" + command).c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> chunk;
  for (size_t got; (got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) ran.output.append(chunk.data(), got);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

// The report of one run of rapt_bench, shared by the tests.
const nlohmann::json& report() {
  static const nlohmann::json parsed = [] {
    const Ran ran = run("rapt_bench --reduced --benchmark_min_time=0.0001 --benchmark_format=json");
    EXPECT_EQ(ran.code, 0);
    return nlohmann::json::parse(ran.output, nullptr, false);
  }();
  return parsed;
}

TEST(Benchmarks, EveryWorkloadRunsOnEveryEngineWithEveryCounter) {
  ASSERT_TRUE(report().is_object());
  ASSERT_GT(report()["benchmarks"].size(), 100u);
  for (const auto& row : report()["benchmarks"]) {
    const std::string name = row["name"];
    EXPECT_FALSE(row.value("error_occurred", false)) << name << ": " << row.value("error_message", "");
    for (const char* counter : {"GFLOP/s", "GFLOP/s_p25", "peak_pct", "GB/s", "bandwidth_pct"}) {
      ASSERT_TRUE(row.contains(counter)) << name << " lacks " << counter;
      EXPECT_GT(row[counter].get<double>(), 0) << name << ' ' << counter;
    }
  }
}

TEST(Benchmarks, EveryAnswerIsWithinItsBound) {
  for (const auto& row : report()["benchmarks"]) {
    ASSERT_TRUE(row.contains("error_of_bound")) << row["name"];
    EXPECT_LE(row["error_of_bound"].get<double>(), 1) << row["name"];
  }
}

TEST(Benchmarks, NamesSayEngineAndProblem) {
  std::set<std::string> engines;
  for (const auto& row : report()["benchmarks"]) {
    std::istringstream parts(row["name"].get<std::string>());
    std::string phase, engine, problem;
    std::getline(parts, phase, '/'), std::getline(parts, engine, '/'), std::getline(parts, problem, '/');
    EXPECT_EQ(phase, "forward");
    EXPECT_NE(problem.find(":"), std::string::npos) << row["name"];
    engines.insert(engine);
  }
  EXPECT_TRUE(engines.count("cpu_scalar")) << "the engine that every machine has";
  EXPECT_TRUE(engines.count("reference"));
}

TEST(Benchmarks, ContextSaysWhereAndOfWhat) {
  for (const char* key : {"cpu", "isa", "threads", "fma_peak_gflops", "bf16_peak_gflops", "read_gbps", "version", "commit", "peer"}) {
    EXPECT_TRUE(report()["context"].contains(key)) << key;
  }
}

TEST(Compare, PrintsARowForEachWorkloadAndThreadCount) {
  const Ran ran = run("rapt_compare prefill decode grouped short ragged paged tiny --reduced --rounds 1 --seconds 0 --threads 1,2");
  ASSERT_EQ(ran.code, 0) << ran.output;
  std::istringstream lines(ran.output);
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    ++rows;
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 13) << line;
  }
  EXPECT_GT(rows, 40);
}

TEST(Compare, UnknownWorkloadIsRefusedWithTheNames) {
  const Ran ran = run("rapt_compare nonsense 2>&1");
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.output.find("'nonsense'"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("prefill"), std::string::npos) << ran.output;
}

TEST(Scaling, PrintsARowForEachProblem) {
  const Ran ran = run("rapt_scaling f32:b2,hq1,sq40,d16 bf16:hq4,hkv2,sq70,d32:causal=br --threads 2 --rounds 1 --seconds 0");
  ASSERT_EQ(ran.code, 0) << ran.output;
  for (const char* row : {"| `f32:b2,sq40,d16` |", "| `bf16:hq4,hkv2,sq70,d32:causal=br` |"})
    EXPECT_NE(ran.output.find(row), std::string::npos) << ran.output;
}

TEST(Scaling, RefusesWhatIsNotCutIntoParts) {
  for (const char* problem :
       {"f32:hq3,sq40,d16", "f32:hq2,sq40,d16:lens=random", "f32:hq2,sq1,sk40,d16::page16", "f32:hq2,sq4,d16:sinks"}) {
    const Ran ran = run(std::string("rapt_scaling --threads 2 ") + problem + " 2>&1");
    EXPECT_EQ(ran.code, 2) << problem;
    EXPECT_NE(ran.output.find("parts"), std::string::npos) << ran.output;
  }
}

TEST(HostCost, PrintsPlanAndRun) {
  const Ran ran = run("rapt_host_cost");
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.output.find("| `f32:b1,hq1,sq1,d64` | 1 |"), std::string::npos) << ran.output;
}

}  // namespace
}  // namespace rapt
