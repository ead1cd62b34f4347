// libcublas by dlopen, its few functions declared here: a machine that builds needs no headers of it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/cublas.h"

#include <dlfcn.h>
#include <library_types.h>

#include "workbench/cuda_call.h"

namespace rapt::workbench {
namespace {

// From cublas_api.h, whose values are part of its ABI.
constexpr int kPlain = 0, kTransposed = 1, kSumsInF32 = 68, kDefaultAlgorithm = -1, kMajor = 0, kMinor = 1, kPatch = 2;
constexpr const char* kNames[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so"};

using Handle = void*;
using Create = int (*)(Handle*);
using Destroy = int (*)(Handle);
using GetProperty = int (*)(int, int*);
using Gemm = int (*)(Handle, int, int, int, int, int, const void*, const void*, cudaDataType, int, long long, const void*, cudaDataType,
                     int, long long, const void*, void*, cudaDataType, int, long long, int, int, int);

class Loaded : public Cublas {
 public:
  Loaded(void* library) {
    find(library, "cublasCreate_v2", create_);
    find(library, "cublasDestroy_v2", destroy_);
    find(library, "cublasGetProperty", get_property_);
    find(library, "cublasGemmStridedBatchedEx", gemm_);
    check(create_(&handle_), "cublasCreate");
  }
  ~Loaded() override { destroy_(handle_); }

  // cuBLAS thinks in columns: C^T = B^T A^T is the same memory.
  void multiply(const Product& p) override {
    const float beta = 0;
    const cudaDataType type = p.type == RAPT_BF16 ? CUDA_R_16BF : CUDA_R_16F;
    const int64_t b_row = p.transposed ? p.depth : p.columns, a_row = p.a_row != 0 ? p.a_row : p.depth,
                  c_row = p.c_row != 0 ? p.c_row : p.columns;
    check(
        gemm_(handle_, p.transposed ? kTransposed : kPlain, kPlain, static_cast<int>(p.columns), static_cast<int>(p.rows),
              static_cast<int>(p.depth), &p.alpha, p.b, type, static_cast<int>(b_row), p.b_stride, p.a, type, static_cast<int>(a_row),
              p.a_stride, &beta, p.c, type, static_cast<int>(c_row), p.c_stride, static_cast<int>(p.count), kSumsInF32, kDefaultAlgorithm),
        "cublasGemmStridedBatchedEx");
  }

  std::string version() const override {
    int major = 0, minor = 0, patch = 0;
    get_property_(kMajor, &major), get_property_(kMinor, &minor), get_property_(kPatch, &patch);
    return fmt::format("cuBLAS {}.{}.{}", major, minor, patch);
  }

 private:
  template <class Function>
  static void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) throw std::runtime_error(fmt::format("this libcublas has no {}", name));
  }
  static void check(int status, const char* call) {
    if (status != 0) throw std::runtime_error(fmt::format("{} answers {}", call, status));
  }

  Create create_ = nullptr;
  Destroy destroy_ = nullptr;
  GetProperty get_property_ = nullptr;
  Gemm gemm_ = nullptr;
  Handle handle_ = nullptr;
};

}  // namespace

std::unique_ptr<Cublas> find_cublas(std::string& why_not) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    cudaGetLastError();
    why_not = "no device";
    return nullptr;
  }
  for (const char* name : kNames) {
    void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    try {
      return std::make_unique<Loaded>(library);
    } catch (const std::runtime_error& error) {
      why_not = error.what();
      return nullptr;
    }
  }
  why_not = "no libcublas.so.13 or .12: add its folder to LD_LIBRARY_PATH";
  return nullptr;
}

}  // namespace rapt::workbench
