// Every feature alone and every pair of features, at prefill-like and decode-like shapes, in all types, against the judge.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <string>
#include <tuple>
#include <vector>

#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

// A fragment of a problem string. Two of one kind exclude each other.
struct Feature {
  const char* kind;
  const char* text;
};

const std::vector<Feature> kSemantics = {
    {"causal", "causal=br"},   {"causal", "causal=tl"},    {"causal", "causal=5"},    {"causal", "causal=-7"},
    {"causal", "align=tl"},    {"causal", "align=-3"},     {"window", "win=7:0"},     {"window", "win=16:4"},
    {"window", "win=-1:3"},    {"window", "win=40:-1"},    {"window", "win=0:0"},     {"cap", "cap=2"},
    {"cap", "cap=50"},         {"scale", "scale=0.3"},     {"scale", "scale=-0.2"},   {"scale", "scale=0"},
    {"mask", "mask=bhqk"},     {"mask", "mask=b11k"},      {"mask", "mask=1hq1"},     {"bias", "bias=bhqk"},
    {"bias", "bias=1hqk/f16"}, {"bias", "bias=b1q1/bf16"}, {"alibi", "alibi"},        {"alibi", "alibi=batch"},
    {"sinks", "sinks"},        {"lse", "nolse"},           {"lse", "lse2"},           {"lens", "lens=random"},
    {"lens", "lens=edges"},    {"data", "data=peaked"},    {"data", "data=outliers"}, {"data", "data=large"},
};
const std::vector<Feature> kLayouts = {
    {"order", "bshd"}, {"order", "strided"}, {"q", "ragged"}, {"kv", "page1"}, {"kv", "page16"}, {"kv", "list7"}, {"kv", "pointers5"},
};
const std::vector<std::string> kTypes = {
    "f32", "f16", "bf16", "f32/f16/f16/f32", "f32/bf16/bf16/f32", "f16/bf16/f32/f32", "bf16/f16/f16/f16"};
const std::vector<std::string> kPrefill = {"b2,hq4,hkv2,sq33,sk47,d16", "b1,hq2,hkv1,sq65,sk129,d40", "b2,hq3,hkv3,sq100,sk64,d33,dv32",
                                           "b1,hq1,hkv1,sq257,sk300,d16", "b1,hq2,hkv2,sq300,sk34,d8,dv24"};
const std::vector<std::string> kDecode = {"b3,hq8,hkv2,sq1,sk200,d64", "b2,hq6,hkv1,sq2,sk130,d80", "b1,hq14,hkv2,sq3,sk515,d48,dv32",
                                          "b4,hq4,hkv4,sq1,sk77,d33,dv72", "b2,hq5,hkv1,sq1,sk1030,d32"};

std::vector<Feature> features() {
  std::vector<Feature> all = kSemantics;
  all.insert(all.end(), kLayouts.begin(), kLayouts.end());
  return all;
}

bool is_layout(const Feature& feature) {
  const std::string kind = feature.kind;
  return kind == "order" || kind == "q" || kind == "kv";
}

// TYPE:SHAPE:SEMANTICS:LAYOUT of the features that are not null; `turn` picks type and shape.
std::string problem_of(const std::vector<std::string>& shapes, size_t turn, std::initializer_list<const Feature*> chosen) {
  std::string semantics = "seed=" + std::to_string(turn + 1), layout;
  for (const Feature* feature : chosen) {
    if (feature == nullptr) continue;
    std::string& part = is_layout(*feature) ? layout : semantics;
    if (!part.empty()) part += ',';
    part += feature->text;
  }
  return kTypes[turn % kTypes.size()] + ':' + shapes[turn % shapes.size()] + ':' + semantics + (layout.empty() ? "" : ':' + layout);
}

// "CausalBr" for "causal=br": a test's name.
std::string spelled(const std::string& text) {
  std::string name;
  bool upper = true;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      name += upper ? static_cast<char>(std::toupper(c)) : c;
      upper = false;
    } else {
      if (c == '-') name += "Minus";
      upper = true;
    }
  }
  return name;
}

class Features : public testing::TestWithParam<std::tuple<int, Machine>> {
 protected:
  Feature feature() const { return features()[static_cast<size_t>(std::get<0>(GetParam()))]; }
  void expect_judged(const std::string& problem, int threads) const {
    expect_judged_on(std::get<1>(GetParam()), *judged(problem), threads);
  }
};

TEST_P(Features, AloneAgreesWithTheJudgeInEveryType) {
  const Feature one = feature();
  for (size_t turn = 0; turn < kTypes.size(); ++turn) {
    expect_judged(problem_of(kPrefill, turn, {&one}), 2);
    expect_judged(problem_of(kDecode, turn, {&one}), 3);
  }
}

TEST_P(Features, BesideEveryOtherAgreesWithTheJudge) {
  const Feature one = feature();
  const auto first = static_cast<size_t>(std::get<0>(GetParam()));
  const std::vector<Feature> all = features();
  for (size_t second = first + 1; second < all.size(); ++second) {
    if (std::string(one.kind) == all[second].kind || (test::kSanitized && (first + second) % 4 != 0)) continue;
    const size_t turn = first * 11 + second;
    expect_judged(problem_of(kPrefill, turn, {&one, &all[second]}), 1 + static_cast<int>(turn % 2));
    expect_judged(problem_of(kDecode, turn, {&one, &all[second]}), 1 + static_cast<int>(turn % 3));
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, Features,
                         testing::Combine(testing::Range(0, static_cast<int>(features().size())), testing::ValuesIn(engine_machines())),
                         [](const auto& given) {
                           return spelled(features()[static_cast<size_t>(std::get<0>(given.param))].text) + std::get<1>(given.param).name;
                         });

}  // namespace
}  // namespace rapt::conformance
