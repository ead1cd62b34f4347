// Public constants by name, and shapes as text.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/names.h"

#include <cinttypes>
#include <cstdio>

namespace rapt::api {
namespace {

struct TypeRow {
  const char* name;
  const char* short_name;
  size_t size;  // bytes
};
constexpr TypeRow kTypes[] = {{"RAPT_NONE", "none", 0}, {"RAPT_F32", "f32", 4},   {"RAPT_F16", "f16", 2},
                              {"RAPT_BF16", "bf16", 2}, {"RAPT_F64", "f64", 8},   {"RAPT_BOOL", "bool", 1},
                              {"RAPT_E4M3", "e4m3", 1}, {"RAPT_E5M2", "e5m2", 1}, {"RAPT_I8", "i8", 1}};
constexpr TypeRow kUnknownType = {"unknown type", "unknown", 0};

const TypeRow& type_row(rapt_type type) { return type >= RAPT_NONE && type <= RAPT_I8 ? kTypes[type] : kUnknownType; }

}  // namespace

const char* type_name(rapt_type type) { return type_row(type).name; }
const char* short_type_name(rapt_type type) { return type_row(type).short_name; }

const char* q_layout_name(int32_t q_layout) { return q_layout == RAPT_Q_RAGGED ? "RAPT_Q_RAGGED" : "RAPT_Q_DENSE"; }

const char* kv_layout_name(int32_t kv_layout) {
  switch (kv_layout) {
    case RAPT_KV_RAGGED:
      return "RAPT_KV_RAGGED";
    case RAPT_KV_BLOCK_TABLE:
      return "RAPT_KV_BLOCK_TABLE";
    case RAPT_KV_PAGE_LIST:
      return "RAPT_KV_PAGE_LIST";
    case RAPT_KV_PAGE_POINTERS:
      return "RAPT_KV_PAGE_POINTERS";
  }
  return "RAPT_KV_DENSE";
}

const char* align_name(int32_t align) {
  return align == RAPT_ALIGN_TOP_LEFT ? "top-left" : align == RAPT_ALIGN_OFFSET ? "offset" : "bottom-right";
}

ShapeText::ShapeText(const int64_t (&shape)[4]) {
  std::snprintf(text, sizeof text, "[%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]", shape[0], shape[1], shape[2], shape[3]);
}

}  // namespace rapt::api

size_t rapt_type_size(rapt_type type) { return rapt::api::type_row(type).size; }
