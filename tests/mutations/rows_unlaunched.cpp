// The whole table on a machine that launches nothing: enough to choose from, and compiled in a moment.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants.h"
#include "emulated/rows.h"

namespace rapt::kernels {
namespace {

template <class Kernel>
struct NoMachine {
  static int launch(const Launch&) { return 1; }
};

}  // namespace

std::span<const Variant> emulated_forward() { return kForward<NoMachine>; }
int emulated_merge(const Launch&) { return 1; }
int emulated_merge_parts(const Launch&) { return 1; }

}  // namespace rapt::kernels
