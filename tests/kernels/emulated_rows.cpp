// Every row of the kernel table, compiled for the emulated machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/emulated_rows.h"

#include "attention/variants.h"
#include "tests/emulator/launch.h"

namespace rapt::kernels {
namespace {

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

}  // namespace

std::span<const Variant> emulated_forward() { return kForward<EmulatedMachine>; }

}  // namespace rapt::kernels
