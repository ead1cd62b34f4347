// The judge against a second, independent judge in long double, on random mixtures of every feature, type and layout.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "tests/reference/random_attention.h"
#include "tests/reference/second_opinion.h"

namespace rapt::test {
namespace {

constexpr uint64_t kSeeds = 3000;

// Same number within the bound; the same infinity.
bool agree(double mine, long double theirs, double bound) {
  if (!std::isfinite(theirs)) return static_cast<double>(theirs) == mine;
  return std::fabs(static_cast<long double>(mine) - theirs) <= static_cast<long double>(bound);
}

template <class Theirs>
void expect_agreement(const char* what, const Values& mine, const Theirs& theirs, const Values& bound, const Attention& a,
                      int64_t row_size) {
  ASSERT_EQ(mine.size(), theirs.size());
  for (size_t n = 0; n < mine.size(); ++n) {
    const int64_t row = static_cast<int64_t>(n) / row_size, i = row % a.seqlen_q, b = row / a.seqlen_q / a.heads_q;
    if (i >= a.len_q(b)) continue;
    ASSERT_TRUE(agree(mine[n], theirs[n], bound[n]))
        << what << '[' << n << "] = " << mine[n] << ", second opinion " << static_cast<double>(theirs[n]) << ", bound " << bound[n];
  }
}

class SecondOpinion : public testing::Test {
 protected:
  static void for_all_seeds(void (*check)(Attention)) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE("random_attention(" + std::to_string(seed) + ")");
      check(random_attention(seed));
      if (HasFatalFailure()) return;
    }
  }
};

TEST_F(SecondOpinion, SharesTheOutputsWithinTheBound) {
  for_all_seeds([](Attention a) {
    const Answer answer = run(a);
    ASSERT_EQ(answer.status, RAPT_OK) << answer.message;
    ASSERT_EQ(answer.foreign, 0);
    const Opinion opinion = second_opinion(a);
    expect_agreement("o", answer.o, opinion.o, opinion.bound_o, a, a.head_dim_v);
    expect_agreement("lse", answer.lse, opinion.lse, opinion.bound_lse, a, 1);
  });
}

TEST_F(SecondOpinion, SharesTheBoundsOfEveryType) {
  for_all_seeds([](Attention a) {
    for (const rapt_type type : {RAPT_F32, RAPT_F16, RAPT_BF16, RAPT_F64}) {
      a.o_type = type;
      a.lse_type = type == RAPT_F64 ? RAPT_F64 : RAPT_F32;
      const Bounds mine = bounds(a);
      ASSERT_EQ(mine.status, RAPT_OK) << rapt_last_error();
      const Opinion opinion = second_opinion(a);
      Values slack_o = opinion.bound_o, slack_lse = opinion.bound_lse;
      for (double& value : slack_o) value *= 1e-9;
      for (double& value : slack_lse) value *= 1e-9;
      expect_agreement("bound of o", mine.o, opinion.bound_o, slack_o, a, a.head_dim_v);
      expect_agreement("bound of lse", mine.lse, opinion.bound_lse, slack_lse, a, 1);
    }
  });
}

TEST_F(SecondOpinion, SharesTheMapAtEveryStage) {
  for_all_seeds([](Attention a) {
    const Opinion opinion = second_opinion(a);
    for (int32_t stage = RAPT_STAGE_SCALED; stage <= RAPT_STAGE_WEIGHTS; ++stage) {
      const Map mine = map(a, stage);
      ASSERT_EQ(mine.status, RAPT_OK) << rapt_last_error();
      const Values& theirs = opinion.map[stage];
      for (size_t n = 0; n < theirs.size(); ++n) {  // rows and columns past a length are 0 in both
        ASSERT_TRUE(agree(mine.values[n], theirs[n], 1e-12 * std::max(1.0, std::fabs(theirs[n]))))
            << "stage " << stage << " [" << n << "] = " << mine.values[n] << ", not " << theirs[n];
      }
    }
  });
}

}  // namespace
}  // namespace rapt::test
