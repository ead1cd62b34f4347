// Every row of the table as a kernel of one architecture (RAPT_GATE_ARCHITECTURE: 80 or 90), to be compiled and looked at, never run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants.h"

namespace rapt::kernels {

template <class Kernel>
__global__ __launch_bounds__(Kernel::kThreads, Kernel::kMinBlocks) void entry(const __grid_constant__ typename Kernel::Params params) {
  extern __shared__ __align__(1024) unsigned char storage[];
  Kernel::run(params, *reinterpret_cast<typename Kernel::SharedStorage*>(storage));
}

template <class Kernel>
struct GateMachine {
  static int launch(const Launch& call) {
    if constexpr (Kernel::kArchitecture == RAPT_GATE_ARCHITECTURE) return call.context == reinterpret_cast<const void*>(&entry<Kernel>);
    return 0;
  }
};

const Variant* rows() { return kForward<GateMachine>; }

}  // namespace rapt::kernels
