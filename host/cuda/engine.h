// The CUDA engine of this build.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

namespace rapt::cuda {

extern const Engine kEngine;

}  // namespace rapt::cuda
