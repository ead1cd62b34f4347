// `--engine emulated`: GPU kernels without a GPU, through the program itself; and what it says when one has a bug.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/npy_bytes.h"
#include "tests/support/program.h"
#include "tests/support/sanitized.h"

namespace rapt::tests {
namespace {

using nlohmann::json;

Ran rapt(const std::vector<std::string>& arguments, const Folder& folder = Folder()) {
  return run_program(RAPT_EMULATED_PROGRAM, arguments, folder);
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* const kProblem = "bf16:b2,hq4,hkv2,sq70,sk133,d64:causal=br";

TEST(ProgramEmulated, ValidatesTheKernelsOfEachArchitecture) {
  for (const std::string arch : {"sm_80", "sm_90a"}) {
    const Ran ran = rapt({"validate", "--json", "--engine", "emulated", "--arch", arch, kProblem});
    ASSERT_EQ(ran.code, 0) << ran.err << ran.out;
    const json engine = json::parse(ran.out)["engines"][0];
    EXPECT_EQ(engine["engine"], "emulated/" + arch);
    EXPECT_EQ(engine["problems"], 1);
    EXPECT_GT(engine["error_of_bound"], 0.0);
    EXPECT_LE(engine["error_of_bound"], 1.0);
    const Ran explained = rapt({"explain", "--engine", "emulated", "--arch", arch, kProblem});
    EXPECT_TRUE(has(explained.out, "engine emulated: runs emulated/forward_sm" + arch.substr(3, 2) + "_bf16_d64\n")) << explained.out;
  }
  EXPECT_EQ(rapt({"validate", "--engine", "emulated", kProblem}).out.substr(0, 6), "engine");
}

// P is of q's type in the kernels, so an o in more bits keeps the bound of q's; and not one that is wider still.
TEST(ProgramEmulated, JudgesAWideOutputByTheBoundThatKernelsKeep) {
  for (const std::string arch : {"sm_80", "sm_90a"}) {
    const Ran ran = rapt({"validate", "--json", "--engine", "emulated", "--arch", arch, "bf16/bf16/bf16/f32:b2,hq4,hkv2,sq70,sk133,d64",
                          "f16/f16/f16/f32:hq2,sq5,sk70,d64:sinks"});
    ASSERT_EQ(ran.code, 0) << ran.err << ran.out;
    EXPECT_GT(json::parse(ran.out)["engines"][0]["error_of_bound"], 0.1) << ran.out;
  }
}

// How right the kernels are is the matter of tests/kernels; here, that what they do not take is counted and does not end the run.
TEST(ProgramEmulated, CountsWhatKernelsDoNotTake) {
  const Ran ran = rapt({"validate", "--json", "--engine", "emulated", "--random", "30", "--tiles"});
  ASSERT_LE(ran.code, 1) << ran.err;
  const json engine = json::parse(ran.out)["engines"][0];
  int64_t refused = 0;
  for (const json& refusal : engine["refusals"]) {
    refused += refusal["problems"].get<int64_t>();
    EXPECT_NE(refusal["sentence"], "");
    EXPECT_NE(refusal["first_problem"], "");
  }
  EXPECT_EQ(engine["refused"], refused);
  EXPECT_GT(engine["problems"], 0);
  EXPECT_EQ(engine["problems"].get<int64_t>() + refused, 30);
}

// What a GPU would divide among its multiprocessors, the emulated one divides too.
TEST(ProgramEmulated, PlansAsTheCommonCardOfTheArchitecture) {
  for (const std::string arch : {"sm_80", "sm_90a"}) {
    const std::string text = rapt({"explain", "--arch", arch, "bf16:hq8,hkv1,sq1,sk4096,d64"}).out;
    const auto splits = [&text](const std::string& engine) {
      const size_t section = text.find("\n" + engine + ": takes it"), line = text.find("  splits: ", section);
      return section == std::string::npos ? engine + " refuses" : text.substr(line, text.find('\n', line) - line);
    };
    EXPECT_EQ(splits("emulated"), splits("cuda"));
    EXPECT_TRUE(has(splits("cuda"), " of ")) << text;
    EXPECT_EQ(rapt({"validate", "--engine", "emulated", "--arch", arch, "bf16:hq8,hkv1,sq1,sk1024,d64"}).code, 0);
  }
}

TEST(ProgramEmulated, RefusesAProblemThatWasNamed) {
  const Ran ran = rapt({"validate", "--engine", "emulated", "f64:sq3,d8"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(has(ran.err, "rapt: f64:sq3,d8: --engine emulated: q")) << ran.err;
  EXPECT_FALSE(has(ran.err, "engine emulated: engine")) << ran.err;
}

TEST(ProgramEmulated, IsRefusedByAProgramWithout) {
  if (RAPT_PROGRAM_IS_EMULATED) GTEST_SKIP() << "this build's program is with it";
  const Ran ran = run_program(RAPT_PROGRAM_PATH, {"validate", "--engine", "emulated", kProblem}, Folder());
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "rapt: --engine emulated: not in this build; configure one with -DRAPT_EMULATED=ON\n");
}

TEST(ProgramEmulated, ArchIsOfEnginesThatHaveKernelsForGpus) {
  const Ran ran = rapt({"validate", "--engine", "cpu", "--arch", "sm_80", kProblem});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(has(ran.err, "rapt: --arch: engine cpu has no kernels for GPUs; leave it out")) << ran.err;
}

TEST(ProgramEmulated, IsNotTimed) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"bench", kProblem, "--engine", "emulated"},
                                                    std::vector<std::string>{"bench", kProblem, "--engine", "cpu,emulated"}}) {
    const Ran ran = rapt(arguments);
    EXPECT_EQ(ran.code, 2);
    EXPECT_TRUE(has(ran.err, "--engine emulated: its time says nothing of a GPU's")) << ran.err;
  }
}

TEST(ProgramEmulated, IsNeverChosenUnasked) {
  EXPECT_FALSE(has(rapt({"validate", kProblem}).out, "emulated"));
  EXPECT_FALSE(has(rapt({"info", "--matrix"}).out, "emulated"));
}

class ProgramEmulatedBug : public ::testing::Test {
 protected:
  static void expect_report(const std::string& text) {
    EXPECT_TRUE(has(text, "kernel racy_bf16_d64, lazy fifo seed 1: race: store at racy_rows.cpp:")) << text;
    EXPECT_TRUE(has(text, " by block (0,0,0) thread ")) << text;
    EXPECT_TRUE(has(text, "on shared + 0 (4 bytes)")) << text;
    EXPECT_TRUE(has(text, "against the earlier write, store at racy_rows.cpp:")) << text;
  }
  static Ran racy(const std::vector<std::string>& arguments, const Folder& folder = Folder()) {
    return run_program(RAPT_RACY_PROGRAM, arguments, folder);
  }
};

TEST_F(ProgramEmulatedBug, IsReportedWithTheProblemThatMeetsIt) {
  if (test::kSanitized) GTEST_SKIP() << "plain accesses are not checked in this build";
  const Ran ran = racy({"validate", "--engine", "emulated", kProblem});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(has(ran.out, std::string("FAILED emulated/sm_90a: ") + kProblem + ": ")) << ran.out;
  expect_report(ran.out);
  Folder folder;
  folder.write("problems", std::string(kProblem) + "\n");
  expect_report(racy({"replay", "problems", "--engine", "emulated", "--arch", "sm_80"}, folder).out);
}

TEST_F(ProgramEmulatedBug, LeavesNoResultOfARun) {
  if (test::kSanitized) GTEST_SKIP() << "plain accesses are not checked in this build";
  Folder folder;
  const std::string tensor = npy_f32({1, 1, 3, 64}, std::vector<float>(3 * 64, 0.5f));
  for (const char* name : {"q.npy", "k.npy", "v.npy"}) folder.write(name, tensor);
  const Ran ran =
      racy({"run", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy", "--dtype", "bf16", "--out", "o.npy", "--engine", "emulated"}, folder);
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err.rfind("rapt: bf16:", 0), 0u) << ran.err;
  expect_report(ran.err);
  EXPECT_EQ(folder.contents().count("o.npy"), 0u);
}

}  // namespace
}  // namespace rapt::tests
