// While one of these lives its thread rounds to nearest and keeps subnormals, whatever the host program has set; then all is as before.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace rapt::cpu {

class DefaultFloatEnvironment {
 public:
#if defined(__x86_64__)
  DefaultFloatEnvironment() : before_(_mm_getcsr()) { _mm_setcsr(0x1F80); }  // MXCSR after reset: all exceptions masked
  ~DefaultFloatEnvironment() { _mm_setcsr(before_); }

 private:
  uint32_t before_;
#elif defined(__aarch64__)
  DefaultFloatEnvironment() : before_(__builtin_aarch64_get_fpcr()) { __builtin_aarch64_set_fpcr(0); }
  ~DefaultFloatEnvironment() { __builtin_aarch64_set_fpcr(before_); }

 private:
  uint32_t before_;
#else
  DefaultFloatEnvironment() {}
#endif

 public:
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;
};

}  // namespace rapt::cpu
