// setmaxnreg: the register pool of a block.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

void reset_registers(Block& block);

}  // namespace emu
