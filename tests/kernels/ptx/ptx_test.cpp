// Every wrapper of kernels/simt/hardware as nvcc emits it, compared with a golden line, and assembled for each architecture that has it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <sstream>

#include "tests/kernels/ptx/read_ptx.h"

namespace rapt::tests {
namespace {

namespace fs = std::filesystem;
const std::string kNvcc = RAPT_NVCC, kRoot = RAPT_SOURCE_DIR;
const fs::path kWork = fs::path(RAPT_BINARY_DIR) / "ptx";

std::string contents(const fs::path& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

int run(const std::string& command, const fs::path& log) { return std::system((command + " >'" + log.string() + "' 2>&1").c_str()); }

// Golden lines hold what this release makes of the C++ around the instructions too; others may make something else of it.
bool has_golden_release() {
  static const bool has = [] {
    run("'" + kNvcc + "' --version", kWork / "version");
    return contents(kWork / "version").find("release 13.") != std::string::npos;
  }();
  return has;
}

// The first lines that differ, since whole files say little.
std::string difference(const std::string& golden, const std::string& emitted) {
  std::stringstream want(golden), have(emitted);
  std::string w, h, kernel;
  while (true) {
    const bool more_want = static_cast<bool>(std::getline(want, w)), more_have = static_cast<bool>(std::getline(have, h));
    if (!more_want && !more_have) return "";
    if (!w.empty() && w[0] != ' ') kernel = w;
    if (!more_want) w = "(nothing)";
    if (!more_have) h = "(nothing)";
    if (w != h || more_want != more_have) return "in " + kernel + "\n  golden:  " + w + "\n  emitted: " + h;
  }
}

// name: folder and file, "sm_80/mma". The folder names the first architecture that has what is in it.
class Ptx : public testing::TestWithParam<std::string> {};

TEST_P(Ptx, IsAsDocumentedAndAssembles) {
  if (kNvcc.empty()) GTEST_SKIP() << "no nvcc";
  const std::string first = GetParam().substr(3, GetParam().find('/') - 3);
  const fs::path ptx = kWork / (GetParam() + ".ptx"), emitted = kWork / (GetParam() + ".txt"), log = kWork / (GetParam() + ".log");
  fs::create_directories(ptx.parent_path());
  ASSERT_EQ(run("'" + kNvcc + "' -std=c++20 -I'" + kRoot + "/kernels' -gencode arch=compute_" + first + ",code=sm_" + first + " -ptx '" +
                    kRoot + "/tests/kernels/ptx/" + GetParam() + ".cu' -o '" + ptx.string() + "'",
                log),
            0)
      << contents(log);

  const std::string text = normal_form(contents(ptx));
  std::ofstream(emitted) << text;
  const fs::path golden = kRoot + "/tests/golden/ptx/" + GetParam() + ".txt";
  if (has_golden_release())
    EXPECT_EQ(difference(contents(golden), text), "") << "all of it: " << emitted << ", golden: " << golden;
  else
    std::cout << "not compared: the golden lines are of nvcc 13\n";

  bool has_it = false;
  for (const std::string architecture : {"80", "89", "90a"}) {
    has_it = has_it || architecture == first;
    if (!has_it) continue;
    const fs::path ptxas = fs::path(kNvcc).parent_path() / "ptxas";
    EXPECT_EQ(run("'" + ptxas.string() + "' -arch=sm_" + architecture + " -o /dev/null '" + ptx.string() + "'", log), 0)
        << "sm_" << architecture << ": " << contents(log);
    // Wgmma whose accumulators come out of nowhere is serialized; nothing else has anything to say.
    if (GetParam() != "sm_90a/wgmma") {
      EXPECT_EQ(contents(log), "");
    }
  }
}

std::vector<std::string> sources() {
  std::vector<std::string> names;
  for (const auto& file : fs::recursive_directory_iterator(kRoot + "/tests/kernels/ptx"))
    if (file.path().extension() == ".cu")
      names.push_back(file.path().parent_path().filename().string() + "/" + file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Wrappers, Ptx, testing::ValuesIn(sources()), [](const auto& source) {
  std::string name = source.param;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
});

// A wrapper that no kernel here calls is not seen.
TEST(PtxSources, CoversEveryWrapper) {
  std::string kernels;
  for (const std::string& name : sources()) kernels += contents(kRoot + "/tests/kernels/ptx/" + name + ".cu");
  static const std::regex function("SIMT_DEVICE [\\w:]+ (\\w+)(?:<\\w+>)?\\(");
  int found = 0;
  for (const auto& file : fs::directory_iterator(kRoot + "/kernels/simt/hardware")) {
    const std::string text = contents(file.path());
    for (auto match = std::sregex_iterator(text.begin(), text.end(), function); match != std::sregex_iterator(); ++match) {
      const std::string name = (*match)[1];
      if (name == "ss" || name == "rs" || name == "map_address") continue;  // parts of others
      ++found;
      EXPECT_TRUE(std::regex_search(kernels, std::regex("simt::" + name + "\\b"))) << file.path().filename() << ": " << name;
    }
  }
  EXPECT_GT(found, 100);
}

}  // namespace
}  // namespace rapt::tests
