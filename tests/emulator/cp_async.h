// cp.async, as exits and mbarriers see it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

void check_copies_at_exit(Fiber& fiber);
// Copies that an mbarrier waits for land now, when nobody can go on. False: there are none.
bool land_copies_towards_barriers();

}  // namespace emu
