// NaN and infinities in keys and values: those that see them get them, those that do not keep every bit.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"
#include "workbench/scalar.h"

namespace rapt::emulated {
namespace {

using namespace workbench;

class Nonfinite : public testing::TestWithParam<Heads> {
 protected:
  Machine machine() const { return {GetParam().architecture}; }
  const char* type() const { return types(GetParam())[0]; }
  // 150 rows that stand at keys 10 to 159: key j is hidden from the rows before j - 10.
  std::string problem() const { return GetParam().problem(type(), "b1,hq2,hkv1,sq150,sk160", "causal=br"); }
  Case fresh() const { return make_case(parse_problem(problem())); }

  static void set_value(Case& data, int64_t key, int64_t col, double x) {
    store(data.v.data(), data.problem.v.type, value_row(data, 0, 0, key) + col, x);
  }
  static void set_key(Case& data, int64_t key, int64_t col, double x) {
    store(data.k.data(), data.problem.k.type, key_row(data, 0, 0, key) + col, x);
  }

  // Rows before `row` of both heads have the bits of `plain`.
  static void expect_same_before(const Case& data, int64_t row, const Outcome& plain, const Outcome& got) {
    for (int64_t head = 0; head < 2; ++head) {
      for (int64_t i = 0; i < row; ++i) {
        const auto size = static_cast<int64_t>(rapt_type_size(data.problem.o.type));
        const int64_t o = query_row(data, data.problem.o, 0, head, i) * size, lse = query_row(data, data.problem.lse, 0, head, i) * 4;
        ASSERT_EQ(std::memcmp(plain.o.as<char>() + o, got.o.as<char>() + o, static_cast<size_t>(data.problem.o.shape[3] * size)), 0)
            << head << ", " << i;
        ASSERT_EQ(std::memcmp(plain.lse.as<char>() + lse, got.lse.as<char>() + lse, 4), 0) << head << ", " << i;
      }
    }
  }
};

TEST_P(Nonfinite, ValuesReachTheRowsThatSeeThemAndNoOther) {
  const Outcome plain = run(machine(), fresh());
  ASSERT_TRUE(plain.ok()) << plain.message;
  Case data = fresh();
  set_value(data, 70, 3, NAN);
  set_value(data, 90, 3, INFINITY);
  set_value(data, 90, 20, -INFINITY);
  set_value(data, 100, 21, INFINITY);
  set_value(data, 120, 21, -INFINITY);
  EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  const Outcome got = run(machine(), data);
  ASSERT_TRUE(got.ok()) << got.message;
  expect_same_before(data, 60, plain, got);
  const auto at = [&](int64_t row, int64_t col) {
    return load(got.o.data(), data.problem.o.type, query_row(data, data.problem.o, 0, 1, row) + col);
  };
  EXPECT_TRUE(std::isnan(at(60, 3)));
  EXPECT_EQ(at(80, 20), -INFINITY);
  EXPECT_EQ(at(109, 21), INFINITY);
  EXPECT_TRUE(std::isnan(at(110, 21)));
  EXPECT_TRUE(std::isfinite(at(149, 22)));
}

TEST_P(Nonfinite, KeysReachTheRowsThatSeeThemAndNoOther) {
  const Outcome plain = run(machine(), fresh());
  Case data = fresh();
  set_key(data, 75, 5, NAN);
  set_key(data, 110, 6, INFINITY);
  EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  const Outcome got = run(machine(), data);
  ASSERT_TRUE(got.ok()) << got.message;
  expect_same_before(data, 65, plain, got);
}

TEST_P(Nonfinite, AQueryThatIsNotANumberSpoilsItsRowAlone) {
  const Outcome plain = run(machine(), fresh());
  Case data = fresh();
  store(data.q.data(), data.problem.q.type, query_row(data, data.problem.q, 0, 0, 140) + 1, NAN);
  EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  const Outcome got = run(machine(), data);
  ASSERT_TRUE(got.ok()) << got.message;
  expect_same_before(data, 140, plain, got);
}

// Whose weight is 0, and 0 * inf is NaN: of a key with an infinity, and of a row with one.
TEST_P(Nonfinite, InfiniteValuesUnderAScoreOfMinusInfinityAreNaN) {
  Case data = fresh();
  set_key(data, 75, 5, INFINITY);
  set_value(data, 75, 3, INFINITY);
  set_value(data, 76, 20, INFINITY);
  for (int64_t key = 0; key < 160; ++key) set_key(data, key, 6, -1);
  store(data.q.data(), data.problem.q.type, query_row(data, data.problem.q, 0, 0, 40) + 6, INFINITY);
  set_value(data, 20, 21, -INFINITY);
  EXPECT_TRUE(agrees_with_the_judge(machine(), data));
  if (GetParam().softcap) return;  // which leaves no such score
  const Outcome got = run(machine(), data);
  const auto count = [&](int64_t col, auto is) {  // of rows that see key 75
    int64_t found = 0;
    for (int64_t row = 65; row < 150; ++row)
      found += is(load(got.o.data(), data.problem.o.type, query_row(data, data.problem.o, 0, 0, row) + col)) ? 1 : 0;
    return found;
  };
  EXPECT_EQ(count(3, [](double x) { return std::isnan(x); }), 85);
  EXPECT_GT(count(20, [](double x) { return x == INFINITY; }), 20);
  EXPECT_GT(count(22, [](double x) { return std::isfinite(x); }), 20);
}

TEST_P(Nonfinite, ValuesReachTheHeadsOfTheirGroupAndNoOther) {
  Case data = make_case(parse_problem(GetParam().problem(type(), "b1,hq4,hkv2,sq20,sk40", "causal=br")));
  set_value(data, 35, 3, INFINITY);
  EXPECT_TRUE(agrees_with_the_judge(machine(), data));
}

// NaN behind the last key, which a copy may bring along, is no reason to do a tile again.
TEST_P(Nonfinite, WhatLiesBehindTheLastKeyCostsNothing) {
  const auto shape = [&](int keys) { return GetParam().problem(type(), fmt::format("b1,hq1,hkv1,sq40,sk{}", keys), ""); };
  Case longer = make_case(parse_problem(shape(80)));
  conformance::shorten_kv(longer, {66});
  emu::Report exact, with_more_behind;
  ASSERT_TRUE(run(machine(), make_case(parse_problem(shape(66))), &exact).ok());
  ASSERT_TRUE(run(machine(), longer, &with_more_behind).ok());
  EXPECT_EQ(with_more_behind.collectives, exact.collectives);
}

INSTANTIATE_TEST_SUITE_P(Emulated, Nonfinite, testing::ValuesIn(plain_heads()), heads_name);

}  // namespace
}  // namespace rapt::emulated
