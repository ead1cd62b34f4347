// One problem in every layout: dense, permuted, with gaps, ragged and paged give the same bits; pages that are not there are reported.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/reference/pack.h"
#include "tests/reference/random_attention.h"

namespace rapt::test {
namespace {

constexpr uint64_t kSeeds = 300;

// Same bits, row by row; rows past a length are NaN in both.
void expect_same_bits(const Values& x, const Values& y) {
  ASSERT_EQ(x.size(), y.size());
  for (size_t n = 0; n < x.size(); ++n)
    ASSERT_TRUE(x[n] == y[n] || (std::isnan(x[n]) && std::isnan(y[n]))) << n << ": " << x[n] << ", " << y[n];
}

// Compares each of a few hundred random problems, dense, with itself after `change`.
template <class Change>
void expect_layout_changes_nothing(Change change) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("random_attention(" + std::to_string(seed) + ")");
    Attention a = random_attention(seed);
    a.layout = {};
    const Answer dense = run(a);
    change(a);
    const Answer other = run(a);
    ASSERT_EQ(other.status, RAPT_OK) << other.message;
    ASSERT_EQ(other.foreign, 0);
    expect_same_bits(other.o, dense.o);
    expect_same_bits(other.lse, dense.lse);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Layouts, PermutedWithGapsIsDense) {
  expect_layout_changes_nothing([](Attention& a) { a.layout.rows_outside_heads = true, a.layout.gap = 5; });
}

TEST(Layouts, RaggedIsDense) {
  expect_layout_changes_nothing([](Attention& a) { a.layout.q_layout = RAPT_Q_RAGGED; });
  expect_layout_changes_nothing([](Attention& a) { a.layout.kv_layout = RAPT_KV_RAGGED; });
  expect_layout_changes_nothing(
      [](Attention& a) { a.layout.q_layout = RAPT_Q_RAGGED, a.layout.kv_layout = RAPT_KV_RAGGED, a.layout.gap = 2; });
}

TEST(Layouts, PagedIsDenseWhateverThePagesSizeAndOrder) {
  for (const int32_t kv_layout : {RAPT_KV_BLOCK_TABLE, RAPT_KV_PAGE_LIST, RAPT_KV_PAGE_POINTERS}) {
    for (const int64_t page_size : {1, 2, 5, 16, 64}) {
      expect_layout_changes_nothing([&](Attention& a) {
        a.layout.kv_layout = kv_layout, a.layout.page_size = page_size, a.layout.page_order = static_cast<uint64_t>(page_size);
        a.layout.gap = page_size % 3, a.layout.rows_outside_heads = page_size % 2 == 0;
      });
    }
  }
}

TEST(Layouts, PageListTakesItsLengthsFromTheLastPage) {
  expect_layout_changes_nothing(
      [](Attention& a) { a.layout.kv_layout = RAPT_KV_PAGE_LIST, a.layout.page_size = 4, a.layout.last_page_len = true; });
}

TEST(Layouts, NumberOfThreadsChangesNothing) {
  for (uint64_t seed = 1; seed <= kSeeds / 4; ++seed) {
    const Attention a = random_attention(seed);
    const Answer one = run(a, RAPT_ENGINE_REFERENCE, 1), eight = run(a, RAPT_ENGINE_REFERENCE, 8);
    expect_same_bits(one.o, eight.o);
    expect_same_bits(one.lse, eight.lse);
  }
}

// Two sequences of 6 and 5 keys on pages of 2; v is 1 + the key's number.
Attention paged(int32_t kv_layout) {
  Attention a;
  a.batch = 2, a.seqlen_kv = 6, a.lens_kv = {6, 5};
  allocate(a);
  for (size_t n = 0; n < a.v.size(); ++n) a.v[n] = static_cast<double>(n % 6 + 1);
  a.layout.kv_layout = kv_layout, a.layout.page_size = 2;
  return a;
}

TEST(BadPages, OfABlockTableAreHiddenAndNamed) {
  for (const int32_t bad : {-1, 9, INT32_MAX, INT32_MIN}) {  // there are 6 + 3 pages
    const Attention a = paged(RAPT_KV_BLOCK_TABLE);
    Packed packed;
    pack(a, packed);
    packed.block_table[3 + 1] = bad;  // keys 2 and 3 of sequence 1
    const Answer answer = run(a, packed);
    EXPECT_EQ(answer.status, RAPT_BAD_INDEX);
    EXPECT_NE(answer.message.find("block_table[1, 1] = " + std::to_string(bad) + " is outside [0, 9)"), std::string::npos)
        << answer.message;
    EXPECT_EQ(answer.o, (Values{3.5, 8. / 3}));
    EXPECT_DOUBLE_EQ(answer.lse[1], std::log(3.0));
  }
}

TEST(BadPages, OfAPageListAreHiddenAndNamed) {
  const Attention a = paged(RAPT_KV_PAGE_LIST);
  Packed packed;
  pack(a, packed);
  packed.block_table[0] = 9;
  packed.block_table[5] = -3;
  const Answer answer = run(a, packed);
  EXPECT_EQ(answer.status, RAPT_BAD_INDEX);
  EXPECT_NE(answer.message.find("sequence 0"), std::string::npos) << answer.message;
  EXPECT_NE(answer.message.find("kv_indices[0] = 9 is outside [0, 9)"), std::string::npos) << answer.message;
  EXPECT_EQ(answer.o, (Values{4.5, 2.5}));
}

TEST(BadPages, OfPointersAreHiddenAndNamed) {
  for (const bool of_k : {true, false}) {
    const Attention a = paged(RAPT_KV_PAGE_POINTERS);
    Packed packed;
    pack(a, packed);
    (of_k ? packed.k_pages : packed.v_pages)[2] = nullptr;
    const Answer answer = run(a, packed);
    EXPECT_EQ(answer.status, RAPT_BAD_INDEX);
    EXPECT_NE(answer.message.find(of_k ? "k_pages[0, 2] is NULL" : "v_pages[0, 2] is NULL"), std::string::npos) << answer.message;
    EXPECT_EQ(answer.o, (Values{2.5, 3}));
  }
}

TEST(BadPages, ThatNoVisibleKeyNeedsAreNobodysBusiness) {
  Attention a = paged(RAPT_KV_BLOCK_TABLE);
  a.rules.window_left = 1;  // the last two keys of each
  Packed packed;
  pack(a, packed);
  packed.block_table[0] = packed.block_table[1] = packed.block_table[3] = 1 << 30;
  const Answer answer = run(a, packed);
  EXPECT_EQ(answer.status, RAPT_OK) << answer.message;
  EXPECT_EQ(answer.o, (Values{5.5, 4.5}));
}

TEST(BadPages, LeaveARowThatHadNoOtherKeysEmpty) {
  Attention a = paged(RAPT_KV_BLOCK_TABLE);
  a.rules.window_left = 0;
  Packed packed;
  pack(a, packed);
  packed.block_table[2] = 77;
  const Answer answer = run(a, packed);
  EXPECT_EQ(answer.status, RAPT_BAD_INDEX);
  EXPECT_EQ(answer.o, (Values{0, 5}));
  EXPECT_EQ(answer.lse[0], -HUGE_VAL);
}

TEST(BadPages, AreReportedByMapAndBoundsToo) {
  const Attention a = paged(RAPT_KV_BLOCK_TABLE);
  Packed packed;
  pack(a, packed);
  packed.block_table[1] = -5;
  Values values(12, std::nan("")), bound_o(2), bound_lse(2);
  EXPECT_EQ(rapt_map(context(1), &packed.problem, &packed.args, RAPT_STAGE_MASKED, values.data()), RAPT_BAD_INDEX);
  const Values expected{0, 0, -HUGE_VAL, -HUGE_VAL, 0, 0, 0, 0, 0, 0, 0, 0};  // a key that is not there has no score at any stage
  EXPECT_EQ(values, expected);
  EXPECT_EQ(rapt_map(context(1), &packed.problem, &packed.args, RAPT_STAGE_SCALED, values.data()), RAPT_BAD_INDEX);
  EXPECT_EQ(values, expected);
  EXPECT_EQ(rapt_error_bound(context(1), &packed.problem, &packed.args, bound_o.data(), bound_lse.data()), RAPT_BAD_INDEX);
  EXPECT_NE(std::string(rapt_last_error()).find("block_table[0, 1] = -5"), std::string::npos) << rapt_last_error();
}

}  // namespace
}  // namespace rapt::test
