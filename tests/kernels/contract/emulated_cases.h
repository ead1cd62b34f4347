// The conformance kernels on the emulated machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "tests/emulator/memory.h"
#include "tests/emulator/options.h"
#include "tests/emulator/report.h"
#include "tests/kernels/contract/cases.h"

namespace rapt::contract {

struct EmulatedRun {  // the context of a launch
  emu::Options options;
  emu::DeviceMemory* global;  // what a first launch leaves to a second one
  emu::Report report;
};

std::vector<Case> emulated_cases();

}  // namespace rapt::contract
