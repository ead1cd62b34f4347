// Every kind of report is earned: each planted bug is found by its name and nothing else is, its twin without the bug is silent, under
// every policy; and no kind is left without a bug. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "tests/emulator/planted.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

std::vector<Planted> all_planted() {
  std::vector<Planted> all;
  for (const auto& some :
       {planted_in_blocks(), planted_in_memory(), planted_in_mbarriers(), planted_in_copies(), planted_in_products(), planted_in_grids()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

class EmulatedPlanted : public testing::TestWithParam<Planted> {};

TEST_P(EmulatedPlanted, IsFoundByItsNameAndItsTwinIsSilent) {
  const Planted& bug = GetParam();
  int found = 0;
  for (const Options& o : all_policies(3)) {
    const Report good = bug.run(false, o), bad = bug.run(true, o);
    EXPECT_TRUE(good.clean()) << name(o) << "\n" << good.text();
    if (bug.plain && !plain_accesses_seen()) continue;
    if (bug.sometimes && bad.clean()) continue;
    ++found;
    ASSERT_TRUE(bad.only(bug.kind)) << name(o) << "\n" << bad.text();
    const Access& here = bad.findings[0].here;
    EXPECT_TRUE(here.file.find("planted_in_") != std::string::npos || here.instruction == "launch" || here.instruction == "exit")
        << name(o) << "\n"
        << bad.text();
    EXPECT_NE(bad.text().find(bug.says), std::string::npos) << name(o) << "\n" << bad.text();
  }
  EXPECT_TRUE(found || (bug.plain && !plain_accesses_seen()));
}

INSTANTIATE_TEST_SUITE_P(Each, EmulatedPlanted, testing::ValuesIn(all_planted()), [](const auto& of) { return of.param.name; });

TEST(EmulatedPlantedBugs, CoverEveryKind) {
  std::set<Kind> earned;
  for (const Planted& bug : all_planted()) earned.insert(bug.kind);
  for (int kind = 0; kind < kKinds; ++kind) EXPECT_TRUE(earned.count(Kind(kind))) << name(Kind(kind)) << " has no planted bug";
}

}  // namespace
}  // namespace emu
