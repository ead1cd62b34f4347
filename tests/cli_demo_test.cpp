// `rapt demo`: the worked example's numbers, what the heads of the models look at, and how it is drawn.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/demo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/data/embedded_files.h"
#include "cli/demo_heads.h"
#include "tests/support/command.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

using nlohmann::json;

std::string tour(const std::string& ink) { return run_command(add_demo, {"demo", "--ink", ink}).out; }

const json& numbers() {
  static const json document = json::parse(run_command(add_demo, {"demo", "--json"}).out);
  return document;
}

double weight(int head_index, int row, int col) { return numbers()["heads"][head_index]["weights"][row][col]; }

TEST(Demo, ShowsTheStepsOfTheWorkedExample) {
  const std::string text = tour("ascii");
  EXPECT_NE(text.find("2 4 4\n"), std::string::npos);
  EXPECT_NE(text.find("0.063379  0.468311  0.468311"), std::string::npos);
  EXPECT_NE(text.find("1.936621  6.683105  1.595068"), std::string::npos);
}

TEST(Demo, ShowsTheArticlesRoundedNumbersBesideTheExactOnes) {
  const std::string text = tour("ascii");
  EXPECT_NE(text.find("rounds them to 0.0 0.5 0.5\n"), std::string::npos);
  EXPECT_NE(text.find("2.0 7.0 1.5\n"), std::string::npos);
}

// The article's matrices, multiplied on paper.
TEST(Demo, DerivesQueriesKeysAndValuesFromInputsAndWeights) {
  const json& example = numbers()["worked_example"];
  EXPECT_EQ(example["q"], json({1, 0, 2, 2, 2, 2, 2, 1, 3}));
  EXPECT_EQ(example["k"], json({0, 1, 1, 4, 4, 0, 2, 3, 1}));
  EXPECT_EQ(example["v"], json({1, 2, 3, 2, 8, 0, 2, 6, 3}));
  EXPECT_EQ(example["scores"], json({2, 4, 4, 4, 16, 12, 4, 12, 10}));
}

TEST(Demo, EngineAndJudgeAgreeOnTheWorkedExample) {
  const json& example = numbers()["worked_example"];
  EXPECT_LE(example["error_of_bound"], 1.0);
  EXPECT_LT(example["worst_error"], 1e-5);
  for (size_t i = 0; i < 9; ++i) EXPECT_NEAR(example["output"][i], example["engine_output"][i], 1e-5);
}

TEST(Demo, LayerTwentyLooksAtTheCapitalsItHasSeen) {
  const json& tokens = numbers()["heads"][0]["tokens"];
  ASSERT_EQ(tokens[12], " Rome");
  ASSERT_EQ(tokens[5], " Paris");
  EXPECT_NEAR(weight(0, 18, 12), 0.55, 0.005);
  EXPECT_NEAR(weight(0, 18, 5), 0.34, 0.005);
}

TEST(Demo, TheEncoderTakesItForTheTrophy) {
  const json& tokens = numbers()["heads"][2]["tokens"];
  ASSERT_EQ(tokens[11], "it");
  ASSERT_EQ(tokens[2], "trophy");
  ASSERT_EQ(tokens[9], "suitcase");
  EXPECT_NEAR(weight(2, 11, 2), 0.40, 0.005);
  EXPECT_NEAR(weight(2, 11, 9), 0.08, 0.005);
}

// Means over rows 1 .. 18 of a head, as the model's own f64 pass gave them: largest probability, probability of key 0, entropy in nats.
void expect_statistics(int head_index, double largest, double first, double entropy) {
  double sums[3] = {0, 0, 0};
  for (int row = 1; row < 19; ++row) {
    double most = 0, nats = 0;
    for (int col = 0; col <= row; ++col) {
      const double p = weight(head_index, row, col);
      most = std::max(most, p);
      nats -= p > 0 ? p * std::log(p) : 0;
    }
    sums[0] += most / 18, sums[1] += weight(head_index, row, 0) / 18, sums[2] += nats / 18;
  }
  EXPECT_NEAR(sums[0], largest, 0.0006 * largest + 0.0001);
  EXPECT_NEAR(sums[1], first, 0.001 * first + 0.0001);
  EXPECT_NEAR(sums[2], entropy, 0.001 * entropy + 0.0001);
}

TEST(Demo, HeadsHaveTheStatisticsRecordedWithTheModel) {
  expect_statistics(0, 0.725, 0.607, 0.813);
  expect_statistics(1, 0.785, 0.0591, 0.654);
}

TEST(Demo, CausalHeadsNeverLookAhead) {
  for (int head_index : {0, 1}) {
    for (int row = 0; row < 19; ++row) {
      for (int col = row + 1; col < 19; ++col) EXPECT_EQ(weight(head_index, row, col), 0);
    }
  }
}

TEST(Demo, EveryEngineAnswersWithinTheBoundOfTheStoredAnswer) {
  const workbench::Context context = workbench::make_context();
  for (const char* name : {"smollm2-layer20", "smollm2-layer11", "minilm-layer5"}) {
    EXPECT_LE(solve_layer(context.get(), RAPT_ENGINE_CPU, name).engine.error_of_bound, 1) << name;
    EXPECT_LE(solve_layer(context.get(), RAPT_ENGINE_REFERENCE, name).engine.error_of_bound, 1) << name;
  }
}

TEST(Demo, PrintsTheSameEveryTime) { EXPECT_EQ(tour("ascii"), tour("ascii")); }

TEST(Demo, FitsOnAFewScreens) {
  const std::string text = tour("ascii");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_GE(lines, 60);
  EXPECT_LE(lines, 110);
  for (size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = text.find('\n', begin);
    EXPECT_LE(end - begin, 110u) << text.substr(begin, end - begin);
  }
}

TEST(Demo, AsciiInkHasNeitherColoursNorBytesBeyondAscii) {
  const std::string text = tour("ascii");
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char byte) { return byte == '\n' || (byte >= ' ' && byte <= '~'); }));
}

TEST(Demo, ColourInksDrawWithTheirOwnEscapes) {
  EXPECT_NE(tour("24bit").find("\x1b[48;2;"), std::string::npos);
  EXPECT_NE(tour("256").find("\x1b[48;5;"), std::string::npos);
  EXPECT_EQ(tour("shades").find('\x1b'), std::string::npos);
}

TEST(Demo, UnknownInkIsRefused) {
  const Printed printed = run_command(add_demo, {"demo", "--ink", "gold"});
  EXPECT_EQ(printed.exit_code, 2);
  EXPECT_EQ(printed.refusal, "--ink: 'gold' is not one of auto, 24bit, 256, shades, ascii");
}

TEST(Demo, UnknownEngineIsRefused) { EXPECT_EQ(run_command(add_demo, {"demo", "--engine", "abacus"}).exit_code, 2); }

TEST(Demo, EmbeddedFilesAreThereAndOthersAreNot) {
  EXPECT_EQ(embedded_file("smollm2-layer20/q.npy").size(), 128u + 9 * 19 * 64 * 4);
  EXPECT_TRUE(embedded_file("smollm2-layer20/w.npy").empty());
}

}  // namespace
}  // namespace rapt::cli
