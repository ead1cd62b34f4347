// The reader of listings and the finder of main loops, on small texts in nvdisasm's form.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/gates/main_loop.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rapt::tests {
namespace {

// Lines that begin with a dot are labels; the others are instructions.
Code code_of(const std::string& text) {
  std::string listing = ".text.kernel:\n", line;
  int address = 0;
  for (std::stringstream in(text); std::getline(in, line); address += 16) {
    char prefix[32];
    std::snprintf(prefix, sizeof prefix, "        /*%04x*/   ", static_cast<unsigned>(address));
    listing += line[0] == '.' ? line + ":\n" : prefix + line + " ;   /* 0x000fe200078e00ff */\n";
  }
  return read_code(listing).at("kernel");
}

std::string opcodes(const Code& code) {
  std::string text;
  for (const Instruction& instruction : code) text += (text.empty() ? "" : " ") + instruction.opcode;
  return text;
}

// A loop over tiles inside a loop over passes, which holds more products; a mask and a wait that spins lie on the way.
const char kPlain[] = R"(MOV R1, c[0x0][0x28]
.L_x_0
HMMA.16816.F32 R4, R8, R12, R4
.L_x_1
@!P0 BRA `(.L_x_4)
BSSY B0, `(.L_x_2)
LDGSTS.E.BYPASS.128 [R57], [R52.64], P2
HMMA.16816.F32 R4, R8, R12, R4
@!P1 BRA `(.L_x_2)
FSEL R4, R4, -INF, P3
FSEL R5, R5, -INF, P3
.L_x_3
NANOSLEEP 0x20
@P4 BRA `(.L_x_3)
.L_x_2
MUFU.EX2 R4, R4
HMMA.16816.F32 R16, R4, R12, R16
.L_x_4
@P0 BRA `(.L_x_1)
@P5 BRA P6, `(.L_x_0)
EXIT
)";

TEST(MainLoop, IsTheInnermostThatHoldsBothProductsWithoutColdPaths) {
  EXPECT_EQ(opcodes(main_loop(code_of(kPlain), {1, 1, 1})), "BRA BSSY LDGSTS.E.BYPASS.128 HMMA.16816.F32 BRA MUFU.EX2 HMMA.16816.F32 BRA");
}

// An unrolled loop of copies and its remainder: a whole tile takes the unrolled one.
TEST(MainLoop, TakesTheWayWithTheCopiesOfATile) {
  const Code code = code_of(R"(.L_x_0
@P0 BRA `(.L_x_1)
LDGSTS.E.BYPASS.128 [R57], [R52.64], P2
LDGSTS.E.BYPASS.128 [R57], [R52.64], P2
.L_x_1
@P1 BRA `(.L_x_2)
LDGSTS.E.BYPASS.128 [R57], [R52.64], P2
.L_x_2
HMMA.16816.F32 R4, R8, R12, R4
@P2 BRA `(.L_x_0)
EXIT
)");
  EXPECT_EQ(main_loop(code, {1, 0, 2}).size(), 6u);
  EXPECT_EQ(count(main_loop(code, {1, 0, 2}), "^LDGSTS"), 2);
  EXPECT_EQ(count(main_loop(code, {1, 0, 0}), "^LDGSTS"), 0);
}

TEST(MainLoop, MayTakeSeveralTilesInATurn) { EXPECT_EQ(count(main_loop(code_of(kPlain), {1, 0, 1}), "^HMMA"), 2); }

TEST(MainLoop, IsNotFoundWhereNoLoopHoldsTheProducts) {
  EXPECT_TRUE(main_loop(code_of(kPlain), {3, 3, 1}).empty());
  EXPECT_TRUE(main_loop(code_of("HMMA.16816.F32 R4, R8, R12, R4\nEXIT\n"), {1, 0, 0}).empty());
}

// One product in a loop of two steps each turn: 3 turns and the other product's 2 make 8.
TEST(MainLoop, CountsTheBodyOfAProductThatIsALoop) {
  const Code turn = main_loop(code_of(R"(.L_x_0
MOV R2, RZ
.L_x_1
HMMA.1688.F32.TF32 R4, R8, R12, R4
HMMA.1688.F32.TF32 R4, R8, R12, R4
@P0 BRA `(.L_x_1)
HMMA.1688.F32.TF32 R16, R4, R12, R16
HMMA.1688.F32.TF32 R16, R4, R12, R16
@P1 BRA `(.L_x_0)
EXIT
)"),
                              {6, 2, 0});
  EXPECT_EQ(count(turn, "^HMMA"), 8);
  EXPECT_EQ(turn.size(), 13u);
}

// What an unconditional branch steps over is not on the way; a branch with a condition after its opcode has two ways on.
TEST(MainLoop, TellsBranchesThatAreAlwaysTaken) {
  const Code code = code_of(R"(.L_x_0
HGMMA.64x128x16.F32.BF16 R24, gdesc[UR4], R24
BRA `(.L_x_2)
.L_x_1
HGMMA.64x128x16.F32.BF16 R24, gdesc[UR4], R24
.L_x_2
@P1 BRA `(.L_x_0)
BRA P1, `(.L_x_1)
EXIT
)");
  EXPECT_FALSE(code[1].goes_on);
  EXPECT_TRUE(code[3].goes_on);
  EXPECT_TRUE(code[4].goes_on);
  EXPECT_EQ(code[4].target, 2u);
  EXPECT_FALSE(code[5].goes_on);
  EXPECT_EQ(opcodes(main_loop(code, {1, 0, 0})), "HGMMA.64x128x16.F32.BF16 BRA BRA");
}

}  // namespace
}  // namespace rapt::tests
