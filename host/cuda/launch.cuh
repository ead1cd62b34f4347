// A kernel of the table on a CUDA device: the one __global__ function, its attributes, its launch.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include <atomic>
#include <cstdint>

#include "attention/variant.h"

namespace rapt::cuda {

template <class Kernel>
__global__ void __launch_bounds__(Kernel::kThreads, Kernel::kMinBlocks) entry(const __grid_constant__ typename Kernel::Params params) {
  extern __shared__ __align__(1024) unsigned char storage[];
  Kernel::run(params, *reinterpret_cast<typename Kernel::SharedStorage*>(storage));
}

// A set of devices, for what is done once on each. Doing it twice would be harmless, so no lock is needed.
class OncePerDevice {
 public:
  template <class Do>
  cudaError_t operator()(Do&& todo) {
    int device = 0;
    if (const cudaError_t error = cudaGetDevice(&device); error != cudaSuccess) return error;
    const uint64_t bit = uint64_t{1} << (device % 64);
    if ((done_.load(std::memory_order_acquire) & bit) != 0) return cudaSuccess;
    const cudaError_t error = todo();
    if (error == cudaSuccess) done_.fetch_or(bit, std::memory_order_release);
    return error;
  }

 private:
  std::atomic<uint64_t> done_ = 0;
};

// The machine that the table is written over. `context` of a launch is the stream.
template <class Kernel>
struct OnDevice {
  static int launch(const kernels::Launch& call) {
    static OncePerDevice once;
    constexpr int kShared = sizeof(typename Kernel::SharedStorage);
    const void* function = reinterpret_cast<const void*>(&entry<Kernel>);
    cudaError_t error = once([=] { return cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize, kShared); });
    if (error == cudaSuccess) {
      void* params[] = {const_cast<void*>(call.params)};
      const dim3 grid(call.grid.x, call.grid.y, call.grid.z);
      error = cudaLaunchKernel(function, grid, dim3(Kernel::kThreads), params, kShared, static_cast<cudaStream_t>(call.context));
    }
    if (error != cudaSuccess) cudaGetLastError();  // ours alone: it must not surface in the application's next check
    return error;
  }
};

}  // namespace rapt::cuda
