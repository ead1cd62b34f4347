// A planned call with its arguments where the plan's engine reads them: in the host's memory as they are, or copied to the device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <memory>
#include <string>

#include "workbench/case.h"

namespace rapt::workbench {

class Placement {
 public:
  virtual ~Placement() = default;
  const rapt_args& args() const { return args_; }  // as the engine is given them

  // One run, and it is done. Throws std::runtime_error with CUDA's words if the work itself failed.
  virtual rapt_status run() = 0;
  // What so many runs take in all. On the device by its own clock, each with nothing of its operands left in L2. Throws for a refused run.
  virtual double seconds(int64_t runs) = 0;
  // o, lse and, if wanted, the inputs as they are now, into the buffers that they came from. The sentence says around which of them, or
  // around the workspace, something was written; empty if nothing.
  virtual std::string bring_back(bool inputs) = 0;

 protected:
  rapt_args args_ = RAPT_ARGS_INIT;
};

// o, lse (may be empty) and workspace as they are now. The buffers and the plan must outlive it. Throws std::runtime_error.
std::unique_ptr<Placement> place(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace);

// On the device a buffer has guard bands as on the host (default). Without them it is an allocation of its own that ends where the tensor
// ends, and the workspace is left as it was allocated: what memory checkers want to see.
void place_with_bands(bool wanted);

}  // namespace rapt::workbench
