// The kernel table on CUDA devices.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/engine.h"

#include <cuda_runtime_api.h>

#include <algorithm>

#include "cuda/device.h"
#include "cuda/engine_on.h"
#include "cuda/rows.h"

namespace rapt::cuda {
namespace {

struct Rows {
  kernels::Variant row[64];
  size_t count = 0;
  void append(std::span<const kernels::Variant> more) {
    std::ranges::copy(more, row + count);
    count += more.size();
  }
};

// Hopper's own rows first: selection takes the first that fits.
std::span<const kernels::Variant> forward() {
  static const Rows rows = [] {
    Rows all;
    all.append(forward_sm90());
    all.append(forward_sm80());
    return all;
  }();
  return {rows.row, rows.count};
}

void put_in_words(int error, Text& fault) {
  const auto code = static_cast<cudaError_t>(error);
  fault.append("CUDA says: %s (%s)", cudaGetErrorString(code), cudaGetErrorName(code));
}

constexpr gpu::Machine kMachine = {"cuda", forward, current_device, encode_tensor_map, put_in_words};

}  // namespace

const Engine kEngine = gpu::engine_on<kMachine>(RAPT_ENGINE_CUDA);

}  // namespace rapt::cuda
