// Plans: check the problem, find the engine that takes it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/plan.h"

#include <memory>

#include "api/check_problem.h"
#include "api/engines.h"
#include "api/status.h"

namespace rapt::api {
namespace {

rapt_status offer(const Engine& engine, rapt_plan& plan, Text& why_not) {
  if (engine.runs_here != nullptr && !engine.runs_here(plan.request, why_not)) return RAPT_NO_DEVICE;
  plan.choice = Choice{};
  if (!engine.choose(plan.request, plan.choice, why_not)) return RAPT_UNSUPPORTED;
  plan.engine = &engine;
  return RAPT_OK;
}

rapt_status create(rapt_context* context, const rapt_problem* problem, rapt_plan** plan) {
  auto created = std::make_unique<rapt_plan>();
  rapt_status status = check_problem(problem, Outputs::kRequired, created->request.problem);
  if (status != RAPT_OK) return status;
  created->context = context;
  created->empty = is_empty_work(created->request.problem);
  created->request.threads = context->executor.threads;
  created->request.isa = context->isa;
  created->request.architecture = context->architecture;
  status = choose_engine(*created);
  if (status == RAPT_OK) *plan = created.release();
  return status;
}

}  // namespace

rapt_status choose_first(std::span<const Engine* const> engines, rapt_plan& plan) {
  char sentence[kSentenceBytes];
  Text why_not(sentence, sizeof sentence);
  for (const Engine* engine : engines) {
    if (!auto_may_use(*engine)) continue;
    why_not.append("%s%s: ", why_not.size() > 0 ? "; " : "", engine->name);
    if (offer(*engine, plan, why_not) == RAPT_OK) return RAPT_OK;
  }
  return fail(RAPT_UNSUPPORTED, "no engine takes the problem. %s", sentence);
}

rapt_status choose_engine(rapt_plan& plan) {
  const int32_t id = plan.request.problem.engine;
  if (id == RAPT_ENGINE_AUTO) return choose_first(engines(), plan);
  char sentence[kSentenceBytes];
  Text why_not(sentence, sizeof sentence);
  const Engine* engine = find_engine(id);
  const rapt_status status = offer(*engine, plan, why_not);
  return status == RAPT_OK ? RAPT_OK : fail(status, "engine %s: %s", engine->name, sentence);
}

}  // namespace rapt::api

rapt_status rapt_plan_create(rapt_context* context, const rapt_problem* problem, rapt_plan** plan) {
  using namespace rapt::api;
  if (plan == nullptr) return fail(RAPT_INVALID_ARGUMENT, "plan is NULL; give the address of a rapt_plan*");
  *plan = nullptr;
  if (context == nullptr) return fail(RAPT_INVALID_ARGUMENT, "context is NULL; create one with rapt_context_create");
  return guarded("rapt_plan_create", [&] { return create(context, problem, plan); });
}

void rapt_plan_destroy(rapt_plan* plan) { delete plan; }

size_t rapt_plan_workspace(const rapt_plan* plan) { return plan == nullptr ? 0 : plan->choice.workspace; }

const char* rapt_plan_kernel(const rapt_plan* plan) { return plan == nullptr ? "" : plan->choice.kernel; }
