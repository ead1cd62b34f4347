// Device memory by malloc, remembered, so that copies are refused that leave an allocation or go the wrong way.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/support/pretended_cuda.h"

#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "workbench/cuda_call.h"

namespace rapt::tests {
namespace {

std::map<uintptr_t, size_t>& allocations() {
  static std::map<uintptr_t, size_t> known;
  return known;
}

bool on_device(const void* address, size_t bytes) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  auto next = allocations().upper_bound(at);
  if (next == allocations().begin()) return false;
  const auto& [begin, size] = *--next;
  return at + bytes <= begin + size;
}

}  // namespace

std::optional<size_t> pretended_allocation(const void* address) {
  if (!on_device(address, 1)) return {};
  return std::prev(allocations().upper_bound(reinterpret_cast<uintptr_t>(address)))->second;
}

}  // namespace rapt::tests

namespace rapt::workbench {
void flush_l2() {}
}  // namespace rapt::workbench

using rapt::tests::allocations;
using rapt::tests::on_device;

cudaError_t cudaMalloc(void** memory, size_t bytes) {
  *memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  std::memset(*memory, 0xCD, bytes);
  allocations()[reinterpret_cast<uintptr_t>(*memory)] = bytes;
  return cudaSuccess;
}
cudaError_t cudaFree(void* memory) {
  allocations().erase(reinterpret_cast<uintptr_t>(memory));
  std::free(memory);
  return cudaSuccess;
}
cudaError_t cudaMemset(void* memory, int byte, size_t bytes) {
  if (!on_device(memory, bytes)) return cudaErrorInvalidValue;
  std::memset(memory, byte, bytes);
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  if (on_device(to, bytes) != (kind == cudaMemcpyHostToDevice) || on_device(from, bytes) != (kind == cudaMemcpyDeviceToHost))
    return cudaErrorInvalidValue;
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "an invalid value"; }
const char* cudaGetErrorName(cudaError_t) { return "cudaErrorInvalidValue"; }
cudaError_t cudaEventCreate(cudaEvent_t*) { return cudaSuccess; }
cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t, cudaEvent_t) { return *milliseconds = 2, cudaSuccess; }
