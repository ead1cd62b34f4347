// The engines of this build, in the order in which AUTO asks them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/engine.h"

namespace rapt::api {

std::span<const Engine* const> engines();
const Engine* find_engine(int32_t id);    // nullptr where RAPT_ENGINE_* `id` is not in this build
bool auto_may_use(const Engine& engine);  // never the reference
const char* engine_name(int32_t id);      // "cpu", of any engine, built or not

// What to say about an engine that find_engine does not find.
constexpr char kCudaNotBuilt[] =
    "engine cuda is not in this build; use engine cpu, or build with RAPT_CUDA=ON on a machine with a CUDA toolkit";

}  // namespace rapt::api
