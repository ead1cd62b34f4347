// Catalogue section C, first half: which keys a causal row or a window sees, and lengths. Exact answers where there are some.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueC : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueC, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

// V = the identity, so that o[i, j] > 0 exactly where row i sees key j. "11110/11111".
std::string seen(const Case& given, const std::function<Outcome(const Case&)>& run) {
  Case data = given;
  fill_v(data, [](auto, auto, int64_t j, int64_t d) { return j == d ? 1.0 : 0.0; });
  const Outcome outcome = run(data);
  std::string rows;
  for (int64_t i = 0; i < data.problem.q.shape[2]; ++i) {
    if (i > 0) rows += '/';
    for (int64_t j = 0; j < data.problem.k.shape[2]; ++j) rows += at(data.problem.o, outcome.o, 0, 0, i, j) > 0 ? '1' : '0';
  }
  return rows;
}

TEST_P(BugCatalogueC, C01CausalIsBottomRight) {
  const auto engine = [&](const Case& data) { return run(data); };
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq2,sk5,d8,dv5:causal=br"), engine), "11110/11111");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq2,sk5,d8,dv5:causal=tl"), engine), "10000/11000");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq2,sk5,d8,dv5:causal=1"), engine), "11000/11100");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq3,sk3,d8,dv3:causal=-1"), engine), "000/100/110");
  for (const char* type : kTypes) expect_judged(fmt::format("{}:b1,hq1,sq3,sk128,d128:causal=br", type));
}

TEST_P(BugCatalogueC, C03WindowsCountInclusivelyOnBothSides) {
  const auto engine = [&](const Case& data) { return run(data); };
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq4,sk4,d8,dv4:win=1:0"), engine), "1000/1100/0110/0011");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq4,sk4,d8,dv4:win=0:1"), engine), "1100/0110/0011/0001");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq4,sk4,d8,dv4:causal=br,win=1:2"), engine), "1000/1100/0110/0011");
  for (const int size : {1, 2, 129}) {
    const Case data = case_of(fmt::format("f32:b1,hq2,sq{},d32:win=0:0", size));
    EXPECT_TRUE(same_bits(o_of(data, run(data)), values(data.problem.v, data.v))) << size;
  }
}

TEST_P(BugCatalogueC, C03AWindowAsWideAsTheKeysIsCausalToTheBit) {
  for (const char* type : kTypes) {
    const auto bits = [&](const std::string& semantics) {
      const Case data = case_of(fmt::format("{}:b1,hq1,sq513,d32:{}", type, semantics));
      return o_of(data, run(data));
    };
    const std::vector<double> causal = bits("causal=br");
    for (const char* window : {"win=-1:0", "win=513:0", "win=512:0"}) EXPECT_TRUE(same_bits(causal, bits(window))) << type << " " << window;
  }
}

TEST_P(BugCatalogueC, C04WindowsFollowTheAlignmentWhenLengthsDiffer) {
  const auto engine = [&](const Case& data) { return run(data); };
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq2,sk5,d8,dv5:win=1:0"), engine), "00110/00011");
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq2,sk5,d8,dv5:align=tl,win=1:0"), engine), "10000/11000");
  for (int keys = 64; keys <= 257; keys += 1 + keys % 16) expect_judged(fmt::format("f32:b1,hq1,sq129,sk{},d16:win=32:64", keys));
  expect_judged("f32:b1,hq1,sq129,sk257,d16:win=32:64");
  for (const char* type : kTypes) expect_judged(fmt::format("{}:b2,hq4,hkv2,sq1,sk256,d64:win=127:0", type));
}

TEST_P(BugCatalogueC, C04OffsetsAndWindowsAtTheEndsOfTheirTypesDoNotWrap) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max(), kLeast = std::numeric_limits<int64_t>::min();
  const auto engine = [&](const Case& data) { return run(data); };
  const auto with = [](const char* problem, int64_t offset, int64_t left, int64_t right) {
    Case data = case_of(problem);
    if (offset != 0) data.problem.align = RAPT_ALIGN_OFFSET;
    data.problem.offset = offset;
    data.problem.window_left = left;
    data.problem.window_right = right;
    return data;
  };
  for (const char* shape : {"f32:b1,hq1,sq2,sk3,d8,dv3:causal=5", "f32:b1,hq1,sq2,sk3,d8,dv3:align=5"}) {
    EXPECT_EQ(seen(with(shape, 9, kMost, -1), engine), "111/111");
    EXPECT_EQ(seen(with(shape, kMost, kMost, -1), engine), "111/011");  // row 1 begins at 1 + offset - left = 1
    EXPECT_EQ(seen(with(shape, kMost, -1, kMost), engine), "111/111");
    EXPECT_EQ(seen(with(shape, kMost, 7, -1), engine), "000/000");
    EXPECT_EQ(seen(with(shape, kLeast, -1, 7), engine), "000/000");
  }
  EXPECT_EQ(seen(with("f32:b1,hq1,sq2,sk3,d8,dv3:causal=5", kLeast, -1, kMost), engine), "000/000");
  EXPECT_EQ(seen(with("f32:b1,hq1,sq2,sk3,d8,dv3:causal=5", kMost, -1, -1), engine), "111/111");
  EXPECT_EQ(seen(with("f32:b1,hq1,sq40,sk3,d8,dv3:causal=5", kLeast, -1, -1), engine).find('1'), std::string::npos);
}

TEST_P(BugCatalogueC, C05AWindowWithoutCausalStillBoundsTheRight) {
  Case data = case_of("f32:b1,hq1,sq64,d16,dv3:win=3:0");
  fill(data.problem.q, data.q, [](auto...) { return 0.0; });
  fill_v(data, [](auto, auto, int64_t j, auto) { return static_cast<double>(j); });
  const Outcome outcome = run(data);
  for (int64_t i = 0; i < 64; ++i) {
    const double mean = static_cast<double>(i + std::max<int64_t>(0, i - 3)) / 2;
    for (int64_t d = 0; d < 3; ++d) EXPECT_EQ(at(data.problem.o, outcome.o, 0, 0, i, d), mean) << i;
  }
}

TEST_P(BugCatalogueC, C06AWindowBelowMinusOneIsRefused) {
  Case data = case_of("f32:b1,hq1,sq8,d8");
  data.problem.window_right = -3;
  std::string sentence;
  EXPECT_EQ(plan_status(data, &sentence), RAPT_INVALID_ARGUMENT);
  EXPECT_NE(sentence.find("window_right"), std::string::npos) << sentence;
  data.problem.window_right = -1;
  data.problem.window_left = -2;
  EXPECT_EQ(plan_status(data, &sentence), RAPT_INVALID_ARGUMENT);
  EXPECT_NE(sentence.find("window_left"), std::string::npos) << sentence;
}

TEST_P(BugCatalogueC, C11EverySequenceKeepsItsOwnLength) {
  for (const int rows : {1, 5, 128}) {
    Case data = case_of(fmt::format("f32:b8,hq2,hkv1,sq{},sk128,d16", rows));
    shorten_kv(data, {24, 125, 53, 28, 77, 96, 13, 114});
    expect_judged(data);
    data.problem.causal = 1;
    expect_judged(data);
  }
}

TEST_P(BugCatalogueC, C12CrossAttentionWithShortKeysIsAnExactMean) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b1,hq2,sq64,sk128,d32,dv4", type));
    fill(data.problem.q, data.q, [](auto...) { return 1.0; });
    fill_k(data, [](auto...) { return 1.0; });
    fill_v(data, [](auto, auto, int64_t j, auto) { return static_cast<double>(j); });
    shorten_kv(data, {32});
    EXPECT_EQ(o_of(data, run(data)), std::vector<double>(2 * 64 * 4, 15.5)) << type;
  }
}

TEST_P(BugCatalogueC, C16SeveralNewTokensAreCausalAmongThemselves) {
  const auto engine = [&](const Case& data) { return run(data); };
  EXPECT_EQ(seen(case_of("f32:b1,hq1,sq3,sk5,d8,dv5:causal=br"), engine), "11100/11110/11111");
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b8,hq64,hkv8,sq3,sk70,d16:causal=br", type));
    shorten_kv(data, {3, 70, 16, 33, 64, 5, 69, 48});
    expect_judged(data);
  }
  expect_judged("bf16:b8,hq64,hkv8,sq3,sk70,d16:causal=br,lens=random:page16");
}

// A mask made of blocks of 128, against lengths that blocks do not divide.
TEST_P(BugCatalogueC, C23BlockMasksThatDoNotDivideTheKeys) {
  Case data = case_of("f32:b1,hq1,sq129,sk1025,d16:mask=11qk");
  fill(data.problem.mask, data.mask, [](auto, auto, int64_t i, int64_t j) { return (j / 128 + i / 64) % 3 != 1; });
  expect_judged(data);
  for (int keys = 128; keys <= 228; keys += 9) {
    Case decode = case_of(fmt::format("f32:b1,hq2,sq1,sk{},d32:mask=111k", keys));
    fill(decode.problem.mask, decode.mask, [](auto, auto, auto, int64_t j) { return j / 128 == 0 || j % 5 == 0; });
    expect_judged(decode);
    expect_judged(fmt::format("f32:b1,hq2,sq1,sk{},d32:causal={}", keys, keys - 20));
  }
}

}  // namespace
}  // namespace rapt::conformance
