// Accesses to memory as instructions make them: found, bounds-checked, checked against the shadow.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

// An access being made. Leaving a buffer or missing an alignment ends the launch with a report.
struct Where {
  Region* region = nullptr;  // null: neither shared nor registered
  size_t offset = 0;
};
Where locate(const void* p, size_t bytes, const char* instruction, Site site);
Where locate_shared(const void* p, size_t bytes, size_t alignment, const char* instruction, Site site);
// As locate, and memory that is not registered is refused.
Where locate_global(const void* p, size_t bytes, size_t alignment, const char* instruction, Site site);
void require_aligned(const void* p, size_t alignment, const char* instruction, Site site, const Where& where);

// The shadow's part, after locate: initialised? ordered? Then remembered.
Touch touch_of(Fiber& fiber, bool write, Place place);
void touch(const Where& where, size_t bytes, const Touch& touch, const char* instruction, Site site, const Fiber* fiber = nullptr);
void mark_written(const Where& where, size_t bytes);

// A thread's own access through the generic proxy, all of the above.
void generic_access(Fiber& fiber, const Where& where, size_t bytes, bool write, const char* instruction, Site site);

// From the compiler's hooks.
void plain_access(const void* p, size_t bytes, bool write, size_t alignment, const void* program_counter);

// Shared-window addresses: rank << 24 | base + offset.
uint32_t window_address(const Block& block, const void* p);

}  // namespace emu
