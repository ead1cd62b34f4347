// Small random problems that mix every feature, type and layout of the contract; the same for the same seed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/reference/attention.h"

namespace rapt::test {

Attention random_attention(uint64_t seed);

}  // namespace rapt::test
