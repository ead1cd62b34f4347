// What `rapt run` reads from .safetensors, what it writes, what it says, and what it leaves alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "cli/safetensors.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/plain_attention.h"
#include "tests/support/program.h"
#include "workbench/scalar.h"

namespace rapt::tests {
namespace {

// {"q": ..., ...} of f32 arrays, each rounded to bf16 if so asked.
std::string safetensors_of(const std::vector<std::tuple<std::string, std::vector<int64_t>, std::vector<float>>>& tensors, bool bf16) {
  nlohmann::json header;
  std::string elements;
  for (const auto& [name, shape, values] : tensors) {
    std::string bytes(values.size() * (bf16 ? 2 : 4), '\0');
    for (size_t i = 0; i < values.size(); ++i) {
      workbench::store(bytes.data(), bf16 ? RAPT_BF16 : RAPT_F32, static_cast<int64_t>(i), values[i]);
    }
    header[name] = {
        {"dtype", bf16 ? "BF16" : "F32"}, {"shape", shape}, {"data_offsets", {elements.size(), elements.size() + bytes.size()}}};
    elements += bytes;
  }
  return safetensors_file(header.dump(), elements);
}

TEST(ProgramRunSafetensors, HoldsInputsByNameAndBothOutputs) {
  Plain p = plain_problem();
  const Folder folder;
  folder.write(
      "in.safetensors",
      safetensors_of({{"q", p.q_shape(), p.q}, {"k", p.k_shape(), p.k}, {"v", p.v_shape(), p.v}, {"sinks", {4}, {1, 2, 3, 4}}}, false));
  const Ran ran =
      run_program(RAPT_PROGRAM_PATH, {"run", "in.safetensors", "--out", "out.safetensors", "--engine=cpu", "--causal", "top-left"}, folder);
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string file = folder.read("out.safetensors");
  const auto tensors = cli::parse_safetensors({reinterpret_cast<const std::byte*>(file.data()), file.size()});
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j <= i; };
  p.sink = [](int64_t h) { return static_cast<double>(h + 1); };
  const PlainAnswer answer = attend(p);
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors.at("o").shape, p.o_shape());
  EXPECT_EQ(tensors.at("lse").shape, (std::vector<int64_t>{1, 4, 5}));
  for (size_t i = 0; i < answer.o.size(); ++i) {
    EXPECT_NEAR(workbench::load(tensors.at("o").bytes.data(), RAPT_F32, static_cast<int64_t>(i)), answer.o[i], 3e-6) << i;
  }
  for (size_t i = 0; i < answer.lse.size(); ++i) {
    EXPECT_NEAR(workbench::load(tensors.at("lse").bytes.data(), RAPT_F32, static_cast<int64_t>(i)), answer.lse[i], 3e-6) << i;
  }
}

TEST(ProgramRunSafetensors, KeepsBf16) {
  const Plain p = plain_problem();
  const Folder folder;
  folder.write("in.safetensors", safetensors_of({{"q", p.q_shape(), p.q}, {"k", p.k_shape(), p.k}, {"v", p.v_shape(), p.v}}, true));
  const Ran ran = run_program(RAPT_PROGRAM_PATH, {"run", "in.safetensors", "--out", "out.safetensors", "--engine=cpu"}, folder);
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string file = folder.read("out.safetensors");
  const auto tensors = cli::parse_safetensors({reinterpret_cast<const std::byte*>(file.data()), file.size()});
  EXPECT_EQ(tensors.at("o").element, cli::Element::bf16);
  EXPECT_EQ(tensors.at("lse").element, cli::Element::f32);
}

TEST(ProgramRunSafetensors, TakesMoreTensorsFromNpy) {
  Plain p = plain_problem();
  const Folder folder;
  folder.write("in.safetensors", safetensors_of({{"q", p.q_shape(), p.q}, {"k", p.k_shape(), p.k}, {"v", p.v_shape(), p.v}}, false));
  folder.write("sinks.npy", npy_f32({4}, {1, 2, 3, 4}));
  const Ran ran =
      run_program(RAPT_PROGRAM_PATH, {"run", "in.safetensors", "--sinks", "sinks.npy", "--out", "o.npy", "--engine=cpu"}, folder);
  ASSERT_EQ(ran.code, 0) << ran.err;
  p.sink = [](int64_t h) { return static_cast<double>(h + 1); };
  const PlainAnswer answer = attend(p);
  const std::vector<float> o = npy_floats(folder.read("o.npy"));
  for (size_t i = 0; i < o.size(); ++i) EXPECT_NEAR(o[i], answer.o[i], 3e-6) << i;
}

class ProgramRunOutput : public ::testing::Test {
 protected:
  ProgramRunOutput() {
    const Plain p = plain_problem();
    folder.write("q.npy", npy_f32(p.q_shape(), p.q));
    folder.write("k.npy", npy_f32(p.k_shape(), p.k));
    folder.write("v.npy", npy_f32(p.v_shape(), p.v));
  }
  Ran run(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"run", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(RAPT_PROGRAM_PATH, arguments, folder);
  }
  Folder folder;
};

TEST_F(ProgramRunOutput, AutoSaysOnStderrWhichEngineRan) {
  const Ran ran = run({"--out", "o.npy"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err.rfind("rapt: --engine auto ran cpu/", 0), 0u) << ran.err;
}

TEST_F(ProgramRunOutput, JsonSaysWhatRan) {
  const Ran ran = run({"--out", "o.npy", "--engine", "cpu", "--json", "--causal=5", "--threads", "1"});
  EXPECT_EQ(ran.code, 0);
  const nlohmann::json document = nlohmann::json::parse(ran.out);
  EXPECT_EQ(document["engine"], "cpu");
  EXPECT_EQ(document["threads"], 1);
  EXPECT_EQ(document["like"], "f32:hq4,hkv2,sq5,sk7,d8,dv6:causal=5,nolse");
  EXPECT_EQ(document["o"]["file"], "o.npy");
  EXPECT_EQ(document["o"]["shape"], (std::vector<int64_t>{1, 4, 5, 6}));
  EXPECT_FALSE(document.contains("lse"));
}

TEST_F(ProgramRunOutput, NothingButTheOutputIsWritten) {
  const auto before = folder.contents();
  ASSERT_EQ(run({"--out", "o.npy"}).code, 0);
  auto after = folder.contents();
  EXPECT_EQ(after.erase("o.npy"), 1u);
  EXPECT_EQ(after, before);
}

TEST_F(ProgramRunOutput, ReplacesAnOlderFileAndFollowsLinks) {
  folder.write("old.npy", "old");
  ASSERT_EQ(::symlink("old.npy", folder.path("o.npy").c_str()), 0);
  ASSERT_EQ(run({"--out", "o.npy"}).code, 0);
  EXPECT_EQ(npy_floats(folder.read("old.npy")).size(), 120u);
}

TEST_F(ProgramRunOutput, ARefusalLeavesAnOlderFileAsItWas) {
  folder.write("o.npy", "old");
  EXPECT_EQ(run({"--out", "o.npy", "--softcap", "-1"}).code, 2);
  EXPECT_EQ(run({"--out", "o.npy", "--engine", "cuda"}).code, 2);
  EXPECT_EQ(folder.read("o.npy"), "old");
}

TEST_F(ProgramRunOutput, SameCallSameBits) {
  ASSERT_EQ(run({"--out", "a.npy", "--threads", "1"}).code, 0);
  ASSERT_EQ(run({"--out", "b.npy", "--threads", "2"}).code, 0);
  EXPECT_EQ(folder.read("a.npy"), folder.read("b.npy"));
}

}  // namespace
}  // namespace rapt::tests
