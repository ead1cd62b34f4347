// How a row of a kernel table runs on the emulated machine. Sources that include this are compiled as kernels.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "emulated/rows.h"
#include "tests/emulator/launch.h"

namespace rapt::kernels {

template <class Kernel>
struct EmulatedMachine {
  static int launch(const Launch& call) {
    auto& emulated = *static_cast<EmulatedCall*>(call.context);
    emulated.report = emu::launch<Kernel>(call.grid, *static_cast<const typename Kernel::Params*>(call.params), emulated.options);
    for (const Variant& row : emulated_forward()) {
      if (row.launch == &launch) emulated.kernel = row.name;
    }
    return emulated.report.clean() ? 0 : 1;
  }
};

}  // namespace rapt::kernels
