// The machine contract: one function per instruction, named after its PTX. Here, and nowhere else in kernels/, a machine is chosen.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__CUDACC__)
#include "simt/hardware/provider.cuh"
#else
#include "simt/emulated/provider.h"
#endif
