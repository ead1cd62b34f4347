// Cases: the same numbers in every layout and on every machine, and poison wherever nobody may look.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "workbench/random.h"
#include "workbench/scalar.h"
#include "workbench/suites.h"

namespace rapt::workbench {
namespace {

Case make(const std::string& text) { return make_case(parse_problem(text)); }

int64_t count_numbers(const Buffer& buffer, rapt_type type) {
  int64_t numbers = 0;
  for (size_t i = 0; i < buffer.size() / rapt_type_size(type); ++i)
    numbers += std::isnan(load(buffer.data(), type, static_cast<int64_t>(i))) ? 0 : 1;
  return numbers;
}

double q_at(const Case& c, int64_t b, int64_t h, int64_t i, int64_t d) {
  return load(c.q.data(), c.problem.q.type, query_row(c, c.problem.q, b, h, i) + d);
}
double k_at(const Case& c, int64_t b, int64_t g, int64_t j, int64_t d) {
  return load(c.k.data(), c.problem.k.type, key_row(c, b, g, j) + d);
}
double v_at(const Case& c, int64_t b, int64_t g, int64_t j, int64_t d) {
  return load(c.v.data(), c.problem.v.type, value_row(c, b, g, j) + d);
}

const char* const kLayouts[] = {"",
                                ":bshd",
                                ":strided",
                                ":ragged",
                                ":raggedq",
                                ":raggedkv",
                                ":page1",
                                ":page7",
                                ":bshd,page3",
                                ":list4",
                                ":strided,list3",
                                ":pointers7",
                                ":strided,pointers2",
                                ":ragged,page4",
                                ":bshd,ragged"};

TEST(CaseData, IsTheSameInEveryLayout) {
  for (const char* lengths : {"full", "random", "edges"}) {
    const std::string text = std::string("f32/f16/bf16/f32:b4,hq4,hkv2,sq5,sk9,d3,dv2:seed=2,lens=") + lengths;
    const Case dense = make(text);
    for (const char* layout : kLayouts) {
      const Case c = make(text + layout);
      ASSERT_EQ(c.lens_q, dense.lens_q) << c.name;
      ASSERT_EQ(c.lens_kv, dense.lens_kv) << c.name;
      for (int64_t b = 0; b < 4; ++b) {
        for (int64_t h = 0; h < 4; ++h) {
          for (int64_t i = 0; i < c.lens_q[static_cast<size_t>(b)] && c.lens_kv[static_cast<size_t>(b)] > 0; ++i) {
            for (int64_t d = 0; d < 3; ++d) ASSERT_EQ(q_at(c, b, h, i, d), q_at(dense, b, h, i, d)) << c.name;
          }
        }
        for (int64_t g = 0; g < 2; ++g) {
          for (int64_t j = 0; j < c.lens_kv[static_cast<size_t>(b)] && c.lens_q[static_cast<size_t>(b)] > 0; ++j) {
            for (int64_t d = 0; d < 3; ++d) ASSERT_EQ(k_at(c, b, g, j, d), k_at(dense, b, g, j, d)) << c.name;
            for (int64_t d = 0; d < 2; ++d) ASSERT_EQ(v_at(c, b, g, j, d), v_at(dense, b, g, j, d)) << c.name;
          }
        }
      }
    }
  }
}

TEST(CaseData, IsPoisonWhereverNoVisiblePairLooks) {
  for (const char* layout : kLayouts) {
    for (const char* semantics : {":", ":causal=br,", ":win=1:0,", ":causal=tl,"}) {
      for (const char* lengths : {"lens=full", "lens=random", "lens=edges"}) {
        const Case c = make(std::string("f32/f16/bf16/f32:b4,hq4,hkv2,sq5,sk9,d3,dv2") + semantics + lengths + layout);
        int64_t rows = 0, keys = 0;
        for (size_t b = 0; b < 4; ++b) {
          const int64_t len_q = c.lens_q[b], len_kv = c.lens_kv[b], offset = std::string(semantics) == ":causal=tl," ? 0 : len_kv - len_q;
          std::set<int64_t> seen_rows, seen_keys;
          for (int64_t i = 0; i < len_q; ++i) {
            for (int64_t j = 0; j < len_kv; ++j) {
              if (c.problem.causal != 0 && j > i + offset) continue;
              if (c.problem.window_left >= 0 && (j < i + offset - 1 || j > i + offset)) continue;
              seen_rows.insert(i);
              seen_keys.insert(j);
            }
          }
          rows += static_cast<int64_t>(seen_rows.size());
          keys += static_cast<int64_t>(seen_keys.size());
        }
        EXPECT_EQ(count_numbers(c.q, RAPT_F32), rows * 4 * 3) << c.name;
        EXPECT_EQ(count_numbers(c.k, RAPT_F16), keys * 2 * 3) << c.name;
        EXPECT_EQ(count_numbers(c.v, RAPT_BF16), keys * 2 * 2) << c.name;
        EXPECT_TRUE(c.guards_intact());
      }
    }
  }
}

TEST(CaseData, IsTheSameOnEveryMachine) {
  EXPECT_EQ(make("f32:b2,hq4,hkv2,sq5,sk9,d8:causal=br,mask=bhqk,bias=1hqk,alibi,sinks,lens=random:strided,ragged,page4").hash(),
            6078118219362765419U);
  EXPECT_EQ(make("bf16:sq33,d64:data=outliers").hash(), 16249473382380284854U);
  EXPECT_EQ(make("f16:sq33,d64:data=large,seed=9").hash(), 17860863662763391952U);
}

TEST(CaseData, DependsOnTheSeed) {
  EXPECT_EQ(make("f32:sq5,d8:seed=3").hash(), make("f32:sq5,d8:seed=3").hash());
  EXPECT_NE(make("f32:sq5,d8:seed=3").hash(), make("f32:sq5,d8:seed=4").hash());
}

TEST(CaseData, FollowsItsDistribution) {
  const auto moments = [](const std::string& distribution, double& mean, double& deviation, double& largest) {
    const Case c = make("f64:sq200,d100:data=" + distribution);
    double sum = 0, squares = 0;
    largest = 0;
    for (int64_t i = 0; i < 20000; ++i) {
      const double x = load(c.q.data(), RAPT_F64, i);
      sum += x, squares += x * x, largest = std::max(largest, std::abs(x));
    }
    mean = sum / 20000, deviation = std::sqrt(squares / 20000 - mean * mean);
  };
  double mean = 0, deviation = 0, largest = 0;
  moments("normal", mean, deviation, largest);
  EXPECT_NEAR(mean, 0, 0.03);
  EXPECT_NEAR(deviation, 1, 0.02);
  EXPECT_LE(largest, 6);
  moments("peaked", mean, deviation, largest);
  EXPECT_NEAR(deviation, 4, 0.08);
  moments("outliers", mean, deviation, largest);
  EXPECT_GT(largest, 8);
  EXPECT_NEAR(deviation, std::sqrt(1.1), 0.06);
  moments("equal", mean, deviation, largest);
  EXPECT_EQ(deviation, 0);
  moments("large", mean, deviation, largest);
  EXPECT_GT(largest, 1000);
  EXPECT_LT(std::abs(mean), 20);
  moments("uniform", mean, deviation, largest);
  EXPECT_NEAR(mean, 0.5, 0.01);
  EXPECT_NEAR(deviation, std::sqrt(1.0 / 12), 0.005);
}

TEST(CaseMasks, AreTrueForAboutSevenOfTenAndHideSomeRowsWhole) {
  const Case c = make("f32:b2,hq3,sq40,sk50,d2:mask=bhqk");
  int64_t seen = 0, hidden_rows = 0, odd_truths = 0;
  for (int64_t row = 0; row < 240; ++row) {
    int64_t in_row = 0;
    for (int64_t j = 0; j < 50; ++j) {
      const unsigned char truth = c.mask.as<unsigned char>()[row * 50 + j];
      in_row += truth != 0 ? 1 : 0;
      odd_truths += truth > 1 ? 1 : 0;
    }
    seen += in_row;
    hidden_rows += in_row == 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(seen) / (240 * 50), 0.7 * 11 / 12, 0.05);
  EXPECT_GE(hidden_rows, 5);
  EXPECT_GE(odd_truths, 100);
}

TEST(CaseMasks, HaveTheShapeOfTheirPattern) {
  const Case c = make("f32:b2,hq3,sq4,sk5,d2:mask=b11k,bias=1hq1/f16");
  EXPECT_TRUE(std::equal(c.problem.mask.shape, c.problem.mask.shape + 4, std::begin({2, 1, 1, 5})));
  EXPECT_TRUE(std::equal(c.problem.bias.shape, c.problem.bias.shape + 4, std::begin({1, 3, 4, 1})));
  EXPECT_EQ(c.problem.bias.type, RAPT_F16);
  EXPECT_EQ(c.mask.size(), 10U);
}

TEST(CaseMasks, LeavePoisonInWhatTheyHideForEvenSeeds) {
  const auto poisoned_keys = [](const Case& c) { return 64 - count_numbers(c.k, RAPT_F32) / 2; };
  const Case even = make("f32:sq2,sk64,d2:mask=111k,seed=2"), odd = make("f32:sq2,sk64,d2:mask=111k,seed=3");
  EXPECT_EQ(poisoned_keys(even), std::count(even.mask.as<unsigned char>(), even.mask.as<unsigned char>() + 64, 0));
  EXPECT_EQ(count_numbers(even.v, RAPT_F32), count_numbers(even.k, RAPT_F32));
  EXPECT_GT(poisoned_keys(even), 5);
  EXPECT_EQ(poisoned_keys(odd), 0);
}

TEST(CaseMasks, ArePoisonWhereCausalAlreadyHides) {
  const Case c = make("f32:sq8,d2:causal=br,mask=11qk,bias=11qk");
  for (int64_t i = 0; i < 8; ++i) {
    for (int64_t j = 0; j < 8; ++j) {
      EXPECT_EQ(std::isnan(load(c.bias.data(), RAPT_F32, i * 8 + j)), j > i);
      EXPECT_EQ(c.mask.as<unsigned char>()[i * 8 + j] == 0xFF, j > i);
    }
  }
}

TEST(CaseBias, HidesSomePairsWithMinusInfinity) {
  const Case c = make("f32:sq40,sk50,d2:bias=11qk/bf16");
  int64_t hidden = 0;
  for (int64_t at = 0; at < 2000; ++at) hidden += load(c.bias.data(), RAPT_BF16, at) == -HUGE_VAL ? 1 : 0;
  EXPECT_GT(hidden, 80);
  EXPECT_LT(hidden, 600);
}

TEST(CaseLengths, OfEdgesAreAllPairsOfZeroOneAndFullInNineSequences) {
  for (const char* seed : {"1", "5"}) {
    const Case c = make(std::string("f32:b9,sq6,sk7,d2:lens=edges,seed=") + seed);
    std::set<std::pair<int64_t, int64_t>> pairs;
    for (size_t b = 0; b < 9; ++b) pairs.emplace(c.lens_q[b], c.lens_kv[b]);
    std::set<std::pair<int64_t, int64_t>> all;
    for (const int64_t q : {0, 1, 6}) {
      for (const int64_t kv : {0, 1, 7}) all.emplace(q, kv);
    }
    EXPECT_EQ(pairs, all);
  }
}

TEST(CaseLengths, AreGivenToTheCallUnlessFull) {
  EXPECT_EQ(make("f32:b3,sq6,d2").args.seqlens_q, nullptr);
  const Case c = make("f32:b30,sq6,d2:lens=random");
  for (size_t b = 0; b < 30; ++b) {
    EXPECT_EQ(c.args.seqlens_q[b], c.lens_q[b]);
    EXPECT_EQ(c.args.seqlens_kv[b], c.lens_kv[b]);
  }
  EXPECT_GT(*std::max_element(c.lens_q.begin(), c.lens_q.end()), *std::min_element(c.lens_q.begin(), c.lens_q.end()));
}

TEST(CasePages, AreInNoOrderAndNamedOnce) {
  const Case c = make("f32:b3,hq2,sq1,sk80,d2::page4");
  std::vector<int32_t> pages;
  for (int64_t b = 0; b < 3; ++b) {
    const int64_t stride = c.problem.table_stride != 0 ? c.problem.table_stride : 20;
    pages.insert(pages.end(), c.args.block_table + b * stride, c.args.block_table + b * stride + 20);
  }
  EXPECT_FALSE(std::is_sorted(pages.begin(), pages.end()));
  EXPECT_EQ(std::set<int32_t>(pages.begin(), pages.end()).size(), 60U);
  EXPECT_EQ(c.problem.k.shape[0], 63);
}

TEST(CasePages, PastALengthOrBeforeAWindowHaveAbsurdIds) {
  const Case c = make("f32:b2,sq1,sk64,d2:win=7:0,seed=3:page4");
  ASSERT_EQ(c.problem.table_stride, 18);
  std::set<int32_t> ids(c.args.block_table, c.args.block_table + 36);
  int64_t sane = 0;
  for (int slot = 0; slot < 36; ++slot) sane += key_row(c, slot / 18, 0, (slot % 18) * 4) >= 0 ? 1 : 0;
  EXPECT_EQ(sane, 4);  // the last 8 keys of either sequence
  EXPECT_TRUE(ids.contains(INT32_MAX));
  EXPECT_TRUE(ids.contains(INT32_MIN));
  EXPECT_TRUE(ids.contains(-1));
}

TEST(CasePages, OfAListGiveLengthsByTheirLastPageForEvenSeeds) {
  const Case even = make("f32:b20,sq1,sk9,d2:lens=random,seed=2:list4"), odd = make("f32:b20,sq1,sk9,d2:lens=random,seed=3:list4");
  ASSERT_NE(even.args.kv_last_page_len, nullptr);
  EXPECT_EQ(even.args.seqlens_kv, nullptr);
  EXPECT_EQ(odd.args.kv_last_page_len, nullptr);
  for (size_t b = 0; b < 20; ++b) {
    EXPECT_EQ((even.args.kv_indptr[b + 1] - even.args.kv_indptr[b] - 1) * 4 + even.args.kv_last_page_len[b], even.lens_kv[b]);
    EXPECT_EQ(odd.args.seqlens_kv[b], odd.lens_kv[b]);
    EXPECT_GT(odd.args.kv_indptr[b + 1] - odd.args.kv_indptr[b], (odd.lens_kv[b] + 3) / 4);
  }
}

TEST(CaseLayouts, HaveOddGapsAndAbsurdStridesWhenStrided) {
  const Case c = make("f32:b2,hq3,sq4,sk5,d8:mask=1hqk:strided");
  EXPECT_TRUE(std::equal(c.problem.q.strides, c.problem.q.strides + 4, std::begin({154, 49, 11, 1})));
  EXPECT_LT(c.problem.lse.strides[3], 0);
  EXPECT_LT(c.problem.mask.strides[0], 0);
  EXPECT_EQ(c.problem.q.bytes, static_cast<int64_t>(c.q.size()));
}

TEST(CaseLayouts, OfEverySuiteAndRandomProblemAreBuiltWithinTheirGuards) {
  std::vector<Problem> problems = suite("smoke");
  for (uint64_t seed = 0; seed < 300; ++seed) problems.push_back(random_problem(seed));
  for (const Problem& problem : problems) EXPECT_TRUE(make_case(problem).guards_intact()) << print_problem(problem);
}

TEST(CaseSizes, BeyondTheMachineAreRefusedInWords) {
  try {
    make("f32:b1000,hq1000,sq1000000,d1000");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("this machine has"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace rapt::workbench
