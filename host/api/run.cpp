// Runs: check the arguments, hand them to the plan's engine. Nothing here allocates.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "api/check_args.h"
#include "api/plan.h"
#include "api/read_struct.h"
#include "api/status.h"

namespace rapt::api {
namespace {

rapt_status check_workspace(const rapt_plan& plan, const void* workspace, size_t bytes) {
  const size_t needed = plan.choice.workspace;
  if (needed == 0) return RAPT_OK;
  if (workspace == nullptr) {
    return fail(RAPT_WORKSPACE_TOO_SMALL, "workspace is NULL; give rapt_plan_workspace() = %zu bytes", needed);
  }
  if (bytes < needed) {
    return fail(RAPT_WORKSPACE_TOO_SMALL, "workspace_bytes is %zu; give rapt_plan_workspace() = %zu bytes", bytes, needed);
  }
  const size_t alignment = plan.engine->host_memory ? 64 : 256;
  if (reinterpret_cast<uintptr_t>(workspace) % alignment != 0) {
    return fail(RAPT_MISALIGNED, "workspace is %p, not a multiple of %zu bytes; align it", workspace, alignment);
  }
  return RAPT_OK;
}

rapt_status run_engine(const rapt_plan& plan, const rapt_args& args, void* workspace, void* stream) {
  char sentence[kSentenceBytes];
  Text fault(sentence, sizeof sentence);
  const rapt_status status = plan.engine->run(plan.request, plan.choice, args, workspace, plan.context->executor, stream, fault);
  if (status == RAPT_OK) return RAPT_OK;
  return fail(status, "engine %s: %s", plan.engine->name, fault.size() > 0 ? sentence : "failed without a reason");
}

}  // namespace
}  // namespace rapt::api

rapt_status rapt_run(const rapt_plan* plan, const rapt_args* given, void* workspace, size_t workspace_bytes, void* stream) {
  using namespace rapt::api;
  if (plan == nullptr) return fail(RAPT_INVALID_ARGUMENT, "plan is NULL; create one with rapt_plan_create");
  rapt_args args = {};
  rapt_status status = read_struct("args", given, args);
  if (status != RAPT_OK || plan->empty) return status;
  status = check_args(plan->request.problem, args, WithOutputs::kYes);
  if (status == RAPT_OK) status = check_workspace(*plan, workspace, workspace_bytes);
  if (status == RAPT_OK && plan->engine->host_memory) status = check_lengths(plan->request.problem, args);
  return status == RAPT_OK ? run_engine(*plan, args, workspace, stream) : status;
}
