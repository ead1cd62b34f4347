// Plans a case once and owns the outputs and the workspace of its runs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/call.h"

#include <stdexcept>

#include "workbench/device_memory.h"
#include "workbench/scalar.h"

namespace rapt::bench {
namespace {

workbench::Buffer buffer_for(const rapt_tensor& tensor) {
  return workbench::Buffer(static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type));
}

}  // namespace

Call::Call(rapt_context* context, const workbench::Case& data, int32_t engine) : args_(data.args) {
  rapt_problem problem = data.problem;
  problem.engine = engine;
  if (rapt_plan_create(context, &problem, &plan_) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  o_ = buffer_for(problem.o);
  args_.o = o_.data();
  if (problem.lse.type != RAPT_NONE) {
    lse_ = buffer_for(problem.lse);
    args_.lse = lse_.data();
  }
  workspace_ = workbench::Buffer(rapt_plan_workspace(plan_));
}

void Call::run() const {
  void* workspace = workspace_.size() > 0 ? const_cast<void*>(workspace_.data()) : nullptr;
  if (workbench::run_to_the_end(plan_, args_, workspace, workspace_.size()) != RAPT_OK) throw std::runtime_error(rapt_last_error());
}

}  // namespace rapt::bench
