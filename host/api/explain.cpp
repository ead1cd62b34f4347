// rapt_explain: the problem in a line, then each engine's answer to it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cinttypes>
#include <cstring>

#include "api/check_problem.h"
#include "api/engines.h"
#include "api/names.h"
#include "api/plan.h"
#include "api/status.h"

namespace rapt::api {
namespace {

void describe_tensor(const char* name, const rapt_tensor& tensor, Text& text) {
  if (tensor.type != RAPT_NONE) text.append(" %s %s %s", name, short_type_name(tensor.type), ShapeText(tensor.shape).text);
}

void describe_masking(const rapt_problem& p, Text& text) {
  if (p.causal != 0) text.append(", causal");
  if (p.window_left >= 0 || p.window_right >= 0) text.append(", window %" PRId64 ":%" PRId64, p.window_left, p.window_right);
  if (p.align == RAPT_ALIGN_OFFSET) {
    text.append(", offset %" PRId64, p.offset);
  } else {
    text.append(", %s", align_name(p.align));
  }
  if (p.softcap > 0) text.append(", softcap %g", static_cast<double>(p.softcap));
}

void describe(const rapt_problem& p, Text& text) {
  text.append("problem:");
  describe_tensor("q", p.q, text);
  describe_tensor("k", p.k, text);
  describe_tensor("v", p.v, text);
  describe_tensor("o", p.o, text);
  describe_tensor("lse", p.lse, text);
  describe_tensor("mask", p.mask, text);
  describe_tensor("bias", p.bias, text);
  describe_tensor("alibi", p.alibi, text);
  describe_tensor("sinks", p.sinks, text);
  text.append(", %s, %s, batch %" PRId64 ", lengths up to %" PRId64 " and %" PRId64 ", scale %g", q_layout_name(p.q_layout),
              kv_layout_name(p.kv_layout), p.batch, p.max_seqlen_q, p.max_seqlen_kv, p.scale);
  describe_masking(p, text);
  text.append("\n");
}

void explain_engine(const Engine& engine, rapt_plan& plan, Text& text) {
  char here[kSentenceBytes], refusal[kSentenceBytes];
  Text why_not_here(here, sizeof here), why_not(refusal, sizeof refusal);
  if (engine.runs_here != nullptr && !engine.runs_here(plan.request, why_not_here))
    text.append("%s: cannot run here: %s\n", engine.name, here);
  plan.choice = Choice{};
  if (!engine.choose(plan.request, plan.choice, why_not)) {
    if (std::strcmp(here, refusal) != 0) text.append("%s: refuses it: %s\n", engine.name, refusal);
    return;
  }
  text.append("%s: takes it: kernel %s, workspace %zu bytes\n", engine.name, plan.choice.kernel, plan.choice.workspace);
  engine.explain(plan.request, plan.choice, text);
}

void explain_choice(rapt_plan& plan, Text& text) {
  const char* wanted = engine_name(plan.request.problem.engine);
  if (choose_engine(plan) == RAPT_OK) {
    text.append("engine %s: runs %s\n", wanted, plan.choice.kernel);
  } else {
    text.append("engine %s: refused: %s\n", wanted, rapt_last_error());
  }
}

void explain(const rapt_context* context, const rapt_problem* problem, Text& text) {
  rapt_plan plan = {};
  const rapt_status status = context != nullptr ? check_problem(problem, Outputs::kRequired, plan.request.problem)
                                                : fail(RAPT_INVALID_ARGUMENT, "context is NULL; create one with rapt_context_create");
  if (status != RAPT_OK) {
    text.append("refused by every engine: %s: %s\n", rapt_status_name(status), rapt_last_error());
    return;
  }
  plan.request.threads = context->executor.threads;
  plan.request.isa = context->isa;
  plan.request.architecture = context->architecture;
  describe(plan.request.problem, text);
  explain_choice(plan, text);
  for (const Engine* engine : engines()) explain_engine(*engine, plan, text);
}

}  // namespace
}  // namespace rapt::api

size_t rapt_explain(rapt_context* context, const rapt_problem* problem, char* given, size_t capacity) {
  const rapt::api::KeepLastError keep;
  rapt::Text text(given, given == nullptr ? 0 : capacity);
  rapt::api::explain(context, problem, text);
  return text.size();
}
