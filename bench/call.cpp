// Plans a case once and owns the outputs and the workspace of its runs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/call.h"

#include <stdexcept>

#include "workbench/scalar.h"

namespace rapt::bench {
namespace {

workbench::Buffer buffer_for(const rapt_tensor& tensor) {
  return workbench::Buffer(static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type));
}

}  // namespace

Call::Call(rapt_context* context, const workbench::Case& data, int32_t engine) {
  rapt_problem problem = data.problem;
  problem.engine = engine;
  if (rapt_plan_create(context, &problem, &plan_) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  o_ = buffer_for(problem.o);
  if (problem.lse.type != RAPT_NONE) lse_ = buffer_for(problem.lse);
  workspace_ = workbench::Buffer(rapt_plan_workspace(plan_));
  placement_ = workbench::place(plan_, data, o_, lse_, workspace_);
}

void Call::run() const {
  if (placement_->run() != RAPT_OK) throw std::runtime_error(rapt_last_error());
}

const workbench::Buffer& Call::o() const {
  placement_->bring_back(false);
  return o_;
}

}  // namespace rapt::bench
