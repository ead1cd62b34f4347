// What a context owns: the executor of the CPU engines, and the machine they may use.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <memory>

#include "api/thread_pool.h"

struct rapt_context {
  rapt_executor executor;  // the caller's, or one over `pool`
  const char* isa;         // "avx512"
  int32_t architecture;    // of Request
  std::unique_ptr<rapt::api::ThreadPool> pool;
};
