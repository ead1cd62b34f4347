// `rapt validate`, `rapt explain` and `rapt info`, the program itself: what passes, what fails, what is printed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/describe.h"
#include "cli/kernels.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/plain_attention.h"
#include "tests/support/program.h"
#include "workbench/case.h"
#include "workbench/run.h"
#include "workbench/suites.h"

namespace rapt::tests {
namespace {

using nlohmann::json;

Ran rapt(const std::vector<std::string>& arguments, const Folder& folder = Folder()) {
  return run_program(RAPT_PROGRAM_PATH, arguments, folder);
}

const char* const kProblem = "bf16:b2,hq8,hkv2,sq10,sk33,d16:causal=br";

TEST(ProgramValidate, HoldsEveryEngineAgainstTheJudge) {
  const Ran ran = rapt({"validate", "--json", kProblem, "f32:sq3,d5"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "") << "no progress where stderr is no terminal";
  const json document = json::parse(ran.out);
  EXPECT_EQ(document["pass"], true);
  ASSERT_EQ(document["engines"].size(), 2u);
  EXPECT_EQ(document["engines"][0]["engine"], "reference");
  EXPECT_EQ(document["engines"][1]["engine"].get<std::string>().rfind("cpu/", 0), 0u);
  for (const json& engine : document["engines"]) {
    EXPECT_EQ(engine["problems"], 2);
    EXPECT_EQ(engine["failed"], 0);
    EXPECT_LE(engine["error_of_bound"], 1.0);
    EXPECT_GT(engine["error_of_bound"], 0.0) << "a bf16 answer is never exact";
    EXPECT_NE(engine["worst_element"].get<std::string>().find(", exact "), std::string::npos);
    int64_t elements = 0;
    for (const json& count : engine["histogram"]) elements += count.get<int64_t>();
    EXPECT_EQ(elements, 2 * 8 * 10 * 16 + 3 * 5);
  }
}

TEST(ProgramValidate, DrawsSeededRandomProblemsAndCountsThemByKernel) {
  for (const char* tiles : {"", "--tiles"}) {
    std::vector<std::string> arguments = {"validate", "--json", "--engine", "cpu", "--random", "5", "--seed", "11"};
    if (*tiles != '\0') arguments.emplace_back(tiles);
    const Ran ran = rapt(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    const json engine = json::parse(ran.out)["engines"][0];
    EXPECT_EQ(engine["problems"], 5);
    EXPECT_NE(engine["worst_problem"].get<std::string>().find("seed=1"), std::string::npos) << engine["worst_problem"];
    int64_t by_kernel = 0;
    for (const json& kernel : engine["kernels"]) {
      EXPECT_EQ(kernel["kernel"].get<std::string>().rfind("cpu/", 0), 0u);
      EXPECT_LE(kernel["error_of_bound"].get<double>(), engine["error_of_bound"].get<double>());
      by_kernel += kernel["problems"].get<int64_t>();
    }
    EXPECT_EQ(by_kernel, 5);
    EXPECT_EQ(rapt(arguments).out, ran.out) << "the same seeds, the same answers";
  }
}

TEST(ProgramBench, TakesListsOfProblemsByName) {
  const Ran ran = rapt({"bench", "--json", "--workload", "tiny", "--seconds", "0.01"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["results"].size(), 2u);
  const Ran unknown = rapt({"bench", "--workload", "huge"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_EQ(unknown.err.rfind("rapt: --workload: no workload is called 'huge': use all, ", 0), 0u) << unknown.err;
}

TEST(ProgramValidate, BeginsNoProblemAfterItsTime) {
  const Ran ran = rapt({"validate", "--json", "--engine", "cpu", "--random", "1000000", "--seconds", "0.2"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const int64_t judged = json::parse(ran.out)["engines"][0]["problems"].get<int64_t>();
  EXPECT_GT(judged, 0);
  EXPECT_LT(judged, 1000000);
}

TEST(ProgramValidate, PrintsTheWorstElementAndAProblemToReplay) {
  const Ran ran = rapt({"validate", kProblem, "--engine", "cpu", "--isa", "scalar", "--histogram"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("cpu/scalar"), std::string::npos);
  EXPECT_NE(ran.out.find(kProblem), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(", exact "), std::string::npos);
  EXPECT_NE(ran.out.find("0.1 - 0.2"), std::string::npos);
  EXPECT_EQ(ran.out.find("reference"), std::string::npos);
  EXPECT_NE(ran.out.find("\npassed\n"), std::string::npos);
}

class ProgramValidateFiles : public ::testing::Test {
 protected:
  ProgramValidateFiles() : p(plain_problem()) {
    folder.write("q.npy", npy_f32(p.q_shape(), p.q));
    folder.write("k.npy", npy_f32(p.k_shape(), p.k));
    folder.write("v.npy", npy_f32(p.v_shape(), p.v));
    for (const double element : attend(p).o) o.push_back(static_cast<float>(element));
  }
  Ran validate(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"validate", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return rapt(arguments, folder);
  }
  Folder folder;
  Plain p;
  std::vector<float> o;
};

TEST_F(ProgramValidateFiles, EnginesAreHeldAgainstTheJudgeOnThem) {
  const Ran ran = validate({"--causal", "bottom-right"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("q.npy (f32:hq4,hkv2,sq5,sk7,d8,dv6:causal=br)"), std::string::npos) << ran.out;
}

TEST_F(ProgramValidateFiles, AGoodOutputPasses) {
  folder.write("o.npy", npy_f32(p.o_shape(), o));
  const Ran ran = validate({"--o", "o.npy"});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_NE(ran.out.find("--o o.npy"), std::string::npos);
}

TEST_F(ProgramValidateFiles, OneWrongElementFailsWithCodeOne) {
  o[77] += 1e-4f;
  folder.write("o.npy", npy_f32(p.o_shape(), o));
  const Ran ran = validate({"--o", "o.npy"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("FAILED --o o.npy"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("o[0,2,2,5]"), std::string::npos) << ran.out;
}

TEST_F(ProgramValidateFiles, NanWhereNoneBelongsFailsWithCodeOne) {
  o[5] = std::numeric_limits<float>::quiet_NaN();
  folder.write("o.npy", npy_f32(p.o_shape(), o));
  EXPECT_EQ(validate({"--o", "o.npy", "--json"}).code, 1);
}

TEST_F(ProgramValidateFiles, AnOutputOfF32IsJudgedByTheBoundOfTheType) {
  for (float& element : o) element *= 1.002f;  // half a unit of bf16, hundreds of f32's
  folder.write("o.npy", npy_f32(p.o_shape(), o));
  EXPECT_EQ(validate({"--o", "o.npy", "--dtype", "bf16"}).code, 0);
  EXPECT_EQ(validate({"--o", "o.npy"}).code, 1);
}

TEST_F(ProgramValidateFiles, AnOutputOfAnotherShapeIsRefused) {
  folder.write("o.npy", npy_f32({1, 4, 6, 5}, o));
  const Ran ran = validate({"--o", "o.npy"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("--o: its shape is [1,4,6,5]"), std::string::npos) << ran.err;
}

TEST(ProgramExplain, NamesTheKernelAndWhyNotTheOthers) {
  const Ran ran = rapt({"explain", kProblem});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("engine auto: runs cpu/"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("cuda: cannot run here: "), std::string::npos) << ran.out;
}

TEST(ProgramExplain, NeedsNoMemoryForTheProblem) {
  const Ran ran = rapt({"explain", "--json", "--threads=2", "bf16:b64,hq128,sq131072,d128:causal=br"});  // 275 GB of q
  ASSERT_EQ(ran.code, 0) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_EQ(document["problem"], "bf16:b64,hq128,sq131072,d128:causal=br");
  EXPECT_EQ(document["kernel"].get<std::string>().rfind("cpu/", 0), 0u);
}

TEST(ProgramExplain, ExplainsWhatEveryEngineRefuses) {
  const Ran ran = rapt({"explain", "--engine=cuda", "--json", kProblem});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["status"], "RAPT_NO_DEVICE");
}

// What the workbench lays out with data is described without. Pools differ in pages that nobody needs.
TEST(ProgramExplain, DescribesWhatWouldRun) {
  const workbench::Context context = workbench::make_context();
  const auto kernel = [&context](const rapt_problem& problem) {
    std::string text(4096, '\0');
    text.resize(rapt_explain(context.get(), &problem, text.data(), text.size()));
    const size_t engines = text.find("\nengine ");
    return engines == std::string::npos ? text : text.substr(engines);
  };
  for (const workbench::Problem& problem : workbench::suite("smoke")) {
    const rapt_problem with_data = workbench::make_case(problem).problem;
    rapt_problem without = cli::describe(problem);
    const bool pages = problem.page_size > 0;
    if (pages) without.k = with_data.k, without.v = with_data.v;
    if (problem.ragged_q) without.q = with_data.q, without.o = with_data.o, without.lse = with_data.lse;
    if (problem.kv_layout == RAPT_KV_RAGGED) without.k = with_data.k, without.v = with_data.v;
    EXPECT_EQ(kernel(without), kernel(with_data)) << workbench::print_problem(problem);
  }
}

TEST(ProgramInfo, ListsTheKernelTable) {
  const Ran ran = rapt({"info", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_EQ(document["version"], rapt_version());
  const std::vector<cli::Kernel> kernels = cli::kernels_of_build();
  ASSERT_EQ(document["kernels"].size(), kernels.size());
  for (size_t i = 0; i < kernels.size(); ++i) EXPECT_EQ(document["kernels"][i]["name"], kernels[i].name);
  EXPECT_GE(document["threads"], 1);
  EXPECT_FALSE(document["commit"].get<std::string>().empty());
}

TEST(ProgramInfo, SaysTheSameInWords) {
  const Ran ran = rapt({"info"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const char* word : {"version", "compiler", "isa", "threads", "driver", "cpu/scalar", "reference/f64", "runs here"}) {
    EXPECT_NE(ran.out.find(word), std::string::npos) << word;
  }
}

TEST(ProgramInfo, MatrixHasAColumnForEachEngineAndARowForEachFeature) {
  const std::vector<cli::Kernel> kernels = {{"cpu", "fast", "f32 f16", "any", {"causal", "mask"}, "", ""},
                                            {"cpu", "slow", "f32 f16", "any", {"causal", "mask"}, "not here", ""},
                                            {"reference", "f64", "f32", "any", {"causal", "map"}, "", ""}};
  EXPECT_EQ(cli::print_matrix(kernels),
            "| engine | cpu | reference |\n"
            "| --- | --- | --- |\n"
            "| kernels | fast, slow | f64 |\n"
            "| types | f32 f16 | f32 |\n"
            "| head_dim | any | any |\n"
            "| causal | yes | yes |\n"
            "| mask | yes | no |\n"
            "| map | no | yes |\n");
}

TEST(ProgramInfo, MatrixSaysUpToWhichHeadWhereSomeKernelsTakeAFeature) {
  const std::vector<cli::Kernel> kernels = {{"cuda", "a", "bf16", "up to 64", {"causal", "window"}, "", "sm_90a"},
                                            {"cuda", "b", "bf16", "up to 128", {"causal"}, "", "sm_90a"},
                                            {"cuda", "c", "f16", "up to 128", {"causal", "window"}, "", "sm_90a"},
                                            {"cuda", "d", "f32", "up to 192, v 128", {"causal"}, "", "sm_80"},
                                            {"cpu", "e", "f32", "any", {"window"}, "", ""}};
  EXPECT_EQ(cli::print_matrix(kernels),
            "| engine | cuda sm_90a | cuda sm_80 and newer | cpu |\n"
            "| --- | --- | --- | --- |\n"
            "| kernels | a, b, c | d | e |\n"
            "| types | bf16 f16 | f32 | f32 |\n"
            "| head_dim | up to 128 | up to 192 | any |\n"
            "| causal | yes | yes | no |\n"
            "| window | bf16 up to 64, f16 | no | yes |\n");
}

}  // namespace
}  // namespace rapt::tests
