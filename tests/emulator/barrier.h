// Barriers of a block, as exits see them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

void recheck_barriers(Block& block, int live);  // so many threads remain

}  // namespace emu
