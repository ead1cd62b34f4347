// The exponentials of one row of scores, vectorised for the machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace rapt::bench {

// s[i] = exp(s[i] - max s) in place; returns their sum. count >= 1.
float exponentiate_row(float* s, int64_t count);

// s[i] *= factor
void scale_row(float* s, int64_t count, float factor);

}  // namespace rapt::bench
