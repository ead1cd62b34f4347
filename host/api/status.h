// The thread's last sentence: every refusal of the API is worded by a call of fail().
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>
#include <new>
#include <system_error>

namespace rapt::api {

constexpr size_t kSentenceBytes = 1024;  // longer sentences are cut

// Keeps the sentence for rapt_last_error() of this thread and returns `status`.
__attribute__((format(printf, 2, 3))) rapt_status fail(rapt_status status, const char* format, ...);

// For calls that cannot fail but ask questions that can: puts the thread's last sentence back at the end.
class KeepLastError {
 public:
  KeepLastError();
  ~KeepLastError();
  KeepLastError(const KeepLastError&) = delete;
  KeepLastError& operator=(const KeepLastError&) = delete;

 private:
  char kept_[kSentenceBytes];
};

// Runs `body`, which returns a status, and lets no exception out. Only what creates contexts and plans, and the judge, can throw.
template <class Body>
rapt_status guarded(const char* what, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(RAPT_OUT_OF_MEMORY, "%s: out of memory", what);
  } catch (const std::system_error& error) {  // std::thread
    return fail(RAPT_OUT_OF_MEMORY, "%s: %s; ask for fewer threads", what, error.what());
  } catch (...) {
    return fail(RAPT_INTERNAL, "%s: an unexpected exception", what);
  }
}

}  // namespace rapt::api
