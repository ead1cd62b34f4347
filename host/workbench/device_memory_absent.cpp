// Builds without CUDA: memory is the host's, and a run that has returned is done.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <new>

#include "workbench/device_memory.h"

namespace rapt::workbench {

unsigned char* allocate_shared(size_t bytes) { return static_cast<unsigned char*>(::operator new (bytes, std::align_val_t{256})); }

void free_shared(unsigned char* memory) { ::operator delete (memory, std::align_val_t{256}); }

rapt_status run_to_the_end(const rapt_plan* plan, const rapt_args& args, void* workspace, size_t workspace_bytes) {
  return rapt_run(plan, &args, workspace, workspace_bytes, nullptr);
}

}  // namespace rapt::workbench
