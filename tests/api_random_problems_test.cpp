// Problems with random fields, as a careless or hostile caller might fill them in: always a status of the list with a sentence, never a
// crash or an overflow (run under the sanitizers). What is planned is small enough to run, or is not run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <random>
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

constexpr uint32_t kSeed = 20260101;
constexpr int kProblems = 40000;

int64_t interesting(std::mt19937& random) {
  constexpr int64_t kValues[] = {
      -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 24, 40, 80, 96, INT32_MAX, INT64_MAX, INT64_MIN, int64_t{1} << 24, int64_t{1} << 47, int64_t{1} << 48};
  return kValues[random() % std::size(kValues)];
}

// Overwrites one word of the struct behind struct_size: a size, a stride, a type, a flag, half of the scale.
void disturb(rapt_problem& problem, std::mt19937& random) {
  constexpr size_t kFirst = sizeof(size_t) / 4, kWords = sizeof(rapt_problem) / 4;
  const size_t word = kFirst + random() % (kWords - kFirst);
  const int64_t value = interesting(random);
  unsigned char* bytes = reinterpret_cast<unsigned char*>(&problem);
  const bool whole = word % 2 == 0;  // an int64 field, or two int32
  std::memcpy(bytes + word * 4, &value, whole ? 8 : 4);
}

rapt_problem random_problem(std::mt19937& random) {
  rapt_problem problem = small_problem();
  switch (random() % 4) {
    case 1: problem = ragged_problem(); break;
    case 2: problem = paged_problem(RAPT_KV_BLOCK_TABLE + static_cast<int32_t>(random() % 3)); break;
    case 3:  // sizes without bounds and strides of zero: what overflows in sums over sequences, heads and keys
      problem.q.shape[random() % 3] = interesting(random);
      problem.k.shape[2] = problem.v.shape[2] = interesting(random);
      for (int d = 0; d < 3; ++d) problem.q.strides[d] = problem.k.strides[d] = problem.v.strides[d] = 0;
      for (int d = 0; d < 3; ++d) problem.o.shape[d] = problem.q.shape[d];
      problem.k.shape[0] = problem.v.shape[0] = problem.q.shape[0];
      problem.o.strides[2] = kHeadDimV, problem.o.strides[1] = int64_t{1} << 20, problem.o.strides[0] = int64_t{1} << 40;
  }
  for (uint32_t count = random() % 3; count > 0; --count) disturb(problem, random);
  return problem;
}

TEST(RandomProblems, AlwaysGetAStatusAndASentence) {
  const ContextOwner context = make_context(2);
  std::mt19937 random(kSeed);
  int statuses[10] = {};
  for (int i = 0; i < kProblems; ++i) {
    const rapt_problem problem = random_problem(random);
    rapt_plan* plan = nullptr;
    const rapt_status status = rapt_plan_create(context.get(), &problem, &plan);
    ASSERT_TRUE(status >= RAPT_OK && status <= RAPT_INTERNAL) << "seed " << kSeed << " problem " << i;
    ASSERT_EQ(status == RAPT_OK, plan != nullptr);
    ++statuses[status];
    ASSERT_TRUE(status == RAPT_OK || *rapt_last_error() != '\0') << "seed " << kSeed << " problem " << i;
    char text[256];
    ASSERT_GT(rapt_explain(context.get(), &problem, text, sizeof text), 0u);
    rapt_plan_destroy(plan);
  }
  for (const rapt_status reached : {RAPT_OK, RAPT_INVALID_ARGUMENT, RAPT_UNSUPPORTED, RAPT_NO_DEVICE}) EXPECT_GT(statuses[reached], 0);
  EXPECT_EQ(statuses[RAPT_INTERNAL], 0);
}

}  // namespace
}  // namespace rapt::testing
