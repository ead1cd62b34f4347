// The judge's own questions: the attention map, and how far a correct engine may be off.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "api/check_args.h"
#include "api/check_problem.h"
#include "api/check_tensor.h"
#include "api/context.h"
#include "api/engines.h"
#include "api/plan.h"
#include "api/read_struct.h"
#include "api/status.h"
#include "reference/engine.h"

namespace rapt::api {
namespace {

struct Question {
  Request request;
  rapt_args args;
};

rapt_status check_question(const rapt_context* context, const rapt_problem* problem, const rapt_args* args, Outputs outputs,
                           Question& question) {
  if (context == nullptr) return fail(RAPT_INVALID_ARGUMENT, "context is NULL; create one with rapt_context_create");
  question = {};
  rapt_status status = check_problem(problem, outputs, question.request.problem);
  if (status == RAPT_OK) status = read_struct("args", args, question.args);
  if (status != RAPT_OK) return status;
  question.request.threads = context->executor.threads;
  question.request.isa = context->isa;
  question.request.architecture = context->architecture;
  if (is_empty_work(question.request.problem)) return RAPT_OK;
  status = check_args(question.request.problem, question.args, WithOutputs::kNo);
  return status == RAPT_OK ? check_lengths(question.request.problem, question.args) : status;
}

rapt_status check_result(const char* name, const void* data) {
  if (data == nullptr) return fail(RAPT_INVALID_ARGUMENT, "%s is NULL; give memory for its doubles", name);
  if (reinterpret_cast<uintptr_t>(data) % sizeof(double) == 0) return RAPT_OK;
  return fail(RAPT_MISALIGNED, "%s is %p, not a multiple of %zu bytes; align it", name, data, sizeof(double));
}

rapt_status check_map_size(const rapt_problem& p) {
  uint64_t bytes = sizeof(double);
  for (const int64_t size : {p.batch, p.q.shape[1], p.max_seqlen_q, p.max_seqlen_kv}) {
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes) || bytes > INT64_MAX) {
      return fail(RAPT_INVALID_ARGUMENT,
                  "the map [batch, heads_q, max_seqlen_q, max_seqlen_kv] overflows 63 bits of bytes; lower max_seqlen_kv");
    }
  }
  return RAPT_OK;
}

// Puts the engine's sentence, if it failed, where rapt_last_error finds it.
template <class Ask>
rapt_status ask_judge(Ask&& ask) {
  char sentence[kSentenceBytes];
  Text fault(sentence, sizeof sentence);
  const rapt_status status = ask(fault);
  return status == RAPT_OK ? status : fail(status, "engine reference: %s", fault.size() > 0 ? sentence : "failed without a reason");
}

rapt_status map(rapt_context* context, const rapt_problem* problem, const rapt_args* args, int32_t stage, double* map) {
  Question question;
  rapt_status status = check_question(context, problem, args, Outputs::kOptional, question);
  if (status == RAPT_OK && (stage < RAPT_STAGE_SCALED || stage > RAPT_STAGE_WEIGHTS)) {
    status = fail(RAPT_INVALID_ARGUMENT, "stage is %d; use one of RAPT_STAGE_SCALED (0) to RAPT_STAGE_WEIGHTS (3)", stage);
  }
  if (status == RAPT_OK) status = check_map_size(question.request.problem);
  if (status != RAPT_OK || is_empty_work(question.request.problem) || question.request.problem.max_seqlen_kv == 0) return status;
  status = check_result("map", map);
  if (status != RAPT_OK) return status;
  return ask_judge([&](Text& fault) { return reference::map(question.request, question.args, stage, map, fault); });
}

// The engine that a plan would get; nullptr: AUTO finds none.
const Engine* engine_for(const Request& request) {
  if (request.problem.engine != RAPT_ENGINE_AUTO) return find_engine(request.problem.engine);
  rapt_plan plan = {};
  plan.request = request;
  return choose_first(engines(), plan) == RAPT_OK ? plan.engine : nullptr;
}

rapt_status error_bound(rapt_context* context, const rapt_problem* problem, const rapt_args* args, double* bound_o, double* bound_lse) {
  Question question;
  rapt_status status = check_question(context, problem, args, Outputs::kRequired, question);
  if (status == RAPT_OK && bound_lse != nullptr && question.request.problem.lse.type == RAPT_NONE) {
    status = fail(RAPT_INVALID_ARGUMENT, "bound_lse is given but the problem has no lse; set it to NULL, or describe problem.lse");
  }
  if (status != RAPT_OK || is_empty_work(question.request.problem)) return status;
  status = check_result("bound_o", bound_o);
  if (status == RAPT_OK && bound_lse != nullptr) status = check_result("bound_lse", bound_lse);
  if (status != RAPT_OK) return status;
  rapt_problem& checked = question.request.problem;
  const Engine* engine = engine_for(question.request);
  if (engine != nullptr && engine->bound_type != nullptr) checked.o.type = engine->bound_type(checked);
  return ask_judge([&](Text& fault) { return reference::error_bound(question.request, question.args, bound_o, bound_lse, fault); });
}

}  // namespace
}  // namespace rapt::api

rapt_status rapt_map(rapt_context* context, const rapt_problem* problem, const rapt_args* args, int32_t stage, double* map) {
  return rapt::api::guarded("rapt_map", [&] { return rapt::api::map(context, problem, args, stage, map); });
}

rapt_status rapt_error_bound(rapt_context* context, const rapt_problem* problem, const rapt_args* args, double* bound_o,
                             double* bound_lse) {
  return rapt::api::guarded("rapt_error_bound", [&] { return rapt::api::error_bound(context, problem, args, bound_o, bound_lse); });
}
