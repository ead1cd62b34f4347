// Around a run: workspace, empty work, what NULL may stand for, other threads, and memory that runs out.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>

#include "tests/api_failing_new.h"
#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

// One query and many keys: split over the keys, which takes a workspace.
rapt_problem decode_problem() {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  problem.q = problem.o = rapt_dense(RAPT_F32, 1, 1, 1, 64);
  problem.k = problem.v = rapt_dense(RAPT_F32, 1, 1, 1 << 14, 64);
  return problem;
}

TEST(RunEdges, WorkspaceMustBeThereLargeEnoughAndAligned) {
  const ContextOwner context = make_context(2);
  const PlanOwner plan = make_plan(context, decode_problem());
  const size_t bytes = rapt_plan_workspace(plan.get());
  if (bytes == 0) GTEST_SKIP() << rapt_plan_kernel(plan.get()) << " needs no workspace";
  const std::vector<float> kv(64 << 14), q(64);
  std::vector<float> o(64, SmallData::kUntouched);
  rapt_args args = RAPT_ARGS_INIT;
  args.q = q.data(), args.k = args.v = kv.data(), args.o = o.data();
  const Workspace workspace(bytes + 64);
  EXPECT_EQ(rapt_run(plan.get(), &args, nullptr, bytes, nullptr), RAPT_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(rapt_last_error(), "workspace is NULL; give rapt_plan_workspace() = " + std::to_string(bytes) + " bytes");
  EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, bytes - 1, nullptr), RAPT_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(std::string(rapt_last_error()).find("workspace_bytes is " + std::to_string(bytes - 1)), 0u) << rapt_last_error();
  EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data + 32, bytes, nullptr), RAPT_MISALIGNED);
  EXPECT_NE(std::string(rapt_last_error()).find("not a multiple of 64 bytes"), std::string::npos) << rapt_last_error();
  EXPECT_EQ(o[0], SmallData::kUntouched);
  EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, bytes, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(o[0], 0);
}

TEST(RunEdges, NullPlanAndArgumentsAreRefused) {
  const ContextOwner context = make_context(1);
  const PlanOwner plan = make_plan(context, small_problem());
  rapt_args args = RAPT_ARGS_INIT;
  EXPECT_EQ(rapt_run(nullptr, &args, nullptr, 0, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "plan is NULL; create one with rapt_plan_create");
  EXPECT_EQ(rapt_run(plan.get(), nullptr, nullptr, 0, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "args is NULL; give a pointer to one");
  EXPECT_EQ(rapt_plan_workspace(nullptr), 0u);
  EXPECT_STREQ(rapt_plan_kernel(nullptr), "");
  rapt_plan_destroy(nullptr);
}

TEST(RunEdges, EmptyWorkIsDoneWithoutData) {
  const ContextOwner context = make_context(2);
  const rapt_args args = RAPT_ARGS_INIT;
  for (const int32_t engine : {RAPT_ENGINE_REFERENCE, RAPT_ENGINE_CPU}) {
    for (int d = 0; d < 3; ++d) {
      rapt_problem problem = small_problem();
      problem.engine = engine;
      problem.q.shape[d] = problem.o.shape[d] = 0;
      if (d < 2) problem.k.shape[d] = problem.v.shape[d] = 0;
      const PlanOwner plan = make_plan(context, problem);
      EXPECT_EQ(rapt_run(plan.get(), &args, nullptr, 0, nullptr), RAPT_OK) << rapt_last_error();
    }
    rapt_problem ragged = ragged_problem();
    ragged.engine = engine;
    ragged.q.shape[2] = ragged.o.shape[2] = ragged.k.shape[2] = ragged.v.shape[2] = ragged.batch = 0;
    EXPECT_EQ(rapt_run(make_plan(context, ragged).get(), &args, nullptr, 0, nullptr), RAPT_OK) << rapt_last_error();
  }
}

TEST(RunEdges, WithoutKeysTheOutputIsZeroAndNeedsNoKeys) {
  const ContextOwner context = make_context(2);
  for (const int32_t engine : {RAPT_ENGINE_REFERENCE, RAPT_ENGINE_CPU}) {
    rapt_problem problem = small_problem();
    problem.engine = engine;
    problem.k.shape[2] = problem.v.shape[2] = 0;
    SmallData data;
    rapt_args args = data.args_for(problem);
    args.k = args.v = nullptr;
    const PlanOwner plan = make_plan(context, problem);
    const Workspace workspace(rapt_plan_workspace(plan.get()));
    EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, rapt_plan_workspace(plan.get()), nullptr), RAPT_OK) << rapt_last_error();
    for (int64_t i = 0; i < kBatch * kHeadsQ * kSeqlenQ * kHeadDimV; ++i) ASSERT_EQ(data.o[i], 0);
  }
}

// A cache without a page: its table and its list have no entries, and may be NULL or not.
TEST(RunEdges, EmptyCachesNeedNoTables) {
  const ContextOwner context = make_context(1);
  for (const int32_t kv_layout : {RAPT_KV_BLOCK_TABLE, RAPT_KV_PAGE_LIST}) {
    rapt_problem problem = paged_problem(kv_layout);
    problem.k.shape[0] = problem.v.shape[0] = problem.max_seqlen_kv = 0;
    const PlanOwner plan = make_plan(context, problem);
    const Workspace workspace(rapt_plan_workspace(plan.get()));
    for (const bool given : {true, false}) {
      SmallData data;
      data.seqlens_kv = data.kv_last_page_len = {0, 0}, data.kv_indptr = {0, 0, 0};
      rapt_args args = data.args_for(problem);
      if (!given) {
        args.k = args.v = nullptr;
        args.block_table = args.kv_indices = nullptr;
      }
      EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, rapt_plan_workspace(plan.get()), nullptr), RAPT_OK) << rapt_last_error();
      EXPECT_EQ(data.o[0], 0);
    }
    SmallData data;  // its list counts five entries
    rapt_args args = data.args_for(problem);
    args.kv_indices = nullptr;
    if (kv_layout != RAPT_KV_PAGE_LIST) continue;
    EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, rapt_plan_workspace(plan.get()), nullptr), RAPT_BAD_INDEX);
    EXPECT_STREQ(rapt_last_error(), "args.kv_indptr[2] is 5 but args.kv_indices is NULL; give the list");
  }
}

// Unlike a bad length, a page index is only found while computing: its keys are masked, the rest is written.
TEST(RunEdges, PageIndexOutOfRangeIsReportedAndMasked) {
  const ContextOwner context = make_context(1);
  for (const int32_t engine : {RAPT_ENGINE_REFERENCE, RAPT_ENGINE_CPU}) {
    for (const int32_t page : {7, -1, INT32_MAX, INT32_MIN}) {
      rapt_problem problem = paged_problem(RAPT_KV_BLOCK_TABLE);
      problem.engine = engine;
      const PlanOwner plan = make_plan(context, problem);
      const Workspace workspace(rapt_plan_workspace(plan.get()));
      SmallData data;
      data.block_table[1] = page;
      const rapt_args args = data.args_for(problem);
      EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, rapt_plan_workspace(plan.get()), nullptr), RAPT_BAD_INDEX);
      EXPECT_NE(std::string(rapt_last_error()).find("block_table"), std::string::npos) << rapt_last_error();
      EXPECT_FLOAT_EQ(data.o[0], 0.25f);
    }
  }
}

TEST(RunEdges, LastErrorIsOfThisThreadAndOutlivesSuccess) {
  std::thread([] { EXPECT_STREQ(rapt_last_error(), ""); }).join();
  EXPECT_EQ(rapt_run(nullptr, nullptr, nullptr, 0, nullptr), RAPT_INVALID_ARGUMENT);
  const std::string sentence = rapt_last_error();
  std::thread([] {
    rapt_context* context = nullptr;
    EXPECT_EQ(rapt_context_create(nullptr, nullptr), RAPT_INVALID_ARGUMENT);
    EXPECT_EQ(rapt_plan_create(context, nullptr, nullptr), RAPT_INVALID_ARGUMENT);
  }).join();
  const ContextOwner context = make_context(1);
  rapt_problem wrong = small_problem();
  wrong.causal = 7;
  EXPECT_GT(rapt_explain(context.get(), &wrong, nullptr, 0), 0u);  // explains the refusal, and is none itself
  EXPECT_EQ(rapt_last_error(), sentence);
}

TEST(RunEdges, AllocatesNothing) {
  const ContextOwner context = make_context(2);
  for (const rapt_problem& problem : {small_problem(), ragged_problem(), paged_problem(RAPT_KV_PAGE_LIST)}) {
    SmallData data;
    const rapt_args args = data.args_for(problem);
    const PlanOwner plan = make_plan(context, problem);
    const Workspace workspace(rapt_plan_workspace(plan.get()));
    const int64_t before = allocations.load();
    EXPECT_EQ(rapt_run(plan.get(), &args, workspace.data, rapt_plan_workspace(plan.get()), nullptr), RAPT_OK) << rapt_last_error();
    EXPECT_EQ(allocations.load(), before);
  }
}

// Each allocation of the two calls fails in turn, until both succeed.
TEST(RunEdges, OutOfMemoryIsAStatus) {
  const rapt_problem problem = small_problem();
  rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
  options.threads = 3;
  int failures = 0;
  for (bool failed = true; failed; ++failures) {
    rapt_context* context = nullptr;
    rapt_plan* plan = nullptr;
    allocations_left = failures;
    rapt_status status = rapt_context_create(&options, &context);
    if (status == RAPT_OK) status = rapt_plan_create(context, &problem, &plan);
    allocations_left = INT64_MAX;
    failed = status != RAPT_OK;
    if (failed) {
      EXPECT_EQ(status, RAPT_OUT_OF_MEMORY);
      EXPECT_NE(std::string(rapt_last_error()).find("out of memory"), std::string::npos) << rapt_last_error();
      EXPECT_EQ(plan, nullptr);
    }
    rapt_plan_destroy(plan);
    rapt_context_destroy(context);
  }
  EXPECT_GE(failures, 6);  // context, pool, its vector, two threads, plan
}

}  // namespace
}  // namespace rapt::testing
