// The kernels of the CUDA engine on an emulated GPU: of engine.cpp, or in builds without RAPT_EMULATED of absent.cpp, which refuses.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

namespace rapt::emulated {

extern const Engine kEngine;

}  // namespace rapt::emulated
