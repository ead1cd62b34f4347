// Any bytes as a call: a small problem, spoilt in places or raw. Planning answers with a status; what cpu and reference both run has the
// same finite elements, and nobody leaves the buffers, which are as small as the problem allows.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <rapt/rapt.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "tests/fuzz/call.h"
#include "tests/fuzz/promise.h"
#include "tests/fuzz/targets.h"
#include "workbench/run.h"
#include "workbench/scalar.h"

namespace rapt::fuzz {
namespace {

struct PlanDeleter {
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};
using Plan = std::unique_ptr<rapt_plan, PlanDeleter>;

Plan make_plan(rapt_context* context, const rapt_problem& problem, int32_t engine) {
  rapt_problem asked = problem;
  if (engine != RAPT_ENGINE_AUTO) asked.engine = engine;
  rapt_plan* plan = nullptr;
  const rapt_status status = rapt_plan_create(context, &asked, &plan);
  promise(status >= RAPT_OK && status <= RAPT_INTERNAL, "a status is in its list");
  promise(status != RAPT_INTERNAL, std::string("no bug of Rapt's: ") + rapt_last_error());
  promise((status == RAPT_OK) == (plan != nullptr), "a plan is there iff the status is RAPT_OK");
  promise(status == RAPT_OK || rapt_last_error()[0] != '\0', "a refusal says why");
  return Plan(plan);
}

// Runs into buffers of exactly the outputs' extent, zeroed.
rapt_status run(const Plan& plan, const rapt_problem& problem, const Call& call, Outputs& outputs) {
  outputs = Outputs(problem);
  rapt_args args = call.args();
  args.o = outputs.o.data();
  args.lse = problem.lse.type != RAPT_NONE ? outputs.lse.data() : nullptr;
  Block workspace(rapt_plan_workspace(plan.get()));
  const rapt_status status = rapt_run(plan.get(), &args, workspace.data(), workspace.size(), nullptr);
  promise(status >= RAPT_OK && status < RAPT_INTERNAL, std::string("no bug of Rapt's: ") + rapt_last_error());
  return status;
}

void promise_same_finite_elements(const rapt_tensor& tensor, const Block& a, const Block& b, const char* name) {
  if (tensor.type == RAPT_NONE) return;
  for (int64_t i = 0; i < workbench::extent(tensor); ++i) {
    const double x = workbench::load(a.data(), tensor.type, i), y = workbench::load(b.data(), tensor.type, i);
    if (std::isfinite(x) == std::isfinite(y)) continue;
    promise(false, std::string(name) + " element " + std::to_string(i) + " is " + std::to_string(x) + " from cpu, " + std::to_string(y) +
                       " from reference");
  }
}

}  // namespace

void problem_struct(const uint8_t* data, size_t size) {
  static const workbench::Context context = workbench::make_context(1);
  Source source(data, size);
  const rapt_problem problem = make_problem(source);
  const Plan any = make_plan(context.get(), problem, RAPT_ENGINE_AUTO);
  static_cast<void>(rapt_explain(context.get(), &problem, nullptr, 0));
  const Plan cpu = make_plan(context.get(), problem, RAPT_ENGINE_CPU), reference = make_plan(context.get(), problem, RAPT_ENGINE_REFERENCE);
  promise(cpu == nullptr || reference != nullptr, "what cpu takes, the reference takes");
  const std::unique_ptr<Call> call = reference != nullptr ? make_call(source, problem) : nullptr;
  if (call == nullptr) return;
  Outputs exact, fast;
  const rapt_status exact_status = run(reference, problem, *call, exact);
  if (cpu == nullptr || rapt_plan_workspace(cpu.get()) > (size_t{1} << 26)) return;
  const rapt_status fast_status = run(cpu, problem, *call, fast);
  promise(exact_status == fast_status,
          "cpu and reference say the same: " + std::string(rapt_status_name(fast_status)) + ", " + rapt_status_name(exact_status));
  promise_same_finite_elements(problem.o, fast.o, exact.o, "o");
  promise_same_finite_elements(problem.lse, fast.lse, exact.lse, "lse");
}

}  // namespace rapt::fuzz
