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
    run.report = emu::launch<Kernel>({}, params, run.options);
    return run.report.clean() ? 0 : 1;
  }
};

}  // namespace

std::vector<Case> emulated_cases() { return {std::begin(kCases<EmulatedMachine>), std::end(kCases<EmulatedMachine>)}; }

}  // namespace rapt::contract
