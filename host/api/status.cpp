// Status codes, the thread's last sentence, and which library this is.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/status.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace rapt::api {
namespace {

thread_local char last_sentence[kSentenceBytes] = "";

}  // namespace

rapt_status fail(rapt_status status, const char* format, ...) {
  char sentence[kSentenceBytes];  // apart, because an argument may be the last sentence
  va_list list;
  va_start(list, format);
  std::vsnprintf(sentence, sizeof sentence, format, list);
  va_end(list);
  std::memcpy(last_sentence, sentence, sizeof sentence);
  return status;
}

KeepLastError::KeepLastError() { std::memcpy(kept_, last_sentence, sizeof kept_); }
KeepLastError::~KeepLastError() { std::memcpy(last_sentence, kept_, sizeof kept_); }

}  // namespace rapt::api

const char* rapt_last_error(void) { return rapt::api::last_sentence; }

const char* rapt_status_name(rapt_status status) {
  switch (status) {
    case RAPT_OK:
      return "RAPT_OK";
    case RAPT_INVALID_ARGUMENT:
      return "RAPT_INVALID_ARGUMENT";
    case RAPT_UNSUPPORTED:
      return "RAPT_UNSUPPORTED";
    case RAPT_MISALIGNED:
      return "RAPT_MISALIGNED";
    case RAPT_WORKSPACE_TOO_SMALL:
      return "RAPT_WORKSPACE_TOO_SMALL";
    case RAPT_BAD_INDEX:
      return "RAPT_BAD_INDEX";
    case RAPT_NO_DEVICE:
      return "RAPT_NO_DEVICE";
    case RAPT_CUDA_ERROR:
      return "RAPT_CUDA_ERROR";
    case RAPT_OUT_OF_MEMORY:
      return "RAPT_OUT_OF_MEMORY";
    case RAPT_INTERNAL:
      return "RAPT_INTERNAL";
  }
  return "unknown status";
}

namespace {

constexpr char kVersion[] = "0.1.0";
static_assert(RAPT_VERSION_MAJOR == 0 && RAPT_VERSION_MINOR == 1 && RAPT_VERSION_PATCH == 0, "kVersion says the same");

}  // namespace

const char* rapt_version(void) { return kVersion; }
int32_t rapt_abi_version(void) { return RAPT_ABI_VERSION; }
