// Placement in the host's memory: nothing moves.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/placement.h"

#include <chrono>
#include <stdexcept>
#include <string_view>

#include "workbench/device.h"
#include "workbench/placement_on_device.h"

namespace rapt::workbench {
namespace {

class OnHost : public Placement {
 public:
  OnHost(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace) : plan_(plan), workspace_(workspace) {
    args_ = data.args;
    args_.o = o.data();
    args_.lse = lse.data();
  }

  rapt_status run() override {
    return rapt_run(plan_, &args_, workspace_.size() > 0 ? workspace_.data() : nullptr, workspace_.size(), nullptr);
  }

  double seconds(int64_t runs) override {
    const auto begin = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < runs; ++i) {
      if (run() != RAPT_OK) throw std::runtime_error(rapt_last_error());
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  std::string bring_back(bool) override { return ""; }  // whoever owns the buffers looks at their guards

 private:
  const rapt_plan* plan_;
  Buffer workspace_;
};

}  // namespace

std::unique_ptr<Placement> place(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace) {
  const bool of_device = std::string_view(rapt_plan_kernel(plan)).starts_with("cuda/");
  if (of_device && device_here()) return place_on_device(plan, data, o, lse, workspace);  // without one, the run itself says so
  return std::make_unique<OnHost>(plan, data, o, lse, workspace);
}

}  // namespace rapt::workbench
