// Instructions of every row's main loop, and the ceiling they imply, are those of tests/golden/gates/loops.txt. A change that means to
// change them writes the file anew:   RAPT_WRITE_GOLDEN=1 gates_test --gtest_filter='Loops.*'
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/kernels/gates/ceiling.h"
#include "tests/kernels/gates/compile.h"

namespace rapt::tests {
namespace {

const std::string kGolden = RAPT_SOURCE_DIR "/tests/golden/gates/loops.txt";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (std::stringstream in(text); std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Empty: there is no nvdisasm.
std::vector<std::string> table() {
  std::vector<std::string> lines = {"# nvcc " + nvcc_version() + "; a turn of the main loop: instructions of a warp | clocks of a block",
                                    title()};
  for (const Target& target : kTargets) {
    const std::string listing = disassemble(target);
    if (listing.empty()) return {};
    const auto codes = read_code(listing);
    for (const kernels::Variant* row : rows_of(target)) {
      const Code* code = find(codes, type_of(*row));
      const Code turn = code == nullptr ? Code() : main_loop(*code, tile_work(*row));
      EXPECT_FALSE(turn.empty()) << row->name << ": no main loop";
      if (!turn.empty()) lines.push_back(line(*row, ceiling(*row, turn)));
    }
  }
  return lines;
}

TEST(Loops, AreAsRecorded) {
  if (!has_nvcc()) GTEST_SKIP() << "no nvcc";
  const std::vector<std::string> now = table();
  if (now.empty()) GTEST_SKIP() << "no nvdisasm";
  for (const std::string& row : now) fmt::print("{}\n", row);
  if (std::getenv("RAPT_WRITE_GOLDEN") != nullptr && !HasFailure()) {
    std::filesystem::create_directories(std::filesystem::path(kGolden).parent_path());
    std::ofstream out(kGolden);
    for (const std::string& row : now) out << row << "\n";
    ASSERT_TRUE(out.flush()) << kGolden;
  }
  const std::vector<std::string> golden = lines_of(contents(kGolden));
  ASSERT_FALSE(golden.empty()) << kGolden << " is missing";
  if (golden[0] != now[0]) GTEST_SKIP() << "not compared: recorded with another compiler, " << golden[0];
  for (const std::string& row : now) EXPECT_NE(std::find(golden.begin(), golden.end(), row), golden.end()) << "not recorded:\n" << row;
  for (const std::string& row : golden)
    EXPECT_NE(std::find(now.begin(), now.end(), row), now.end()) << "recorded, and no longer so:\n" << row;
}

// What a build pays for the rows. Recorded, not judged: times are the machine's.
TEST(Loops, CostOfTheTable) {
  if (!has_nvcc()) GTEST_SKIP() << "no nvcc";
  const size_t bytes = fat_binary_bytes();
  fmt::print("front end and cicc {:.1f} s, ptxas {:.1f} s of CPU (what this process assembled); fat binary {:.2f} MB\n", compiler_seconds(),
             assembler_seconds(), 1e-6 * static_cast<double>(bytes));
  EXPECT_GT(bytes, 0u);
}

}  // namespace
}  // namespace rapt::tests
