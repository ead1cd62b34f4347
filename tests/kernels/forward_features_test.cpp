// Rows of the kernel table, emulated, against the judge: every value of every feature that they take beside every value of every other, in
// as few problems as that takes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

// Pieces of a problem string; of each kind a problem has one.
struct Kind {
  enum Part { shape, semantics, layout } part;
  std::vector<const char*> values;
};

// Of whole rows.
const std::vector<Kind> kAll = {
    {Kind::semantics, {"", "causal=br", "causal=tl", "causal=5", "causal=-7", "align=tl", "align=-3"}},
    {Kind::semantics, {"", "win=7:0", "win=16:4", "win=-1:3", "win=40:-1", "win=0:0", "win=70:70"}},
    {Kind::layout, {"", "page1", "page16", "list7", "list64", "pointers5", "raggedkv"}},
    {Kind::shape,
     {"b2,hq4,hkv2,sq33,sk47", "b1,hq2,hkv1,sq65,sk129", "b2,hq1,hkv1,sq70,sk64", "b1,hq6,hkv2,sq1,sk530", "b2,hq3,hkv1,sq5,sk700"}},
    {Kind::semantics, {"", "mask=bhqk", "mask=b11k", "mask=1hq1"}},
    {Kind::semantics, {"", "bias=bhqk", "bias=1hqk/f16", "bias=b1q1/bf16"}},
    {Kind::semantics, {"", "scale=0.3", "scale=-0.2", "scale=0"}},
    {Kind::semantics, {"", "cap=2", "cap=50"}},
    {Kind::semantics, {"", "alibi", "alibi=batch"}},
    {Kind::semantics, {"", "lens=random", "lens=edges"}},
    {Kind::semantics, {"", "data=peaked", "data=large"}},
    {Kind::semantics, {"", "nolse", "lse2"}},
    {Kind::layout, {"", "bshd", "strided"}},
    {Kind::layout, {"", "raggedq"}},
    {Kind::semantics, {"", "sinks"}},
};

// Of rows that take windows but not everything.
const std::vector<Kind> kSome = {
    {Kind::semantics, {"", "causal=br", "causal=tl", "causal=5", "causal=-7", "align=tl", "align=-3"}},
    {Kind::semantics, {"", "win=7:0", "win=16:4", "win=-1:3", "win=40:-1", "win=0:0", "win=129:130"}},
    {Kind::shape, {"b2,hq4,hkv2,sq33,sk47", "b1,hq2,hkv1,sq65,sk129", "b2,hq1,hkv1,sq130,sk64", "b1,hq6,hkv2,sq22,sk430"}},
    {Kind::semantics, {"", "scale=0.3", "scale=-0.2", "scale=0"}},
    {Kind::semantics, {"", "lens=random", "lens=edges"}},
    {Kind::semantics, {"", "data=peaked", "data=large"}},
    {Kind::semantics, {"", "nolse", "lse2"}},
    {Kind::layout, {"", "bshd"}},
    {Kind::layout, {"", "raggedq"}},
    {Kind::layout, {"", "raggedkv"}},
};

constexpr size_t kUnset = 99;
using Choice = std::vector<size_t>;  // of a value for each kind

// Which values of different kinds have met in a problem.
class Pairs {
 public:
  explicit Pairs(const std::vector<Kind>& kinds) : kinds_(kinds), met_(kinds.size() * 8 * kinds.size() * 8) {}
  // Pairs that a choice would make meet, which may be partly unset.
  size_t fresh(const Choice& choice, size_t kind, size_t value) const {
    size_t count = 0;
    for (size_t other = 0; other < choice.size(); ++other) {
      if (other != kind && choice[other] != kUnset && !met_[place(kind, value, other, choice[other])]) ++count;
    }
    return count;
  }
  void add(const Choice& choice) {
    for (size_t a = 0; a < choice.size(); ++a) {
      for (size_t b = 0; b < choice.size(); ++b) met_[place(a, choice[a], b, choice[b])] = true;
    }
  }
  // A choice of two values that have not met, the others unset; empty: all have.
  Choice missing() const {
    Choice choice(kinds_.size(), kUnset);
    for (size_t a = 0; a < kinds_.size(); ++a) {
      for (choice[a] = 0; choice[a] < kinds_[a].values.size(); ++choice[a]) {
        for (size_t b = 0; b < a; ++b) {
          for (choice[b] = 0; choice[b] < kinds_[b].values.size(); ++choice[b])
            if (!met_[place(a, choice[a], b, choice[b])]) return choice;
          choice[b] = kUnset;
        }
      }
      choice[a] = kUnset;
    }
    return {};
  }

 private:
  size_t place(size_t a, size_t x, size_t b, size_t y) const { return ((a * 8 + x) * kinds_.size() + b) * 8 + y; }
  const std::vector<Kind>& kinds_;
  std::vector<bool> met_;
};

// Choices in which every two values of different kinds meet: from two that have not, each other kind takes the value that meets most.
std::vector<Choice> pairwise(const std::vector<Kind>& kinds) {
  Pairs pairs(kinds);
  std::vector<Choice> choices;
  for (Choice choice = pairs.missing(); !choice.empty(); choice = pairs.missing()) {
    for (size_t kind = 0; kind < kinds.size(); ++kind) {
      if (choice[kind] != kUnset) continue;
      const size_t values = kinds[kind].values.size();
      size_t best = choices.size() % values;
      for (size_t value = 0; value < values; ++value) {
        if (pairs.fresh(choice, kind, value) > pairs.fresh(choice, kind, best)) best = value;
      }
      choice[kind] = best;
    }
    pairs.add(choice);
    choices.push_back(choice);
  }
  return choices;
}

// turn: of the type, and the seed.
Case problem(const std::vector<Kind>& kinds, const Choice& choice, const Heads& heads, size_t turn) {
  std::string parts[3];
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::string value = kinds[kind].values[choice[kind]];
    std::string& part = parts[kinds[kind].part];
    if (!value.empty()) part += (part.empty() ? "" : ",") + value;
  }
  const auto all = types(heads);
  const std::string semantics = fmt::format("seed={}{}{}", turn + 1, parts[Kind::semantics].empty() ? "" : ",", parts[Kind::semantics]);
  return make_case(parse_problem(heads.problem(all[turn % all.size()], parts[Kind::shape], semantics + ":" + parts[Kind::layout])));
}

class Features : public testing::TestWithParam<Heads> {
 protected:
  // All problems at the first heads; at the others every fifth, for each another fifth.
  static bool takes_turn(const Heads& first, size_t i) {
    const auto shift = static_cast<size_t>(GetParam().head_dim / 16 + GetParam().head_dim_v + GetParam().softcap);
    return GetParam() == first || (i + shift) % 5 == 0;
  }
};

TEST_P(Features, EachBesideEachAgreesWithTheJudge) {
  const std::vector<Choice> choices = pairwise(kAll);
  ASSERT_GE(choices.size(), 49u);  // the values of the first two kinds alone
  for (size_t i = 0; i < choices.size(); ++i) {
    const Machine machine = {i % 4 == 0 ? 90 : 80, 0, i % 3 == 0 ? 1 : 16};
    if (takes_turn(whole_heads()[0], i)) {
      EXPECT_TRUE(agrees_with_the_judge(machine, problem(kAll, choices[i], GetParam(), i)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Emulated, Features, testing::ValuesIn(whole_heads()), heads_name);

class SomeFeatures : public Features {};

TEST_P(SomeFeatures, EachBesideEachAgreesWithTheJudge) {
  const std::vector<Choice> choices = pairwise(kSome);
  ASSERT_GE(choices.size(), 49u);
  for (size_t i = 0; i < choices.size(); ++i) {
    if (!takes_turn(window_heads()[0], i)) continue;
    const Case data = problem(kSome, choices[i], GetParam(), i);
    EXPECT_NE(choose({90}, data.problem).row.find("sm90"), std::string::npos) << data.name;
    EXPECT_TRUE(agrees_with_the_judge({90}, data));
  }
}

INSTANTIATE_TEST_SUITE_P(Emulated, SomeFeatures, testing::ValuesIn(window_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
