// Refusals about one tensor on its own: its type, shape, strides and buffer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

namespace rapt::api {

// Element types that a tensor may have. Types that no kernel takes yet are RAPT_UNSUPPORTED, others RAPT_INVALID_ARGUMENT.
enum class Types {
  kFloating,  // f32, f16, bf16, f64
  kPartial,   // f32, f16, bf16
  kWide,      // f32, f64
  kF32,
  kBool
};

// The checks a present tensor must pass whatever the others are: type, sizes, strides, no overflow, within its buffer if that is known.
rapt_status check_tensor(const char* name, const rapt_tensor& tensor, Types types);
// RAPT_NONE with a shape is a tensor whose type was forgotten.
rapt_status check_absent(const char* name, const rapt_tensor& tensor);
// Written tensors: no two elements may share an address.
rapt_status check_no_overlap(const char* name, const rapt_tensor& tensor);

// The normal form that engines see: a dimension of size 1 has stride 0; an absent tensor is all zeros.
void normalise(rapt_tensor& tensor);

bool is_empty(const rapt_tensor& tensor);  // no elements

}  // namespace rapt::api
