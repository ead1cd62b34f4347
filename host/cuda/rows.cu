// The rows of the kernel table for one architecture, RAPT_ROWS_ARCHITECTURE. Compiled once for each; the others' rows do not launch.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants.h"
#include "cuda/launch.cuh"
#include "cuda/rows.h"

namespace rapt::cuda {
namespace {

template <class Kernel>
struct Compiled {
  static int launch(const kernels::Launch& call) {
    if constexpr (Kernel::kArchitecture == RAPT_ROWS_ARCHITECTURE)
      return OnDevice<Kernel>::launch(call);
    else
      return cudaErrorNoKernelImageForDevice;
  }
};

}  // namespace

template <>
std::span<const kernels::Variant> forward_compiled_for<RAPT_ROWS_ARCHITECTURE>() {
  return kernels::kForward<Compiled>;
}

}  // namespace rapt::cuda
