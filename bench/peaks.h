// The machine's ceilings as they show themselves in this run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace rapt::bench {

// FMA peak of so many threads with that instruction set: the best seen so far, measured anew if the last time is over a second ago.
double peak_gflops(int threads, const std::string& isa);

// Plain read of about so many bytes, the next power of two, measured once.
double read_bandwidth_gbps(int threads, size_t bytes);

}  // namespace rapt::bench
