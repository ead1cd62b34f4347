// How a row of a kernel table runs on the emulated machine. Sources that include this are compiled as kernels.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "emulated/rows.h"
#include "tests/emulator/launch.h"

namespace rapt::kernels {

// What the launches of one run have in common.
inline void add(emu::Report& all, const emu::Report& one) {
  all.findings.insert(all.findings.end(), one.findings.begin(), one.findings.end());
  all.total += one.total;
  all.blocks += one.blocks;
  all.switches += one.switches;
  all.collectives += one.collectives;
  all.matrix_phases += one.matrix_phases;
  all.bank_conflicts += one.bank_conflicts;
}

template <class Kernel>
struct EmulatedMachine {
  static int launch(const Launch& call) {
    auto& emulated = *static_cast<EmulatedCall*>(call.context);
    const auto report = emu::launch<Kernel>(call.grid, *static_cast<const typename Kernel::Params*>(call.params), emulated.options);
    add(emulated.report, report);
    for (const Variant& row : emulated_forward()) {
      if (row.launch == &launch) emulated.kernel = row.name;
    }
    return report.clean() ? 0 : 1;
  }
};

}  // namespace rapt::kernels
