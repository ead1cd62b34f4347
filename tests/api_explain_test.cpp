// rapt_explain and rapt_variant_at: answers about problems that run, problems that are refused, and what is compiled in.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <set>
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

std::string explain(const ContextOwner& context, const rapt_problem* problem) {
  std::string text(rapt_explain(context.get(), problem, nullptr, 0) + 1, '\0');
  EXPECT_EQ(rapt_explain(context.get(), problem, text.data(), text.size()), text.size() - 1);
  text.pop_back();
  return text;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Explain, NamesTheKernelOfEachEngineAndWhyCudaIsNotThere) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  problem.causal = 1, problem.window_left = 2, problem.softcap = 30;
  problem.mask = rapt_dense(RAPT_BOOL, 1, 1, kSeqlenQ, kSeqlenKv);
  const std::string text = explain(context, &problem), kernel = rapt_plan_kernel(make_plan(context, problem).get());
  EXPECT_TRUE(has(text, "problem: q f32 [2, 4, 3, 8] k f32 [2, 2, 5, 8] v f32 [2, 2, 5, 6] o f32 [2, 4, 3, 6] mask bool [1, 1, 3, 5]"))
      << text;
  EXPECT_TRUE(has(text, "causal, window 2:-1, bottom-right, softcap 30")) << text;
  EXPECT_TRUE(has(text, "engine auto: runs " + kernel + "\n")) << text;
  EXPECT_TRUE(has(text, "cpu: takes it: kernel " + kernel + ", workspace ")) << text;
  EXPECT_TRUE(has(text, "reference: takes it: kernel ")) << text;
  EXPECT_TRUE(has(text, "cuda: cannot run here: not in this build; ") || has(text, "cuda: cannot run here: no CUDA device")) << text;
  EXPECT_TRUE(has(text, "cuda: refuses it: ") || has(text, "cuda: takes it: kernel cuda/forward_")) << text;
}

TEST(Explain, SaysWhyAnEngineRefuses) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  for (rapt_tensor* tensor : {&problem.q, &problem.k, &problem.v, &problem.o}) tensor->type = RAPT_F64;
  const std::string text = explain(context, &problem);
  EXPECT_TRUE(has(text, "engine auto: refused: no engine takes the problem. ") && has(text, "cpu: q is f64")) << text;
  EXPECT_TRUE(has(text, "cpu: refuses it: ")) << text;
  EXPECT_TRUE(has(text, "reference: takes it")) << text;
}

TEST(Explain, AnswersForProblemsThatAreWrong) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  problem.softcap = -1;
  EXPECT_EQ(explain(context, &problem).find("refused by every engine: RAPT_INVALID_ARGUMENT: softcap is -1"), 0u);
  EXPECT_EQ(explain(context, nullptr).find("refused by every engine: RAPT_INVALID_ARGUMENT: problem is NULL"), 0u);
  EXPECT_EQ(explain(nullptr, &problem).find("refused by every engine: RAPT_INVALID_ARGUMENT: context is NULL"), 0u);
}

TEST(Explain, WritesNoMoreThanItsCapacity) {
  const ContextOwner context = make_context(1);
  const rapt_problem problem = small_problem();
  const std::string whole = explain(context, &problem);
  for (const size_t capacity : {size_t{1}, size_t{2}, size_t{17}, whole.size(), whole.size() + 1, whole.size() + 9}) {
    std::string text(capacity + 4, '#');
    EXPECT_EQ(rapt_explain(context.get(), &problem, text.data(), capacity), whole.size());
    EXPECT_EQ(std::string(text.c_str()), whole.substr(0, capacity - 1));
    EXPECT_EQ(text.substr(capacity), "####");
  }
  char untouched = '#';
  EXPECT_EQ(rapt_explain(context.get(), &problem, &untouched, 0), whole.size());
  EXPECT_EQ(untouched, '#');
}

TEST(Variants, ListEveryKernelOfBothEngines) {
  std::set<std::string> rows;
  rapt_variant variant = {};
  variant.struct_size = sizeof variant;
  int32_t index = 0;
  for (; rapt_variant_at(index, &variant) == 1; ++index) {
    ASSERT_EQ(variant.struct_size, sizeof variant);
    for (const char* text :
         {variant.engine, variant.name, variant.types, variant.head_dims, variant.features, variant.unavailable, variant.arch}) {
      ASSERT_NE(text, nullptr);
    }
    EXPECT_NE(std::strlen(variant.name), 0u);
    EXPECT_TRUE(rows.insert(std::string(variant.engine) + "/" + variant.name).second) << variant.engine << "/" << variant.name << " twice";
    ASSERT_LT(index, 1000);
  }
  EXPECT_TRUE(rows.lower_bound("cpu/")->rfind("cpu/", 0) == 0);
  EXPECT_TRUE(rows.lower_bound("reference/")->rfind("reference/", 0) == 0);
  EXPECT_EQ(rapt_variant_at(-1, &variant), 0);
  EXPECT_EQ(rapt_variant_at(index + 1, &variant), 0);
  variant.struct_size = 8;
  EXPECT_EQ(rapt_variant_at(0, &variant), 0);
  EXPECT_EQ(rapt_variant_at(0, nullptr), 0);
}

}  // namespace
}  // namespace rapt::testing
