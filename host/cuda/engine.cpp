// The kernel table on CUDA devices.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/engine.h"

#include <cuda_runtime_api.h>

#include "cuda/device.h"
#include "cuda/engine_on.h"
#include "cuda/rows.h"

namespace rapt::cuda {
namespace {

using kernels::Variant;

// Every row as the compilation for its own architecture has it.
struct Table {
  Variant rows[64];
  size_t count = 0;

  Table() {
    for (const Variant& row : forward_compiled_for<80>()) {
      rows[count] = row.architecture == 80 ? row : forward_compiled_for<90>()[count];
      ++count;
    }
  }
};

std::span<const Variant> forward() {
  static const Table table;
  return {table.rows, table.count};
}

void put_in_words(int error, Text& fault) {
  const auto code = static_cast<cudaError_t>(error);
  fault.append("CUDA says: %s (%s)", cudaGetErrorString(code), cudaGetErrorName(code));
}

constexpr gpu::Machine kMachine = {"cuda",           forward,        launch_merge,      launch_merge_parts,
                                   is_device_memory, current_device, encode_tensor_map, put_in_words};

}  // namespace

const Engine kEngine = gpu::engine_on<kMachine>(RAPT_ENGINE_CUDA);

}  // namespace rapt::cuda
