// Making findings: who is executing what, and who came before.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/place.h"
#include "tests/emulator/world.h"

namespace emu {

Access here(const char* instruction, Site site, const Fiber* fiber = nullptr);  // fiber null: the current one
Finding finding(Kind kind, const char* instruction, Site site);
Access access_of(const Mark& mark);  // what a shadow remembers
void add(Finding finding);           // once for each kind and pair of places
void report(Kind kind, const char* instruction, Site site, std::string detail);
void report_at(Kind kind, const char* instruction, Site site, const Region& region, size_t offset, size_t bytes, std::string detail);
std::string hex(uint64_t value);

}  // namespace emu
