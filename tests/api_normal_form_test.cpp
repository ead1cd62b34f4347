// What engines are promised about a checked problem (engine/engine.h, Request): defaults filled in, strides normal, positions that cannot
// overflow.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "api/check_problem.h"
#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

rapt_problem checked(const rapt_problem& problem) {
  rapt_problem result;
  EXPECT_EQ(api::check_problem(&problem, api::Outputs::kRequired, result), RAPT_OK) << rapt_last_error();
  return result;
}

TEST(NormalForm, FillsInTheDefaultsOfADenseProblem) {
  const rapt_problem p = checked(small_problem());
  EXPECT_EQ(p.batch, kBatch);
  EXPECT_EQ(p.max_seqlen_q, kSeqlenQ);
  EXPECT_EQ(p.max_seqlen_kv, kSeqlenKv);
  EXPECT_EQ(p.table_stride, 0);
  EXPECT_EQ(p.has_scale, 1);
  EXPECT_DOUBLE_EQ(p.scale, 0.35355339059327373);  // 1 / sqrt(8)
  EXPECT_EQ(p.window_left, -1);
  EXPECT_EQ(p.window_right, -1);
}

TEST(NormalForm, KeepsAGivenScaleOfZero) {
  rapt_problem problem = small_problem();
  problem.has_scale = 1;
  EXPECT_EQ(checked(problem).scale, 0);
}

TEST(NormalForm, FillsInTheBoundsOfRaggedAndPagedProblems) {
  EXPECT_EQ(checked(ragged_problem()).max_seqlen_q, 6);
  EXPECT_EQ(checked(ragged_problem()).max_seqlen_kv, 10);
  EXPECT_EQ(checked(paged_problem(RAPT_KV_BLOCK_TABLE)).table_stride, 3);
  EXPECT_EQ(checked(paged_problem(RAPT_KV_PAGE_LIST)).table_stride, 0);
  rapt_problem problem = paged_problem(RAPT_KV_PAGE_POINTERS);
  problem.table_stride = 9;
  EXPECT_EQ(checked(problem).table_stride, 9);
}

TEST(NormalForm, GivesDimensionsOfSizeOneStrideZeroAndAbsentTensorsNothing) {
  rapt_problem problem = small_problem();
  problem.mask = rapt_dense(RAPT_BOOL, 1, kHeadsQ, 1, kSeqlenKv);
  problem.mask.strides[0] = -17;
  problem.bias.strides[2] = 3;  // absent, and not described
  const rapt_problem p = checked(problem);
  const int64_t strides[4] = {0, kSeqlenKv, 0, 1};
  EXPECT_TRUE(std::equal(strides, strides + 4, p.mask.strides));
  EXPECT_EQ(p.bias.strides[2], 0);
  EXPECT_EQ(p.q.strides[3], 1);
}

struct Window {
  int64_t offset, left, right;
};

__extension__ using Wide = __int128;

bool sees(const Window& w, int64_t i, int64_t j) {
  const Wide row = static_cast<Wide>(i) + w.offset;
  return (w.left < 0 || j >= row - w.left) && (w.right < 0 || j <= row + w.right);
}

// Every pair of row and key, for offsets and windows around each edge of int64 and of the lengths.
TEST(NormalForm, BringsPositionsNearWithoutChangingWhatIsVisible) {
  rapt_problem problem = small_problem();
  problem.align = RAPT_ALIGN_OFFSET;
  const int64_t values[] = {0, 1, 4, 7, 8, 9, 20, int64_t{1} << 62, (int64_t{1} << 62) + 3, INT64_MAX - 2, INT64_MAX};
  for (const int64_t size : values) {
    for (const int64_t offset : {size, -size}) {
      for (const int64_t left : values) {
        for (const int64_t right : values) {
          problem.offset = offset, problem.window_left = left, problem.window_right = right;
          const rapt_problem p = checked(problem);
          ASSERT_LE(std::max({p.offset, -p.offset, p.window_left, p.window_right}), 2 * (kSeqlenQ + kSeqlenKv));
          ASSERT_GE(std::min(p.window_left, p.window_right), 0);
          for (int64_t pair = 0; pair < kSeqlenQ * kSeqlenKv; ++pair) {
            const int64_t i = pair / kSeqlenKv, j = pair % kSeqlenKv;
            ASSERT_EQ(sees({p.offset, p.window_left, p.window_right}, i, j), sees({offset, left, right}, i, j))
                << "offset " << offset << " window " << left << ":" << right << " row " << i << " key " << j;
          }
        }
      }
    }
  }
}

TEST(NormalForm, KeepsTheOffsetThatAlibiCountsFrom) {
  rapt_problem problem = small_problem();
  problem.alibi = rapt_dense(RAPT_F32, 1, kHeadsQ, 1, 1);
  problem.align = RAPT_ALIGN_OFFSET, problem.offset = -1000, problem.window_left = INT64_MAX, problem.window_right = 1001;
  const rapt_problem p = checked(problem);
  EXPECT_EQ(p.offset, -1000);
  EXPECT_EQ(p.window_left, kSeqlenQ + kSeqlenKv);  // one more than could matter
  EXPECT_EQ(p.window_right, 1001);
}

TEST(NormalForm, KnowsEmptyWork) {
  for (int d = 0; d < 3; ++d) {
    rapt_problem problem = small_problem();
    problem.q.shape[d] = problem.o.shape[d] = 0;
    if (d == 0) problem.k.shape[0] = problem.v.shape[0] = 0;
    EXPECT_TRUE(api::is_empty_work(checked(problem))) << d;
  }
  rapt_problem no_keys = small_problem();
  no_keys.k.shape[2] = no_keys.v.shape[2] = 0;
  EXPECT_FALSE(api::is_empty_work(checked(no_keys)));  // o is zeros, but written
}

}  // namespace
}  // namespace rapt::testing
