// What one would use on a GPU instead: attention by somebody else on the same device, from the same tensors without gaps.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "workbench/case.h"
#include "workbench/cuda_call.h"

namespace rapt::bench {

// A case's q, k and v on the device, each [batch, heads, rows, columns] without gaps, and room for an o.
struct DeviceTensors {
  explicit DeviceTensors(const workbench::Case& data);

  rapt_problem problem;
  workbench::DeviceBytes q, k, v;
};

class CudaPeer {
 public:
  explicit CudaPeer(const rapt_problem& problem);
  virtual ~CudaPeer() = default;
  virtual void run() = 0;  // launches on the default stream
  workbench::Buffer o() const;

 protected:
  workbench::DeviceBytes o_;  // as problem.o
  size_t o_bytes_;
};

// Why no peer takes it; nullptr if both may: one 16-bit type, no gaps, full lengths, nothing but causal and a window to the left.
const char* why_no_peer(const rapt_problem& problem, const rapt_args& args);

// They throw std::runtime_error with what is missing or refused. `library` becomes their name and version.
std::unique_ptr<CudaPeer> make_cublas(const DeviceTensors& tensors, std::string& library);  // two products and a softmax between
std::unique_ptr<CudaPeer> make_cudnn(const DeviceTensors& tensors, std::string& library);   // its fused attention

}  // namespace rapt::bench
