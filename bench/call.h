// One planned call of an engine, ready to be run again and again.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <memory>
#include <string>

#include "workbench/case.h"
#include "workbench/placement.h"

namespace rapt::bench {

class Call {
 public:
  Call(rapt_context* context, const workbench::Case& data, int32_t engine);  // throws std::runtime_error with the library's sentence
  ~Call() { rapt_plan_destroy(plan_); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  void run() const;
  double seconds() const { return placement_->seconds(1); }  // of a run: see placement.h
  const rapt_args& args() const { return placement_->args(); }
  std::string kernel() const { return rapt_plan_kernel(plan_); }
  const workbench::Buffer& o() const;  // of the last run, in the layout of the case's problem

 private:
  rapt_plan* plan_ = nullptr;
  workbench::Buffer o_, lse_, workspace_;
  std::unique_ptr<workbench::Placement> placement_;
};

}  // namespace rapt::bench
