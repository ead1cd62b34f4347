// The CUDA engine: of engine.cpp, or in builds without CUDA of absent.cpp, which plans and explains alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

namespace rapt::cuda {

extern const Engine kEngine;

}  // namespace rapt::cuda
