// RAPT_ENGINE_AUTO over pretended engines: the first that is here and takes the problem, a GPU's before the host's.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "api/engines.h"
#include "api/plan.h"
#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

bool takes(const Request&, Choice& choice, Text&) {
  std::snprintf(choice.kernel, sizeof choice.kernel, "taken");
  return true;
}
bool refuses(const Request&, Choice&, Text& why_not) {
  why_not.append("too large");
  return false;
}
bool no_device(const Request&, Text& why_not) {
  why_not.append("no CUDA device");
  return false;
}

Engine engine(const char* name, int32_t id, bool is_here, bool will) {
  Engine pretended = {};
  pretended.name = name, pretended.id = id;
  if (!is_here) pretended.runs_here = no_device;
  pretended.choose = will ? takes : refuses;
  return pretended;
}

std::string chosen(const Engine& cuda, const Engine& cpu) {
  const Engine reference = engine("reference", RAPT_ENGINE_REFERENCE, true, true),
               emulated = engine("emulated", RAPT_ENGINE_EMULATED, true, true);
  const Engine* const engines[] = {&emulated, &reference, &cuda, &cpu};
  rapt_plan plan = {};
  return api::choose_first(engines, plan) == RAPT_OK ? plan.engine->name : rapt_last_error();
}

TEST(Auto, TakesTheGpuWhereThereIsOneAndItTakesTheProblem) {
  const auto cuda = [](bool is_here, bool will) { return engine("cuda", RAPT_ENGINE_CUDA, is_here, will); };
  const Engine cpu = engine("cpu", RAPT_ENGINE_CPU, true, true), small = engine("cpu", RAPT_ENGINE_CPU, true, false);
  EXPECT_EQ(chosen(cuda(true, true), cpu), "cuda");
  EXPECT_EQ(chosen(cuda(false, true), cpu), "cpu");
  EXPECT_EQ(chosen(cuda(true, false), cpu), "cpu");
  EXPECT_EQ(chosen(cuda(true, false), small), "no engine takes the problem. cuda: too large; cpu: too large");
  EXPECT_EQ(chosen(cuda(false, true), small), "no engine takes the problem. cuda: no CUDA device; cpu: too large");
}

TEST(Auto, AsksTheGpuBeforeTheHost) {
  std::vector<int32_t> asked;
  for (const Engine* engine : api::engines())
    if (api::auto_may_use(*engine)) asked.push_back(engine->id);
  EXPECT_EQ(asked, (std::vector<int32_t>{RAPT_ENGINE_CUDA, RAPT_ENGINE_CPU}));
}

}  // namespace
}  // namespace rapt::testing
