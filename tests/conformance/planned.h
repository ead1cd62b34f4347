// A plan held by a test that runs it many times, in its own order, from its own threads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <rapt/rapt.h>

#include <memory>
#include <string>

#include "workbench/run.h"
#include "workbench/scalar.h"

namespace rapt::conformance {

struct PlanDeleter {
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};

class Planned {
 public:
  Planned(rapt_context* context, const workbench::Case& data, int32_t engine) : data_(data) {
    data_.problem.engine = engine;
    rapt_plan* plan = nullptr;
    status_ = rapt_plan_create(context, &data_.problem, &plan);
    sentence_ = status_ == RAPT_OK ? "" : rapt_last_error();
    plan_.reset(plan);
  }
  rapt_status status() const { return status_; }
  const std::string& sentence() const { return sentence_; }
  size_t workspace() const { return plan_ ? rapt_plan_workspace(plan_.get()) : 0; }

  // Outputs and workspace of one run in flight.
  struct Desk {
    workbench::Outcome outcome;
    workbench::Buffer workspace;
    rapt_args args;
  };
  Desk desk() const {
    Desk desk;
    const auto output = [](const rapt_tensor& tensor) {
      return tensor.type == RAPT_NONE ? workbench::Buffer()
                                      : workbench::Buffer(static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type));
    };
    desk.outcome.o = output(data_.problem.o);
    desk.outcome.lse = output(data_.problem.lse);
    desk.workspace = workbench::Buffer(workspace());
    desk.args = data_.args;
    desk.args.o = desk.outcome.o.data();
    desk.args.lse = desk.outcome.lse.data();
    return desk;
  }
  rapt_status run(Desk& desk) const {
    return desk.outcome.status = rapt_run(plan_.get(), &desk.args, desk.workspace.data(), desk.workspace.size(), nullptr);
  }

 private:
  workbench::Case data_;
  std::unique_ptr<rapt_plan, PlanDeleter> plan_;
  rapt_status status_;
  std::string sentence_;
};

}  // namespace rapt::conformance
