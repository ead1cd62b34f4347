// struct_size: how a library reads structs of callers that were built with an older or a newer header.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>

namespace rapt::api {

// Bytes of each struct in release 0.1. Nothing smaller was ever released; these numbers never change.
template <class Struct>
constexpr size_t kFirstSize = 0;
template <>
inline constexpr size_t kFirstSize<rapt_problem> = 856;
template <>
inline constexpr size_t kFirstSize<rapt_args> = 160;
template <>
inline constexpr size_t kFirstSize<rapt_context_options> = 48;
template <>
inline constexpr size_t kFirstSize<rapt_variant> = 56;
static_assert(kFirstSize<rapt_problem> <= sizeof(rapt_problem) && kFirstSize<rapt_args> <= sizeof(rapt_args));
static_assert(kFirstSize<rapt_context_options> <= sizeof(rapt_context_options) && kFirstSize<rapt_variant> <= sizeof(rapt_variant));

rapt_status check_struct_size(const char* name, const void* given, size_t first_size, size_t size);
void copy_struct(const void* given, void* copy, size_t size);

// `copy` comes with the defaults. A shorter struct leaves them in its missing tail; a longer one must hold zeros in the tail that we
// do not know.
template <class Struct>
rapt_status read_struct(const char* name, const Struct* given, Struct& copy) {
  const rapt_status status = check_struct_size(name, given, kFirstSize<Struct>, sizeof(Struct));
  if (status == RAPT_OK) copy_struct(given, &copy, sizeof(Struct));
  return status;
}

}  // namespace rapt::api
