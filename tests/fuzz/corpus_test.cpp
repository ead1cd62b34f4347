// Every file of the corpus through its target: what once was found, or shows a new way through, in every build.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/targets.h"

namespace rapt::fuzz {
namespace {

struct Target {
  const char* name;
  void (*run)(const uint8_t* data, size_t size);
};

class FuzzCorpus : public ::testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, KeepsEveryPromise) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(RAPT_FUZZ_CORPUS) / GetParam().name)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename().string());
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    GetParam().run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Each, FuzzCorpus,
                         ::testing::Values(Target{"npy", npy}, Target{"safetensors", safetensors}, Target{"problem_string", problem_string},
                                           Target{"problem_struct", problem_struct}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace rapt::fuzz
