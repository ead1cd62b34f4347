// The judge through its own table, with requests that the C API would not let pass.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "reference/engine.h"

namespace rapt {
namespace {

// [batch, heads, seqlen, head_dim] of doubles; dimensions of size 1 have stride 0, as api leaves them.
rapt_tensor tensor(int64_t n0, int64_t n1, int64_t n2, int64_t n3) {
  rapt_tensor t = rapt_dense(RAPT_F64, n0, n1, n2, n3);
  for (int d = 0; d < 4; ++d) t.strides[d] = t.shape[d] == 1 ? 0 : t.strides[d];
  return t;
}

// Two sequences, keys 0..2 and 3..5 of one row each; q = 0, so that o is the mean of what is seen.
struct Small {
  Small() {
    rapt_problem_init(&request.problem, sizeof request.problem);
    rapt_problem& p = request.problem;
    p.q = p.o = tensor(2, 1, 1, 1);
    p.k = p.v = tensor(2, 1, 3, 1);
    p.batch = 2, p.max_seqlen_q = 1, p.max_seqlen_kv = 3, p.scale = 1, p.has_scale = 1;
    request.threads = 1;
    args.q = q, args.k = args.v = v, args.o = o;
  }
  rapt_status run() {
    const rapt_executor executor{nullptr, 1, 0, [](void*, int32_t threads, void (*body)(void*, int32_t), void* state) {
                                   for (int32_t t = 0; t < threads; ++t) body(state, t);
                                 }};
    EXPECT_TRUE(reference::kEngine.choose(request, choice, text)) << sentence;
    std::vector<double> workspace(choice.workspace / sizeof(double) + 1);
    return reference::kEngine.run(request, choice, args, workspace.data(), executor, nullptr, text);
  }

  Request request{};
  rapt_args args = RAPT_ARGS_INIT;
  Choice choice{};
  char sentence[500] = "";
  Text text{sentence, sizeof sentence};
  double q[2] = {0, 0}, v[6] = {1, 2, 3, 4, 5, 6}, o[2] = {-1, -1};
};

TEST(ReferenceEngine, RefusesTypesWithoutAMeaning) {
  for (const rapt_type type : {RAPT_E4M3, RAPT_E5M2, RAPT_I8, RAPT_BOOL, RAPT_NONE}) {
    for (rapt_tensor rapt_problem::*operand : {&rapt_problem::q, &rapt_problem::k, &rapt_problem::v, &rapt_problem::o}) {
      Small small;
      (small.request.problem.*operand).type = type;
      EXPECT_FALSE(reference::kEngine.choose(small.request, small.choice, small.text));
      EXPECT_NE(std::string(small.sentence).find("give f32, f16, bf16 or f64"), std::string::npos) << small.sentence;
    }
  }
}

TEST(ReferenceEngine, RefusesARowOfScoresThatNoMemoryHolds) {
  Small small;
  small.request.problem.max_seqlen_kv = INT64_MAX / 8;
  EXPECT_FALSE(reference::kEngine.choose(small.request, small.choice, small.text));
  EXPECT_NE(std::string(small.sentence).find("lower max_seqlen_kv"), std::string::npos) << small.sentence;
  double map;
  EXPECT_EQ(reference::map(small.request, small.args, RAPT_STAGE_SCALED, &map, small.text), RAPT_OUT_OF_MEMORY);
}

TEST(ReferenceEngine, NeedsWorkspaceForARowNotForAMatrix) {
  Small small;
  small.request.problem.q = small.request.problem.o = tensor(1, 1, 1 << 20, 64);
  small.request.problem.k = small.request.problem.v = tensor(1, 1, 1 << 20, 64);
  small.request.problem.max_seqlen_q = small.request.problem.max_seqlen_kv = 1 << 20;
  small.request.threads = 4;
  ASSERT_TRUE(reference::kEngine.choose(small.request, small.choice, small.text));
  EXPECT_LE(small.choice.workspace, 4u * ((1 << 20) * 24 + 4096));
}

TEST(ReferenceEngine, PullsLengthsInsideTheirBounds) {
  Small small;
  const int32_t lengths[2] = {-7, 1000};
  small.args.seqlens_kv = lengths;
  EXPECT_EQ(small.run(), RAPT_OK);
  EXPECT_EQ(small.o[0], 0);
  EXPECT_EQ(small.o[1], 5);
  double map[6];
  EXPECT_EQ(reference::map(small.request, small.args, RAPT_STAGE_WEIGHTS, map, small.text), RAPT_OK);
  EXPECT_EQ(std::vector<double>(map, map + 6), (std::vector<double>{0, 0, 0, 1 / 3., 1 / 3., 1 / 3.}));
  small.args.seqlens_kv = nullptr;
  small.args.seqlens_q = lengths;
  small.o[0] = small.o[1] = -1;
  EXPECT_EQ(small.run(), RAPT_OK);
  EXPECT_EQ(small.o[0], -1);
  EXPECT_EQ(small.o[1], 5);
}

TEST(ReferenceEngine, PullsRaggedOffsetsInsideTheirBounds) {
  Small small;
  const int32_t offsets_q[3] = {0, 1, 2}, offsets_kv[3] = {-4, 2, 900};
  rapt_problem& p = small.request.problem;
  p.q = p.o = tensor(1, 1, 2, 1);
  p.k = p.v = tensor(1, 1, 6, 1);
  p.q_layout = RAPT_Q_RAGGED, p.kv_layout = RAPT_KV_RAGGED, p.max_seqlen_kv = 6;
  small.args.cu_seqlens_q = offsets_q, small.args.cu_seqlens_kv = offsets_kv;
  EXPECT_EQ(small.run(), RAPT_OK);
  EXPECT_EQ(small.o[0], 1.5);
  EXPECT_EQ(small.o[1], 4.5);
}

// The C API brings offsets near before an engine sees them; the judge does not depend on it.
TEST(ReferenceEngine, CountsPositionsBeyondInt64) {
  const auto mean_seen = [](int64_t offset, bool causal, int64_t left, int64_t right) {
    Small small;
    rapt_problem& p = small.request.problem;
    p.align = RAPT_ALIGN_OFFSET, p.offset = offset, p.causal = causal, p.window_left = left, p.window_right = right;
    EXPECT_EQ(small.run(), RAPT_OK);
    return small.o[0];
  };
  EXPECT_EQ(mean_seen(INT64_MAX, true, -1, -1), 2);
  EXPECT_EQ(mean_seen(INT64_MIN, true, -1, -1), 0);
  EXPECT_EQ(mean_seen(INT64_MIN, false, -1, INT64_MAX), 0);
  EXPECT_EQ(mean_seen(INT64_MIN + 2, false, -1, INT64_MAX), 1.5);  // keys 0 and 1 are 2^63 - 2 and 2^63 - 1 ahead
  EXPECT_EQ(mean_seen(INT64_MAX, false, INT64_MAX - 1, -1), 2.5);  // key 0 is 2^63 - 1 back
}

TEST(ReferenceEngine, TreatsKeysPastAPageListAsHidden) {
  Small small;
  const int32_t lengths[2] = {2, 3}, indptr[3] = {0, 2, 3}, indices[3] = {0, 1, 2};
  rapt_problem& p = small.request.problem;
  p.k = p.v = tensor(6, 1, 1, 1);
  p.kv_layout = RAPT_KV_PAGE_LIST;
  small.args.seqlens_kv = lengths, small.args.kv_indptr = indptr, small.args.kv_indices = indices;
  EXPECT_EQ(small.run(), RAPT_BAD_INDEX);
  EXPECT_EQ(small.o[0], 1.5);
  EXPECT_EQ(small.o[1], 3);
  EXPECT_NE(std::string(small.sentence).find("sequence 1 needs its page 1, but kv_indptr gives it 1 page"), std::string::npos)
      << small.sentence;
}

TEST(ReferenceEngine, DescribesItself) {
  Small small;
  ASSERT_TRUE(reference::kEngine.choose(small.request, small.choice, small.text));
  EXPECT_EQ(std::string(small.choice.kernel).rfind("reference/", 0), 0u);
  reference::kEngine.explain(small.request, small.choice, small.text);
  EXPECT_NE(std::string(small.sentence).find("  workspace: "), std::string::npos);
  rapt_variant variant{};
  EXPECT_TRUE(reference::kEngine.variant_at(0, variant));
  EXPECT_STREQ(variant.engine, "reference");
  EXPECT_STREQ(variant.unavailable, "");
  EXPECT_FALSE(reference::kEngine.variant_at(1, variant));
}

}  // namespace
}  // namespace rapt
