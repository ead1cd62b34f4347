// What goes into a conformance kernel and what comes out: the same on every machine, from a seed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/kernels/contract/cases.h"

namespace rapt::contract {

struct Images {
  std::vector<uint32_t> registers_in, registers_out, shared_in, shared_out;
  std::vector<uint8_t> global;  // in, then out
  uint32_t in(const Case& c, int thread, int i) const { return registers_in[static_cast<size_t>(thread * c.in + i)]; }
  uint32_t& out(const Case& c, int thread, int i) { return registers_out[static_cast<size_t>(thread * c.out + i)]; }
};

Images drawn(const Case& c, uint32_t seed);            // outputs: zeros and the shared image as it was
uint64_t digest(const Case& c, const Images& images);  // of the outputs, FNV-1a; a NaN that arithmetic made counts as any NaN

}  // namespace rapt::contract
