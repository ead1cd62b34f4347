// rapt_map and rapt_error_bound at the border: what they refuse, what they may do without.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

constexpr int64_t kMap = kBatch * kHeadsQ * kSeqlenQ * kSeqlenKv, kO = kBatch * kHeadsQ * kSeqlenQ * kHeadDimV;

struct JudgeCall : ::testing::Test {
  ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  SmallData data;
  rapt_args args = data.args_for(problem);
  std::vector<double> map = std::vector<double>(kMap, -7.0), bound = std::vector<double>(kO, -7.0);

  rapt_status ask_map(int32_t stage = RAPT_STAGE_WEIGHTS) { return rapt_map(context.get(), &problem, &args, stage, map.data()); }
  rapt_status ask_bound(double* bound_lse = nullptr) { return rapt_error_bound(context.get(), &problem, &args, bound.data(), bound_lse); }
  void expect_said(const char* part) { EXPECT_NE(std::string(rapt_last_error()).find(part), std::string::npos) << rapt_last_error(); }
};

TEST_F(JudgeCall, MapNeedsNeitherONorLse) {
  problem.o = {};
  args.o = nullptr;
  ASSERT_EQ(ask_map(), RAPT_OK) << rapt_last_error();
  for (const double weight : map) ASSERT_NEAR(weight, 1.0 / kSeqlenKv, 1e-15);  // equal keys
}

TEST_F(JudgeCall, RefusesAnUnknownStage) {
  EXPECT_EQ(ask_map(4), RAPT_INVALID_ARGUMENT);
  expect_said("stage is 4");
  EXPECT_EQ(ask_map(-1), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(map[0], -7.0);
}

TEST_F(JudgeCall, RefusesMissingAndMisalignedResults) {
  EXPECT_EQ(rapt_map(context.get(), &problem, &args, 0, nullptr), RAPT_INVALID_ARGUMENT);
  expect_said("map is NULL");
  EXPECT_EQ(rapt_map(context.get(), &problem, &args, 0, reinterpret_cast<double*>(reinterpret_cast<char*>(map.data()) + 4)),
            RAPT_MISALIGNED);
  EXPECT_EQ(rapt_error_bound(context.get(), &problem, &args, nullptr, nullptr), RAPT_INVALID_ARGUMENT);
  expect_said("bound_o is NULL");
  EXPECT_EQ(rapt_map(nullptr, &problem, &args, 0, map.data()), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(rapt_map(context.get(), nullptr, &args, 0, map.data()), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(rapt_map(context.get(), &problem, nullptr, 0, map.data()), RAPT_INVALID_ARGUMENT);
}

TEST_F(JudgeCall, RefusesBadInputAsARunDoes) {
  data.seqlens_kv[1] = 6;
  args.seqlens_kv = data.seqlens_kv.data();
  EXPECT_EQ(ask_map(), RAPT_BAD_INDEX);
  EXPECT_EQ(ask_bound(), RAPT_BAD_INDEX);
  expect_said("args.seqlens_kv[1] is 6");
  args.seqlens_kv = nullptr, args.q = nullptr;
  EXPECT_EQ(ask_map(), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(ask_bound(), RAPT_INVALID_ARGUMENT);
  args.q = data.q.data(), problem.causal = 2;
  EXPECT_EQ(ask_map(), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(map[0], -7.0);
  EXPECT_EQ(bound[0], -7.0);
}

TEST_F(JudgeCall, RefusesAMapThatNoMemoryHolds) {
  problem.k.shape[2] = problem.v.shape[2] = int64_t{1} << 48;
  problem.k.strides[0] = problem.k.strides[1] = problem.k.strides[2] = 0;
  problem.v.strides[0] = problem.v.strides[1] = problem.v.strides[2] = 0;
  problem.q.shape[2] = problem.o.shape[2] = int64_t{1} << 40;
  problem.q.strides[0] = problem.q.strides[1] = problem.q.strides[2] = 0;
  problem.o = {};
  EXPECT_EQ(ask_map(), RAPT_INVALID_ARGUMENT);
  expect_said("the map [batch, heads_q, max_seqlen_q, max_seqlen_kv] overflows");
}

TEST_F(JudgeCall, BoundOfLseNeedsAnLse) {
  double bound_lse[kBatch * kHeadsQ * kSeqlenQ] = {};
  EXPECT_EQ(ask_bound(bound_lse), RAPT_INVALID_ARGUMENT);
  expect_said("bound_lse is given but the problem has no lse");
  problem.lse = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, 1);
  ASSERT_EQ(ask_bound(bound_lse), RAPT_OK) << rapt_last_error();  // without args.lse and args.o, which it would not write
  EXPECT_GT(bound_lse[0], 0);
  EXPECT_GT(bound[0], 0);
  EXPECT_LT(bound[0], 1e-4);
}

// Engines of GPU kernels weigh with the type of q; o in more bits is no better for it there.
TEST_F(JudgeCall, BoundIsTheOneThatTheEngineKeeps) {
  problem.q.type = problem.k.type = problem.v.type = RAPT_BF16;
  const auto bound_for = [&](int32_t engine, rapt_type o_type) {
    problem.engine = engine, problem.o.type = o_type;
    EXPECT_EQ(ask_bound(), RAPT_OK) << rapt_last_error();
    return bound;
  };
  const std::vector<double> narrow = bound_for(RAPT_ENGINE_CPU, RAPT_BF16), wide = bound_for(RAPT_ENGINE_CPU, RAPT_F32);
  EXPECT_LT(wide[0], narrow[0]);
  EXPECT_EQ(bound_for(RAPT_ENGINE_REFERENCE, RAPT_F32), wide);
  EXPECT_EQ(bound_for(RAPT_ENGINE_CUDA, RAPT_F32), narrow);
  EXPECT_EQ(bound_for(RAPT_ENGINE_CUDA, RAPT_BF16), narrow);
  rapt_plan* plan = nullptr;
  problem.engine = RAPT_ENGINE_AUTO, problem.o.type = RAPT_F32;
  ASSERT_EQ(rapt_plan_create(context.get(), &problem, &plan), RAPT_OK) << rapt_last_error();
  const bool on_gpu = std::string(rapt_plan_kernel(plan)).find("cuda") == 0;
  rapt_plan_destroy(plan);
  EXPECT_EQ(bound_for(RAPT_ENGINE_AUTO, RAPT_F32), on_gpu ? narrow : wide);
  problem.q.type = problem.k.type = problem.v.type = RAPT_F32;
  EXPECT_EQ(bound_for(RAPT_ENGINE_CUDA, RAPT_F32), bound_for(RAPT_ENGINE_CPU, RAPT_F32));
}

TEST_F(JudgeCall, LeavesTheOutputsAlone) {
  problem.lse = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, 1);
  args.lse = data.lse.data();
  ASSERT_EQ(ask_map(), RAPT_OK) << rapt_last_error();
  ASSERT_EQ(ask_bound(), RAPT_OK) << rapt_last_error();
  EXPECT_TRUE(data.untouched());
}

TEST_F(JudgeCall, EmptyWorkNeedsNoMemory) {
  problem.q.shape[2] = problem.o.shape[2] = 0;
  EXPECT_EQ(rapt_map(context.get(), &problem, &args, 0, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(rapt_error_bound(context.get(), &problem, &args, nullptr, nullptr), RAPT_OK) << rapt_last_error();
}

}  // namespace
}  // namespace rapt::testing
