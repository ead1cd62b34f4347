// Every row of the table as the library launches it, on one architecture (RAPT_GATE_ARCHITECTURE: 80 or 90): compiled, never run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants.h"
#include "cuda/launch.cuh"

namespace rapt::kernels {

template <class Kernel>
struct GateMachine {
  static int launch(const Launch& call) {
    if constexpr (Kernel::kArchitecture == RAPT_GATE_ARCHITECTURE)
      return call.context == reinterpret_cast<const void*>(&cuda::entry<Kernel>);
    return 0;
  }
};

const Variant* rows() { return kForward<GateMachine>; }

}  // namespace rapt::kernels
