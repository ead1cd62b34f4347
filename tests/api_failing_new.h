// An operator new that counts, and that fails when told to: for the program it is linked into.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace rapt::testing {

extern std::atomic<int64_t> allocations;       // so far
extern std::atomic<int64_t> allocations_left;  // before they fail

}  // namespace rapt::testing
