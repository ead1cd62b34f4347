// Where the elements of a packed problem are.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/reference/attention.h"

namespace rapt::test {

int64_t at(const rapt_tensor& tensor, int64_t b, int64_t h, int64_t i);  // element index of [b, h, i, 0]
int64_t extent(const rapt_tensor& tensor);                               // elements from the first to one past the furthest
// Of row i of head h of sequence b in q, o or lse.
int64_t row_of_q(const Packed& packed, const rapt_tensor& tensor, int64_t b, int64_t h, int64_t i);

}  // namespace rapt::test
