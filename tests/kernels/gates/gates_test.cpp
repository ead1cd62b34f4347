// Gates that need no GPU: every row of the table compiles for its architectures without spills, stack or complaints, and its machine code
// holds the matrix instruction that was meant. Prints a line a row.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/kernels/gates/ceiling.h"
#include "tests/kernels/gates/compile.h"

namespace rapt::tests {
namespace {

class Gates : public testing::TestWithParam<Target> {
 protected:
  void SetUp() override {
    if (!has_nvcc()) GTEST_SKIP() << "no nvcc";
  }
};

TEST_P(Gates, NoSpillsNoStackNoComplaints) {
  fmt::print("{:<28} {:>6} {:>7} {:>9} {:>9} {:>6} {:>6}\n", "row", "sm", "threads", "registers", "shared", "stack", "spills");
  for (const std::string& architecture : GetParam().assembled) {
    const std::string log = assemble(GetParam(), architecture);
    for (const std::string& line : complaints(log)) ADD_FAILURE() << "sm_" << architecture << ": " << line;
    const auto resources = read_resources(log);
    for (const kernels::Variant* row : rows_of(GetParam())) {
      const Resources* r = find(resources, type_of(*row));
      ASSERT_NE(r, nullptr) << row->name << " was not compiled: " << type_of(*row);
      fmt::print("{:<28} {:>6} {:>7} {:>9} {:>9} {:>6} {:>6}\n", row->name, architecture, row->threads, r->registers, row->shared_bytes,
                 r->stack_bytes, r->spill_bytes);
      EXPECT_EQ(r->spill_bytes, 0) << row->name;
      EXPECT_EQ(r->stack_bytes, 0) << row->name;
      EXPECT_GT(r->registers, 0) << row->name;
      if (row->registers != 0 && architecture == GetParam().assembled[0]) {  // they are dealt by 8
        EXPECT_EQ((row->registers + 7) / 8, (r->registers + 7) / 8) << row->name << ": variants.h says " << row->registers;
      }
      EXPECT_LE(r->registers * row->threads, 65536) << row->name;
      EXPECT_LE(row->shared_bytes, GetParam().shared_limit) << row->name;
    }
  }
}

// Of the machine code of the row's own architecture.
void check_code(const kernels::Variant& row, const Code& code) {
  const Code turn = main_loop(code, tile_work(row));
  ASSERT_FALSE(turn.empty()) << row.name << ": no loop holds both products, " << tile_work(row).matrix() << " matrix instructions";
  const std::string type = row.type == kernels::ElementType::bf16 ? "\\.F32\\.BF16$" : "\\.F32$";
  const std::string hmma = row.type == kernels::ElementType::f32 ? "^HMMA\\.1688\\.F32\\.TF32$" : "^HMMA\\.16816" + type;
  if (row.architecture == 90) {
    EXPECT_GT(count(turn, fmt::format("^HGMMA\\.64x{}x16{}", row.tile_kv, type)), 0) << row.name << ": scores";
    EXPECT_GT(count(turn, fmt::format("^HGMMA\\.64x{}x16{}", row.head_dim_v, type)), 0) << row.name << ": output";
  } else {
    EXPECT_GT(count(turn, hmma), 0) << row.name;
  }
  EXPECT_EQ(count(code, "MMA\\."), count(code, row.architecture == 90 ? "^HGMMA.*" + type : hmma)) << row.name;
  EXPECT_EQ(count(code, "^(LDL|STL)"), 0) << row.name << ": local memory";
}

TEST_P(Gates, HoldsTheMatrixInstructionThatWasMeant) {
  const std::string listing = disassemble(GetParam());
  if (listing.empty()) GTEST_SKIP() << "no nvdisasm";
  const auto codes = read_code(listing);
  for (const kernels::Variant* row : rows_of(GetParam())) {
    const Code* code = find(codes, type_of(*row));
    ASSERT_NE(code, nullptr) << row->name;
    check_code(*row, *code);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Gates, testing::ValuesIn(kTargets), [](const auto& target) { return "sm_" + target.param.ptx; });

}  // namespace
}  // namespace rapt::tests
