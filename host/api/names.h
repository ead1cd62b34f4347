// Public constants by name, and shapes as text, for sentences and `explain`.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

namespace rapt::api {

const char* type_name(rapt_type type);          // "RAPT_BF16"; "unknown type" outside the list
const char* short_type_name(rapt_type type);    // "bf16"
const char* q_layout_name(int32_t q_layout);    // "RAPT_Q_DENSE"
const char* kv_layout_name(int32_t kv_layout);  // "RAPT_KV_BLOCK_TABLE"
const char* align_name(int32_t align);          // "bottom-right"

// "[2, 8, 128, 64]"
struct ShapeText {
  explicit ShapeText(const int64_t (&shape)[4]);
  char text[4 * 22 + 3];
};

}  // namespace rapt::api
