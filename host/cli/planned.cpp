// Planning on the command line: a status becomes a sentence about an option.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/planned.h"

#include <fmt/format.h>

#include "cli/options.h"

namespace rapt::cli {

std::string Planned::engine() const {
  const std::string kernel = rapt_plan_kernel(plan.get());
  return kernel.substr(0, kernel.find_first_of("/ "));
}

Planned make_plan(int threads, const std::string& arch, const rapt_problem& problem, int32_t engine) {
  Planned planned{workbench::make_context(threads, "", arch), nullptr};
  rapt_problem asked = problem;
  asked.engine = engine;
  rapt_plan* plan = nullptr;
  const rapt_status status = rapt_plan_create(planned.context.get(), &asked, &plan);
  planned.plan.reset(plan);
  if (status == RAPT_UNSUPPORTED || status == RAPT_NO_DEVICE) {
    throw BadInput(refusal_of(engine, rapt_last_error()));
  }
  if (status != RAPT_OK) throw BadInput(rapt_last_error());
  return planned;
}

std::string words_of_auto(const Planned& planned, const rapt_problem& problem) {
  const std::string kernel = rapt_plan_kernel(planned.plan.get());
  if (planned.engine() == "cuda") return kernel + " on the GPU";
  rapt_problem asked = problem;
  asked.engine = RAPT_ENGINE_CUDA;
  rapt_plan* plan = nullptr;
  if (rapt_plan_create(planned.context.get(), &asked, &plan) != RAPT_OK) return fmt::format("{}; no GPU: {}", kernel, rapt_last_error());
  rapt_plan_destroy(plan);
  return kernel;
}

void refuse_run(rapt_status status, const std::string& like) {
  std::string sentence = rapt_last_error();
  if (status == RAPT_INTERNAL) throw BugFound(fmt::format("{}: {}", like, sentence));
  if (status != RAPT_BAD_INDEX) throw BadInput(sentence);
  sentence = sentence.substr(0, sentence.find(';'));  // what follows is about the answer, which is not written
  throw BadInput(fmt::format("--block-table: {}; map every page that a visible key needs", sentence));
}

}  // namespace rapt::cli
