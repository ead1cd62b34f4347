// Whose memory a pointer points at, as a pretended driver answers: a device's and managed memory are a device's, all else is the host's.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstring>

#include "cuda/device.h"

namespace {

struct Answer {
  CUresult result;
  unsigned type, managed;
};
Answer answer;

CUresult attributes_of(unsigned count, CUpointer_attribute* names, void** values, CUdeviceptr) {
  for (unsigned i = 0; i < count; ++i) {
    const unsigned value = names[i] == CU_POINTER_ATTRIBUTE_MEMORY_TYPE  ? answer.type
                           : names[i] == CU_POINTER_ATTRIBUTE_IS_MANAGED ? answer.managed
                                                                         : 7;
    std::memcpy(values[i], &value, sizeof value);
  }
  return answer.result;
}

}  // namespace

extern "C" cudaError_t CUDARTAPI cudaGetDriverEntryPointByVersion(const char* name, void** function, unsigned, unsigned long long,
                                                                  cudaDriverEntryPointQueryResult* found) {
  if (std::strcmp(name, "cuPointerGetAttributes") != 0) return cudaErrorInvalidValue;
  *function = reinterpret_cast<void*>(attributes_of);
  *found = cudaDriverEntryPointSuccess;
  return cudaSuccess;
}
extern "C" cudaError_t CUDARTAPI cudaGetLastError() { return cudaSuccess; }

namespace rapt::cuda {
namespace {

TEST(DeviceMemory, IsADevicesOrManaged) {
  int here = 0;
  const auto is_device = [&](CUresult result, unsigned type, unsigned managed) {
    answer = {result, type, managed};
    return is_device_memory(&here);
  };
  EXPECT_TRUE(is_device(CUDA_SUCCESS, CU_MEMORYTYPE_DEVICE, 0));
  EXPECT_TRUE(is_device(CUDA_SUCCESS, CU_MEMORYTYPE_DEVICE, 1));
  EXPECT_TRUE(is_device(CUDA_SUCCESS, CU_MEMORYTYPE_HOST, 1));
  EXPECT_FALSE(is_device(CUDA_SUCCESS, CU_MEMORYTYPE_HOST, 0));  // pinned
  EXPECT_FALSE(is_device(CUDA_SUCCESS, 0, 0));                   // malloc
  EXPECT_FALSE(is_device(CUDA_ERROR_NOT_INITIALIZED, CU_MEMORYTYPE_DEVICE, 1));
  EXPECT_FALSE(is_device(CUDA_ERROR_INVALID_CONTEXT, CU_MEMORYTYPE_DEVICE, 1));
}

}  // namespace
}  // namespace rapt::cuda
