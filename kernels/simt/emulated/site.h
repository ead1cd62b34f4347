// Markers of the contract, emulated, and the place of a call.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

#define SIMT_DEVICE inline __attribute__((always_inline))
#define SIMT_HOST_DEVICE inline
#define SIMT_COLD __attribute__((noinline))
#define SIMT_UNROLL
#define SIMT_SITE \
  { __builtin_FILE(), __builtin_LINE() } /* as a default argument: where the call is */

namespace emu {

// A place in a kernel's source: every report names it.
struct Site {
  const char* file;
  int line;
};

}  // namespace emu

namespace simt {
using emu::Site;
}  // namespace simt
