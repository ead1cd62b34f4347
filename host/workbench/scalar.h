// One element of a tensor, in and out of double: round to nearest even, subnormals kept.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

namespace rapt::workbench {

double load(const void* data, rapt_type type, int64_t index);               // element index, not bytes
void store(void* data, rapt_type type, int64_t index, double value);        // rounded to nearest even; f64 -> f16 and bf16 in one rounding
void store_row(void* data, rapt_type type, int64_t index, const double* values, int64_t count);  // count elements from index on
// In elements. Dimensions of size 1, with whatever index and stride, are ignored.
int64_t offset_of(const rapt_tensor& tensor, int64_t i0, int64_t i1, int64_t i2, int64_t i3);
int64_t extent(const rapt_tensor& tensor);                                   // elements from the first to one past the furthest

}  // namespace rapt::workbench
