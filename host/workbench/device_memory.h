// Memory that the host and the device both reach under one address, so that a case is the same for every engine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>

namespace rapt::workbench {

// CUDA's managed memory in builds with CUDA and where there is a device, else the host's. Aligned to 256 bytes. Throws std::bad_alloc.
unsigned char* allocate_shared(size_t bytes);
void free_shared(unsigned char* memory);

// rapt_run, and what it launched is done: cuda only launches. Throws std::runtime_error with CUDA's words if the work itself failed.
rapt_status run_to_the_end(const rapt_plan* plan, const rapt_args& args, void* workspace, size_t workspace_bytes);

}  // namespace rapt::workbench
