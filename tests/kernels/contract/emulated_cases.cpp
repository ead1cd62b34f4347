// Instantiates the conformance kernels for the emulated machine: the one source here that is compiled as kernels are.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/contract/emulated_cases.h"

#include "tests/emulator/launch.h"

namespace rapt::contract {
namespace {

template <class Kernel>
struct EmulatedMachine {
  static int launch(const Params& params, void* context) {
    EmulatedRun& run = *static_cast<EmulatedRun*>(context);
    const simt::Dim3 grid{Kernel::kBlocks, 1, 1}, cluster{Kernel::kCluster, 1, 1};
    emu::Options options = run.options;
    options.resident = Kernel::kBlocks / Kernel::kCluster;
    if constexpr (Kernel::kTwice) {
      const emu::LaunchShape shape = emu::shape_of<Kernel>(grid, params, cluster);
      const emu::PairReport both = emu::run_dependent(shape, shape, {run.global}, options);
      run.report = both.predecessor.clean() ? both.dependent : both.predecessor;
    } else {
      run.report = emu::launch<Kernel>(grid, params, options, cluster);
    }
    return run.report.clean() ? 0 : 1;
  }
};

}  // namespace

std::vector<Case> emulated_cases() {
  std::vector<Case> cases(std::begin(kCases<EmulatedMachine>), std::end(kCases<EmulatedMachine>));
  cases.insert(cases.end(), std::begin(kEdgeCases<EmulatedMachine>), std::end(kEdgeCases<EmulatedMachine>));
  return cases;
}

}  // namespace rapt::contract
