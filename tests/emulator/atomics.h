// What was released to global memory, as launches see it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <mutex>

#include "tests/emulator/clock.h"

namespace emu {

void forget_releases();  // before a grid

}  // namespace emu
