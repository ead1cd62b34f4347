// rapt.hpp: owners, exceptions and the one-call attention. Compiled as C++17, like a stranger's program.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapt/rapt.hpp>

#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

static_assert(__cplusplus == 201703L, "rapt.hpp promises C++17");
static_assert(std::is_nothrow_move_constructible<rapt::Context>::value && !std::is_copy_constructible<rapt::Context>::value, "owners move");
static_assert(std::is_nothrow_move_constructible<rapt::Plan>::value && !std::is_copy_constructible<rapt::Plan>::value, "owners move");

namespace {

TEST(Hpp, AttentionInOneCall) {
  // One query along the first of two keys: weights are a softmax of (1, 0).
  const std::vector<float> q = {1, 0}, k = {1, 0, 0, 1}, v = {10, 20, 30, 40};
  std::vector<float> o(2), lse(1);
  rapt::Problem problem = rapt::Problem::dense(RAPT_F32, {1, 1, 1, 1, 2, 2}).with_lse().with_scale(1);
  rapt::Args args;
  args.q = q.data(), args.k = k.data(), args.v = v.data(), args.o = o.data(), args.lse = lse.data();
  rapt::attention(rapt::Context(1), problem, args);
  const double weight = std::exp(1.0) / (std::exp(1.0) + 1);
  EXPECT_NEAR(o[0], 10 * weight + 30 * (1 - weight), 1e-5);
  EXPECT_NEAR(o[1], 20 * weight + 40 * (1 - weight), 1e-5);
  EXPECT_NEAR(lse[0], std::log(std::exp(1.0) + 1), 1e-6);
}

TEST(Hpp, PlanRunsManyTimes) {
  rapt::Context context(2);
  EXPECT_EQ(context.threads(), 2);
  EXPECT_STRNE(context.isa(), "");
  rapt::Plan first(context, rapt::Problem::dense(RAPT_F32, {1, 2, 1, 3, 5, 4, 6}));
  rapt::Plan plan = std::move(first);
  const std::vector<float> in(64, 1.0f);
  std::vector<float> o(2 * 3 * 6);
  std::vector<unsigned char> memory(plan.workspace() + 64);
  unsigned char* aligned = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
  rapt::Args args;
  args.q = args.k = args.v = in.data(), args.o = o.data();
  for (int i = 0; i < 3; ++i) {
    o.assign(o.size(), 0.0f);
    plan.run(args, aligned, plan.workspace());
    for (const float value : o) ASSERT_FLOAT_EQ(value, 1.0f);
  }
  EXPECT_NE(context.explain(rapt::Problem::dense(RAPT_F32, {1, 2, 1, 3, 5, 4, 6})).find(plan.kernel()), std::string::npos);
}

TEST(Hpp, RefusalsAreExceptionsWithStatusAndSentence) {
  rapt::Context context(1);
  rapt::Problem problem = rapt::Problem::dense(RAPT_F32, {1, 3, 2, 1, 1, 4});
  try {
    rapt::Plan plan(context, problem);
    FAIL() << "3 heads do not divide by 2";
  } catch (const rapt::Error& error) {
    EXPECT_EQ(error.status(), RAPT_INVALID_ARGUMENT);
    EXPECT_NE(std::string(error.what()).find("3 query heads"), std::string::npos) << error.what();
  }
  EXPECT_THROW(rapt::Context(-1), rapt::Error);
  rapt::Args args;
  EXPECT_THROW(rapt::attention(context, rapt::Problem::dense(RAPT_F32, {1, 2, 2, 1, 1, 4}), args), rapt::Error);
  problem.engine = RAPT_ENGINE_CUDA;
  EXPECT_THROW(rapt::attention(context, problem, args), std::invalid_argument);
}

}  // namespace
