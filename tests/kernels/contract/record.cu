// Runs the conformance kernels on the GPU at hand and prints a golden file: device and driver, then case, seed, digest of the outputs.
//   contract_record > tests/golden/contract/hardware.txt      (sm_90: the list holds what no earlier one has)
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cuda.h>
#include <cuda_runtime.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "tests/kernels/contract/images.h"

namespace rapt::contract {
namespace {

void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "contract_record: %s: %s\n", what, cudaGetErrorString(error));
  std::exit(1);
}

template <class Kernel>
__global__ __launch_bounds__(Kernel::kThreads,
                             Kernel::kMinBlocks) void kernel_entry(const __grid_constant__ typename Kernel::Params params) {
  extern __shared__ __align__(1024) unsigned char storage[];
  Kernel::run(params, *reinterpret_cast<typename Kernel::SharedStorage*>(storage));
}

template <class Kernel>
struct CudaMachine {
  static int launch(const Params& params, void*) {
    const int bytes = sizeof(typename Kernel::SharedStorage);
    check(cudaFuncSetAttribute(kernel_entry<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes), "shared memory");
    cudaLaunchConfig_t launch{dim3(Kernel::kBlocks), dim3(Kernel::kThreads), static_cast<size_t>(bytes), nullptr, nullptr, 0};
    cudaLaunchAttribute attributes[2];
    launch.attrs = attributes;
    if (Kernel::kCluster > 1) {
      attributes[launch.numAttrs].id = cudaLaunchAttributeClusterDimension;
      attributes[launch.numAttrs++].val.clusterDim = {Kernel::kCluster, 1, 1};
    }
    check(cudaLaunchKernelEx(&launch, kernel_entry<Kernel>, params), "launch");
    if (Kernel::kTwice) {
      attributes[launch.numAttrs].id = cudaLaunchAttributeProgrammaticStreamSerialization;
      attributes[launch.numAttrs++].val.programmaticStreamSerializationAllowed = 1;
      check(cudaLaunchKernelEx(&launch, kernel_entry<Kernel>, params), "dependent launch");
    }
    return static_cast<int>(cudaGetLastError());
  }
};

template <class T>
T* on_device(const std::vector<T>& values) {
  T* data = nullptr;
  check(cudaMalloc(&data, values.size() * sizeof(T)), "memory");
  check(cudaMemcpy(data, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice), "copy");
  return data;
}
template <class T>
void take_back(std::vector<T>& values, T* data) {
  check(cudaMemcpy(values.data(), data, values.size() * sizeof(T), cudaMemcpyDeviceToHost), "copy");
  check(cudaFree(data), "memory");
}

void encode(simt::TensorMap& map, const TensorFacts& tensor, void* base) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found;
  check(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000, cudaEnableDefault, &found), "cuTensorMapEncodeTiled");
  cuuint64_t dim[5], stride[4];
  cuuint32_t box[5], step[5];
  for (int d = 0; d < tensor.rank; ++d) {
    dim[d] = static_cast<cuuint64_t>(tensor.dim[d]), box[d] = static_cast<cuuint32_t>(tensor.box[d]), step[d] = 1;
    if (d > 0) stride[d - 1] = static_cast<cuuint64_t>(tensor.stride[d]);
  }
  static constexpr CUtensorMapDataType kFloats[] = {CU_TENSOR_MAP_DATA_TYPE_FLOAT16, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16,
                                                    CU_TENSOR_MAP_DATA_TYPE_FLOAT32};
  const CUtensorMapDataType type = tensor.number != Number::integer ? kFloats[static_cast<int>(tensor.number) - 1]
                                   : tensor.element_bytes == 1      ? CU_TENSOR_MAP_DATA_TYPE_UINT8
                                   : tensor.element_bytes == 2      ? CU_TENSOR_MAP_DATA_TYPE_UINT16
                                                                    : CU_TENSOR_MAP_DATA_TYPE_UINT32;
  const CUtensorMapSwizzle swizzle = tensor.swizzle_bytes == 128  ? CU_TENSOR_MAP_SWIZZLE_128B
                                     : tensor.swizzle_bytes == 64 ? CU_TENSOR_MAP_SWIZZLE_64B
                                     : tensor.swizzle_bytes == 32 ? CU_TENSOR_MAP_SWIZZLE_32B
                                                                  : CU_TENSOR_MAP_SWIZZLE_NONE;
  const CUresult result = reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(function)(
      reinterpret_cast<CUtensorMap*>(&map), type, static_cast<cuuint32_t>(tensor.rank), base, dim, stride, box, step,
      CU_TENSOR_MAP_INTERLEAVE_NONE, swizzle, CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS)
    std::fprintf(stderr, "contract_record: a tensor map is refused: %d\n", static_cast<int>(result)), std::exit(1);
}

void record(const Case& c, uint32_t seed) {
  std::fflush(stdout);
  alarm(20);  // a case that hangs ends the program; the last line names the one before it
  Images images = drawn(c, seed);
  Params params{on_device(images.registers_in), on_device(images.registers_out), on_device(images.shared_in),
                on_device(images.shared_out),   on_device(images.global),        {}};
  if (c.tensor.rank > 0) encode(params.map, c.tensor, params.global);
  check(static_cast<cudaError_t>(c.launch(params, nullptr)), c.name);
  check(cudaDeviceSynchronize(), c.name);
  take_back(images.registers_out, params.registers_out);
  take_back(images.shared_out, params.shared_out);
  take_back(images.global, params.global);
  check(cudaFree(const_cast<uint32_t*>(params.registers_in)), "memory");
  check(cudaFree(const_cast<uint32_t*>(params.shared_in)), "memory");
  std::printf("%s %u %016" PRIx64 "\n", c.name, seed, digest(c, images));
}

}  // namespace
}  // namespace rapt::contract

int main() {
  using namespace rapt::contract;
  cudaDeviceProp device;
  int driver = 0, devices = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&devices); error != cudaSuccess)
    return std::fprintf(stderr, "contract_record: no device: %s\n", cudaGetErrorString(error)), 3;
  check(cudaGetDeviceProperties(&device, 0), "device");
  check(cudaDriverGetVersion(&driver), "driver");
  if (device.major != 9) return std::fprintf(stderr, "contract_record: %s is no sm_90\n", device.name), 1;
  std::printf("%s, driver %d\n", device.name, driver);
  for (const Case& c : kCases<CudaMachine>)
    for (uint32_t seed : {1u, 2u, 3u}) record(c, seed);
}
