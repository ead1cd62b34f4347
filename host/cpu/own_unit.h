// Units whose K and V a thread packs for itself: no line of them changes caches, and nobody waits for anybody.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cpu/tasks.h"

namespace rapt::cpu {

// All units of the task; leaves `now` at the last. `next` remembers the sequence of the unit that was guessed to be next.
void attend_own(const Run& run, Current& now, Current& next, int32_t thread, Scratch& scratch);
// With units that other threads have begun, as long as that is worth packing them once more.
void help_others(const Run& run, int32_t thread, Scratch& scratch);

}  // namespace rapt::cpu
