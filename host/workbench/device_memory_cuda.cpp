// Builds with CUDA: managed memory where there is a device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstring>
#include <new>
#include <stdexcept>

#include "workbench/device_memory.h"

namespace rapt::workbench {
namespace {

bool has_device() {
  static const bool found = [] {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
  }();
  return found;
}

}  // namespace

unsigned char* allocate_shared(size_t bytes) {
  if (!has_device()) return static_cast<unsigned char*>(::operator new (bytes, std::align_val_t{256}));
  void* memory = nullptr;
  if (cudaMallocManaged(&memory, bytes) != cudaSuccess) throw std::bad_alloc();
  return static_cast<unsigned char*>(memory);
}

void free_shared(unsigned char* memory) {
  if (has_device())
    cudaFree(memory);
  else
    ::operator delete (memory, std::align_val_t{256});
}

rapt_status run_to_the_end(const rapt_plan* plan, const rapt_args& args, void* workspace, size_t workspace_bytes) {
  const rapt_status status = rapt_run(plan, &args, workspace, workspace_bytes, nullptr);
  if (status != RAPT_OK || std::strncmp(rapt_plan_kernel(plan), "cuda/", 5) != 0) return status;
  if (const cudaError_t error = cudaStreamSynchronize(nullptr); error != cudaSuccess)
    throw std::runtime_error(fmt::format("{} failed on the device: {}", rapt_plan_kernel(plan), cudaGetErrorString(error)));
  return status;
}

}  // namespace rapt::workbench
