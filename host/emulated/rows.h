// The kernel table on the emulated machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "attention/variant.h"
#include "tests/emulator/options.h"
#include "tests/emulator/report.h"

namespace rapt::kernels {

// What Launch::context points at.
struct EmulatedCall {
  emu::Options options;
  emu::Report report;       // of the launches so far
  const char* kernel = "";  // the row that ran
};

std::span<const Variant> emulated_forward();
int emulated_merge(const Launch& call);
int emulated_merge_parts(const Launch& call);

}  // namespace rapt::kernels
