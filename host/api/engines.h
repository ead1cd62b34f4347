// All engines, in the order in which AUTO asks them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/engine.h"

namespace rapt::api {

// Also those that this build lacks: they plan and explain where they can, and say what to build to run them.
std::span<const Engine* const> engines();
const Engine* find_engine(int32_t id);    // RAPT_ENGINE_*; nullptr for AUTO
bool auto_may_use(const Engine& engine);  // never the reference, never the emulated one
const char* engine_name(int32_t id);      // "cpu"

}  // namespace rapt::api
