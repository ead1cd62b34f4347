// struct_size: how a library reads structs of callers that were built with an older or a newer header.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/read_struct.h"

#include <algorithm>
#include <cstring>

#include "api/status.h"

namespace rapt::api {
namespace {

constexpr size_t kLargestSize = 1 << 16;  // more than any future struct: beyond it the size was never set

size_t struct_size_of(const void* given) {
  size_t size;
  std::memcpy(&size, given, sizeof size);
  return size;
}

}  // namespace

rapt_status check_struct_size(const char* name, const void* given, size_t first_size, size_t size) {
  if (given == nullptr) return fail(RAPT_INVALID_ARGUMENT, "%s is NULL; give a pointer to one", name);
  const size_t given_size = struct_size_of(given);
  if (given_size < first_size || given_size > kLargestSize) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.struct_size is %zu, but this library's is %zu; set the struct with its INIT macro", name,
                given_size, size);
  }
  const unsigned char* bytes = static_cast<const unsigned char*>(given);
  for (size_t i = size; i < given_size; ++i) {
    if (bytes[i] != 0) {
      return fail(
          RAPT_INVALID_ARGUMENT,
          "%s.struct_size is %zu and byte %zu is set, but this library (%s) knows only the first %zu bytes; use the library of that "
          "header, or leave its new fields zero",
          name, given_size, i, rapt_version(), size);
    }
  }
  return RAPT_OK;
}

void copy_struct(const void* given, void* copy, size_t size) {
  std::memcpy(copy, given, std::min(struct_size_of(given), size));
  std::memcpy(copy, &size, sizeof size);
}

}  // namespace rapt::api
