// Every row of the kernel table, compiled for the emulated machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/rows.h"

#include "attention/merge.h"
#include "attention/variants.h"
#include "emulated/on_machine.h"

namespace rapt::kernels {

std::span<const Variant> emulated_forward() { return kForward<EmulatedMachine>; }
int emulated_merge(const Launch& call) { return EmulatedMachine<Merge>::launch(call); }
int emulated_merge_parts(const Launch& call) { return EmulatedMachine<MergeParts>::launch(call); }

}  // namespace rapt::kernels
