// Whether this program runs under AddressSanitizer or ThreadSanitizer: some ten times slower, and with a malloc that is not ours.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RAPT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RAPT_SANITIZED 1
#endif
#endif
#ifndef RAPT_SANITIZED
#define RAPT_SANITIZED 0
#endif

namespace rapt::test {
inline constexpr bool kSanitized = RAPT_SANITIZED != 0;
}  // namespace rapt::test
