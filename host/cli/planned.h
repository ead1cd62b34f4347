// A plan with the context that it needs, and the words for what an engine refuses.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <memory>
#include <string>

#include "workbench/run.h"

namespace rapt::cli {

struct PlanDeleter {
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};

struct Planned {
  workbench::Context context;
  std::unique_ptr<rapt_plan, PlanDeleter> plan;

  std::string engine() const;  // "cpu", of the kernel "cpu/avx512 ..."
};

// Throws BadInput with the library's sentence, which --engine leads where it is the engine that cannot do it.
Planned make_plan(int threads, const std::string& arch, const rapt_problem& problem, int32_t engine);

// What AUTO chose, "cuda/forward_sm90_bf16_d64 on the GPU", or the kernel and why no GPU runs it.
std::string words_of_auto(const Planned& planned, const rapt_problem& problem);

// Throws BadInput for a run that failed, BugFound for one that met a bug of Rapt's; `like`: a problem string that may meet it again.
[[noreturn]] void refuse_run(rapt_status status, const std::string& like);

}  // namespace rapt::cli
