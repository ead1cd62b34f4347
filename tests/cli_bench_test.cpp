// `rapt bench`, `rapt report` and `rapt replay`: the documented keys, honest errors, results drawn and problems run again.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/bench_judge.h"
#include "cli/bench_measure.h"
#include "cli/case_rows.h"
#include "cli/options.h"
#include "cli/replay.h"
#include "cli/report.h"
#include "tests/support/command.h"
#include "tests/support/xml.h"
#include "workbench/judge.h"
#include "workbench/run.h"
#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

using nlohmann::json;
using workbench::Case;

const json& small_bench() {
  static const json document = json::parse(run_command(add_bench, {"bench", "f32:hq2,sq64,d32:causal=br", "bf16:hq4,hkv2,sq1,sk300,d64",
                                                                   "--seconds", "0.01", "--threads", "1", "--json"})
                                               .out);
  return document;
}

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

std::string write_temporary(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

TEST(Bench, JsonHasTheDocumentedKeys) {
  const std::set<std::string> context = keys_of(small_bench()["context"]);
  for (const char* key :
       {"cpu", "isa", "threads", "fma_peak_gflops", "bf16_peak_gflops", "read_gbps", "gpu", "driver", "version", "commit"}) {
    EXPECT_TRUE(context.count(key)) << key;
  }
  ASSERT_EQ(small_bench()["results"].size(), 2u);
  const std::set<std::string> expected = {"problem", "engine",     "kernel", "best_s",          "p25_s",
                                          "gflops",  "peak_share", "gbps",   "bandwidth_share", "error_of_bound"};
  for (const json& row : small_bench()["results"]) EXPECT_EQ(keys_of(row), expected);
}

TEST(Bench, NumbersFollowFromTheTimeAndThePeak) {
  for (const json& row : small_bench()["results"]) {
    const workbench::Problem problem = workbench::parse_problem(row["problem"]);
    const double best = row["best_s"], bf16_peak = small_bench()["context"]["bf16_peak_gflops"];
    const bool by_dot = problem.q_type == RAPT_BF16 && bf16_peak > 0;
    const double peak = by_dot ? bf16_peak : small_bench()["context"]["fma_peak_gflops"].get<double>();
    EXPECT_GT(best, 0);
    EXPECT_LE(best, row["p25_s"]);
    EXPECT_NEAR(row["gflops"], workbench::flops(problem) / best * 1e-9, 1e-9);
    EXPECT_NEAR(row["gbps"], workbench::unique_bytes(problem) / best * 1e-9, 1e-9);
    EXPECT_NEAR(row["peak_share"], row["gflops"].get<double>() / peak, 1e-9);
    EXPECT_GT(row["bandwidth_share"], 0);
    EXPECT_LE(row["error_of_bound"], 1);
    EXPECT_EQ(row["engine"], "cpu");
  }
}

TEST(Bench, TableNamesEveryProblem) {
  const Printed printed = run_command(add_bench, {"bench", "f32:sq33,d24", "--seconds", "0.01", "--engine", "cpu,reference"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_NE(printed.out.find("f32:sq33,d24"), std::string::npos);
  EXPECT_NE(printed.out.find("cpu/"), std::string::npos);
  EXPECT_NE(printed.out.find("reference"), std::string::npos);
  EXPECT_NE(printed.out.find("GFLOP/s"), std::string::npos);
}

TEST(Bench, HoldsTheEngineDownToTheIsaAsked) {
  const Printed printed = run_command(add_bench, {"bench", "f32:sq33,d24", "--seconds", "0.01", "--isa", "scalar", "--json"});
  EXPECT_EQ(json::parse(printed.out)["context"]["isa"], "scalar");
}

TEST(Bench, PresetsStandForTheirProblems) {
  const Printed printed = run_command(add_bench, {"bench", "f32:sq3,d4", "--preset", "vit", "--seconds", "0.01", "--json"});
  const json results = json::parse(printed.out)["results"];
  ASSERT_EQ(results.size(), 2u) << printed.out;
  EXPECT_EQ(results[0]["problem"], "f32:sq3,d4");
  EXPECT_EQ(results[1]["problem"], "f32:b8,hq12,sq197,d64");
}

TEST(Bench, BadInputIsRefused) {
  EXPECT_EQ(run_command(add_bench, {"bench", "f33:sq4,d4"}).exit_code, 2);
  EXPECT_EQ(run_command(add_bench, {"bench", "f32:sq4,d4", "--engine", "abacus"}).exit_code, 2);
  EXPECT_EQ(run_command(add_bench, {"bench", "f32:sq4,d4", "--seconds", "0"}).exit_code, 2);
  EXPECT_EQ(run_command(add_bench, {"bench", "f32:sq4,d4", "--threads", "0"}).exit_code, 2);
  EXPECT_EQ(run_command(add_bench, {"bench", "f32:sq4,d4", "--isa", "abacus"}).exit_code, 2);
  EXPECT_EQ(run_command(add_bench, {"bench", "--preset", "abacus"}).exit_code, 2);
}

TEST(Bench, RefusalOfAnEngineIsReportedAndNotReplaced) {
  const Printed printed = run_command(add_bench, {"bench", "f64:sq4,d4", "--engine", "cpu", "--seconds", "0.01", "--json"});
  EXPECT_EQ(printed.exit_code, 2);
  const json document = json::parse(printed.out);
  EXPECT_TRUE(document["results"].empty());
  EXPECT_EQ(document["refused"][0]["engine"], "cpu");
  EXPECT_FALSE(document["refused"][0]["reason"].get<std::string>().empty());
}

// Every layout and every setting that a cut must carry along.
const char* const kProblems[] = {
    "f32:b2,hq4,hkv2,sq9,sk23,d8,dv5:causal=br",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:causal=tl,win=3:1:bshd",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:causal=7,cap=5,scale=0.5:strided",
    "f32:b3,hq4,hkv2,sq9,sk23,d8:causal=br,alibi=batch,sinks,lens=random,seed=4",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:mask=bhqk,bias=1h1k",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:mask=b1qk,bias=bhqk/bf16,lens=random,seed=3",
    "f16:b3,hq4,hkv2,sq9,sk23,d8:causal=br,alibi,lens=random,seed=5:ragged",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:causal=br,win=6:-1:page4",
    "bf16:b2,hq4,hkv2,sq9,sk23,d8:causal=br,lens=random,seed=6:list3",
    "f32/f16/bf16/f32:b2,hq4,hkv2,sq9,sk23,d8:causal=br,lens=random,seed=7:pointers5",
    "f32:b2,hq4,hkv2,sq9,sk23,d8:causal=br,lens=random,seed=8:ragged,page4",
};

// The exact answer to rows 3 .. 5 of the last sequence and kv head is the same whether they were cut out or not.
TEST(CaseRows, AreTheSameProblemAsInTheWholeCase) {
  const workbench::Context context = workbench::make_context(1);
  for (const char* text : kProblems) {
    const Case data = workbench::make_case(workbench::parse_problem(text));
    const workbench::Judgement whole = workbench::judge(context.get(), data);
    for (size_t b = 0; b < data.lens_q.size(); ++b) {
      const int64_t count = std::min<int64_t>(3, data.lens_q[b]), row = data.lens_q[b] - count;
      if (count == 0 || data.lens_kv[b] == 0) continue;
      const Case part = rows_of(data, Rows{static_cast<int64_t>(b), 1, row, count});
      const workbench::Judgement cut = workbench::judge(context.get(), part);
      const rapt_tensor& o = data.problem.o;
      const rapt_tensor dense = rapt_dense(RAPT_F64, o.shape[0], o.shape[1], o.shape[2], o.shape[3]);
      for (int64_t h = 0; h < 2; ++h) {
        for (int64_t i = 0; i < count; ++i) {
          const int64_t from = workbench::query_row(data, dense, static_cast<int64_t>(b), 2 + h, row + i);
          for (int64_t d = 0; d < o.shape[3]; ++d) {
            const auto at = static_cast<size_t>((h * count + i) * o.shape[3] + d);
            ASSERT_EQ(cut.o[at], whole.o[static_cast<size_t>(from + d)]) << text << " b" << b << " h" << h << " i" << i << " d" << d;
          }
        }
      }
    }
  }
}

TEST(BenchJudge, SampleAgreesWithTheWholeOnACorrectAnswer) {
  const workbench::Context context = workbench::make_context(1);
  for (const char* text : kProblems) {
    const Case data = workbench::make_case(workbench::parse_problem(text));
    const workbench::Outcome outcome = workbench::run_engine(context.get(), data, RAPT_ENGINE_CPU, false);
    ASSERT_TRUE(outcome.ok()) << outcome.message;
    const JudgedRows whole = judge_rows(context.get(), data, outcome, RAPT_ENGINE_CPU, 1e9),
                     sample = judge_rows(context.get(), data, outcome, RAPT_ENGINE_CPU, 1);
    EXPECT_EQ(whole.rows, whole.rows_in_all);
    EXPECT_LT(sample.rows, sample.rows_in_all);
    EXPECT_GT(sample.rows, 0);
    EXPECT_LE(sample.error_of_bound, whole.error_of_bound * (1 + 1e-9)) << text;
    EXPECT_LE(whole.error_of_bound, 1) << text;
  }
}

TEST(BenchJudge, SampleNoticesAnErrorInTheLastRow) {
  const workbench::Context context = workbench::make_context(1);
  const Case data = workbench::make_case(workbench::parse_problem("f32:hq4,hkv2,sq64,sk64,d16:causal=br"));
  workbench::Outcome outcome = workbench::run_engine(context.get(), data, RAPT_ENGINE_CPU, false);
  const int64_t last = workbench::extent(data.problem.o) - 1;
  workbench::store(outcome.o.data(), RAPT_F32, last, workbench::load(outcome.o.data(), RAPT_F32, last) + 0.01);
  EXPECT_GT(judge_rows(context.get(), data, outcome, RAPT_ENGINE_CPU, 1).error_of_bound, 1);
}

TEST(Bench, AnswerBeyondItsBoundFailsTheCommand) {
  BenchResult result;
  Measurement wrong;
  wrong.error_of_bound = 1.5;
  result.measurements = {wrong};
  EXPECT_EQ(exit_code_of(result), kValidationFailed);
}

TEST(Report, DrawsEveryResultInEveryForm) {
  const Report report = read_report("results", small_bench());
  for (const std::string& text : {markdown_of(report), chart_of(report), html_of(report)}) {
    EXPECT_NE(text.find("f32:hq2,sq64,d32:causal=br"), std::string::npos);
    EXPECT_NE(text.find("bf16:hq4,hkv2,sq1,sk300,d64"), std::string::npos);
  }
  EXPECT_EQ(what_is_wrong_with_xml(chart_of(report)), "");
}

TEST(Report, WritesTheFormThatTheEndingNames) {
  const std::string results = write_temporary("results.json", small_bench().dump());
  const std::string chart = testing::TempDir() + "chart.svg";
  EXPECT_EQ(run_command(add_report, {"report", results, "-o", chart}).exit_code, 0);
  std::ifstream file(chart);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text.substr(0, 4), "<svg");
  EXPECT_EQ(run_command(add_report, {"report", results}).out.substr(0, 1000).find("<svg"), std::string::npos);
}

TEST(Report, BadInputIsRefused) {
  const std::string garbage = write_temporary("garbage.json", "{\"context\": 3");
  EXPECT_EQ(run_command(add_report, {"report", garbage}).exit_code, 2);
  EXPECT_EQ(run_command(add_report, {"report", write_temporary("other.json", "{\"results\": []}")}).exit_code, 2);
  EXPECT_EQ(run_command(add_report, {"report", testing::TempDir() + "absent.json"}).exit_code, 2);
  EXPECT_EQ(run_command(add_report, {"report", garbage, "-o", "report.docx"}).exit_code, 2);
}

TEST(Replay, ReadsLinesWithCommentsAndDropsDoubles) {
  const auto problems = read_recording("file", "# prefill\nf32:sq4,d4\r\n\n  f32:sq4,d4  # again\nbf16:sq2,d8\n");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(workbench::print_problem(problems[1]), "bf16:sq2,d8");
}

TEST(Replay, ReadsTheJsonOfABenchmark) { EXPECT_EQ(read_recording("file", small_bench().dump()).size(), 2u); }

TEST(Replay, ValidatesEveryProblemAgain) {
  const Printed printed = run_command(add_replay, {"replay", write_temporary("trace.txt", "f32:sq4,d4\nf16:sq7,d3:causal=br\n")});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_EQ(printed.out.find("ok "), 0u);
  EXPECT_NE(printed.out.find("f16:sq7,d3:causal=br\n"), std::string::npos);
}

TEST(Replay, BadInputIsRefusedWithTheLine) {
  const Printed printed = run_command(add_replay, {"replay", write_temporary("bad.txt", "f32:sq4,d4\nf32:sq4,dx\n")});
  EXPECT_EQ(printed.exit_code, 2);
  EXPECT_NE(printed.refusal.find("line 2"), std::string::npos);
  EXPECT_EQ(run_command(add_replay, {"replay", write_temporary("empty.txt", "\n")}).exit_code, 2);
  EXPECT_EQ(run_command(add_replay, {"replay", write_temporary("bad.json", "{\"results\": [1]}")}).exit_code, 2);
}

}  // namespace
}  // namespace rapt::cli
