// Rows of the kernel table that cap every score, emulated, against the judge: softcaps of any size.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Softcap : public testing::TestWithParam<Heads> {
 protected:
  void expect_judged(size_t turn, const std::string& shape, const std::string& rest) const {
    Heads heads = GetParam();
    heads.softcap = false;  // rest says which
    const auto all = types(GetParam());
    const Case data = make_case(parse_problem(heads.problem(all[turn % all.size()], shape, rest)));
    EXPECT_NE(choose({90}, data.problem).row.find("_softcap"), std::string::npos) << data.name;
    EXPECT_TRUE(agrees_with_the_judge({90}, data));
  }
};

// On both sides of where the series ends, and far beyond what f32 holds.
TEST_P(Softcap, AgreesForAnySize) {
  size_t turn = 0;
  for (const char* semantics : {"cap=1e-3", "cap=0.5,data=large", "cap=50,data=large", "cap=1e30", "cap=2e38,scale=1e-30", "cap=1e-38",
                                "cap=30,scale=-2,data=peaked", "cap=1000,data=outliers", "cap=2,scale=0"})
    expect_judged(turn++, "b1,hq2,hkv1,sq66,sk130", semantics);
}

TEST_P(Softcap, HidesWhatItCaps) {
  expect_judged(0, "b2,hq2,hkv1,sq65,sk140", "cap=1,causal=br,lens=edges");
  expect_judged(1, "b2,hq2,hkv1,sq65,sk140", "cap=20,win=40:3,data=large");
}

INSTANTIATE_TEST_SUITE_P(Emulated, Softcap, testing::ValuesIn(softcap_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
