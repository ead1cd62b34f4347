// What is fuzzed, and by whom: libFuzzer in builds with RAPT_FUZZ, and every test run with the corpus that lies beside this file.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace rapt::fuzz {

// Each takes any bytes and returns; a broken promise aborts with a line on stderr.
void npy(const uint8_t* data, size_t size);             // the .npy reader
void safetensors(const uint8_t* data, size_t size);     // the .safetensors reader
void problem_string(const uint8_t* data, size_t size);  // problem strings, and explaining what they describe
void problem_struct(const uint8_t* data, size_t size);  // rapt_problem and rapt_args: plan, run, cpu against reference

}  // namespace rapt::fuzz
