// Tensor maps by the driver, whose entry point is looked up at run time so that the library loads without one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstring>

#include "cuda/device.h"

namespace rapt::cuda {
namespace {

using Encode = decltype(&cuTensorMapEncodeTiled);

Encode find_encode() {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  const cudaError_t error = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &found);
  return error == cudaSuccess && found == cudaDriverEntryPointSuccess ? reinterpret_cast<Encode>(function) : nullptr;
}

}  // namespace

bool encode_tensor_map(const gpu::TensorMapRequest& request, simt::TensorMap& map, Text& fault) {
  static const Encode encode = find_encode();
  if (encode == nullptr) {
    fault.append("the driver has no cuTensorMapEncodeTiled; install one for CUDA 12 or newer");
    return false;
  }
  // The copy moves bits, so that any type of 16 bits serves.
  const cuuint32_t steps[5] = {1, 1, 1, 1, 1};
  CUtensorMap made;
  const CUresult result =
      encode(&made, CU_TENSOR_MAP_DATA_TYPE_UINT16, static_cast<cuuint32_t>(request.rank), const_cast<void*>(request.base), request.dim,
             request.stride + 1, request.box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
             CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS) {
    fault.append("cuTensorMapEncodeTiled refused a tensor of %llu columns and %llu rows (error %d)",
                 static_cast<unsigned long long>(request.dim[0]), static_cast<unsigned long long>(request.dim[1]),
                 static_cast<int>(result));
    return false;
  }
  static_assert(sizeof made == sizeof map);
  std::memcpy(&map, &made, sizeof map);
  return true;
}

}  // namespace rapt::cuda
