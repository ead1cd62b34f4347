// Device facts through the CUDA runtime, which is linked statically and finds the driver, or not, at run time.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/device.h"

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstdio>
#include <mutex>

namespace rapt::cuda {
namespace {

constexpr int kMaxDevices = 64;

struct Known {
  gpu::Device devices[kMaxDevices];
  std::atomic<bool> asked[kMaxDevices];
  std::mutex asking;
};
Known known;

bool failed(cudaError_t error, const char* call, Text& why_not) {
  if (error == cudaSuccess) return false;
  cudaGetLastError();  // ours alone: it must not surface in the application's next check
  if (error == cudaErrorInsufficientDriver || error == cudaErrorNoDevice)
    why_not.append("no CUDA device: %s. Install NVIDIA's driver, or use engine cpu", cudaGetErrorString(error));
  else
    why_not.append("%s says: %s (error %d)", call, cudaGetErrorString(error), static_cast<int>(error));
  return true;
}

bool ask(int index, gpu::Device& device, Text& why_not) {
  cudaDeviceProp properties;
  if (failed(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties", why_not)) return false;
  std::snprintf(device.name, sizeof device.name, "%.63s", properties.name);
  device.index = index;
  device.architecture = 10 * properties.major + properties.minor;
  device.multiprocessors = properties.multiProcessorCount;
  device.shared_per_block = static_cast<int64_t>(properties.sharedMemPerBlockOptin);
  return true;
}

}  // namespace

const gpu::Device* current_device(int32_t, Text& why_not) {
  int index = 0;
  if (failed(cudaGetDevice(&index), "cudaGetDevice", why_not)) return nullptr;
  if (index < 0 || index >= kMaxDevices) {
    why_not.append("device %d is past the %d that Rapt keeps track of; select one below", index, kMaxDevices);
    return nullptr;
  }
  if (known.asked[index].load(std::memory_order_acquire)) return &known.devices[index];
  const std::lock_guard lock(known.asking);
  if (known.asked[index].load(std::memory_order_relaxed)) return &known.devices[index];
  if (!ask(index, known.devices[index], why_not)) return nullptr;
  known.asked[index].store(true, std::memory_order_release);
  return &known.devices[index];
}

}  // namespace rapt::cuda
