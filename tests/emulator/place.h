// Places in kernels, numbered: an instruction at a line, or a plain load or store at an address of the program.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tests/emulator/report.h"

namespace emu {

using Place = uint32_t;  // 0: nowhere
Place place_of(const char* instruction, Site site);
Place place_of_plain(const void* program_counter, bool write);
// Fills instruction, file and line. A plain access's line comes from addr2line: slow, for reports only.
void describe_place(Place place, Access& access);
bool same_site(Site a, Site b);

}  // namespace emu
