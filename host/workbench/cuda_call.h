// CUDA calls that answer with an error, made to throw it; memory and events that free themselves.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <stdexcept>

namespace rapt::workbench {

inline void require(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  cudaGetLastError();
  throw std::runtime_error(fmt::format("{}: CUDA says: {} ({})", what, cudaGetErrorString(error), cudaGetErrorName(error)));
}

struct DeviceFree {
  void operator()(void* memory) const { cudaFree(memory); }
};
using DeviceBytes = std::unique_ptr<unsigned char, DeviceFree>;

// Plain device memory, aligned to 256 bytes; null for none.
inline DeviceBytes device_bytes(size_t bytes) {
  void* memory = nullptr;
  if (bytes > 0) require(cudaMalloc(&memory, bytes), "cudaMalloc");
  return DeviceBytes(static_cast<unsigned char*>(memory));
}

class Event {
 public:
  Event() { require(cudaEventCreate(&event_), "cudaEventCreate"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void record() { require(cudaEventRecord(event_, nullptr), "cudaEventRecord"); }
  // The device's time since the earlier one, which both have come to pass.
  double since(const Event& earlier) const {
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "cudaEventElapsedTime");
    return 1e-3 * static_cast<double>(milliseconds);
  }
  void wait() { require(cudaEventSynchronize(event_), "what ran on the device"); }

 private:
  cudaEvent_t event_ = nullptr;
};

// Writes at least twice as many bytes as L2 holds, so that the next kernel finds nothing of its own there. That takes the device longer
// than the host takes to launch what follows, whose launch is then not in its time.
void flush_l2();

// `work` launches on the default stream and returns. Seconds of so many of them in all, by the device's clock, each after a flush.
template <class Work>
double cold_seconds(int64_t runs, const Work& work) {
  double sum = 0;
  Event begin, end;
  for (int64_t i = 0; i < runs; ++i) {
    flush_l2();
    begin.record();
    work();
    end.record();
    end.wait();
    sum += end.since(begin);
  }
  return sum;
}

}  // namespace rapt::workbench
