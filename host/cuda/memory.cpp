// Whose memory a pointer points at. The driver is asked, at an entry point looked up at run time, and not cudaPointerGetAttributes, which
// would make a context on the device of a process that computes on the host alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdint>

#include "cuda/device.h"

namespace rapt::cuda {
namespace {

using Ask = decltype(&cuPointerGetAttributes);

Ask find_ask() {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  const cudaError_t error = cudaGetDriverEntryPointByVersion("cuPointerGetAttributes", &function, 12000, cudaEnableDefault, &found);
  if (error != cudaSuccess) cudaGetLastError();  // ours alone: it must not surface in the application's next check
  return error == cudaSuccess && found == cudaDriverEntryPointSuccess ? reinterpret_cast<Ask>(function) : nullptr;
}

}  // namespace

// Of memory that it does not know the driver answers zeros.
bool is_device_memory(const void* pointer) {
  static const Ask ask = find_ask();
  if (ask == nullptr) return false;
  unsigned type = 0, managed = 0;
  CUpointer_attribute names[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CU_POINTER_ATTRIBUTE_IS_MANAGED};
  void* values[] = {&type, &managed};
  if (ask(2, names, values, reinterpret_cast<CUdeviceptr>(pointer)) != CUDA_SUCCESS) return false;
  return managed != 0 || type == CU_MEMORYTYPE_DEVICE;
}

}  // namespace rapt::cuda
