// The device's name and its two ceilings, by CUDA events; and the write that empties L2.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <vector>

#include "workbench/cublas.h"
#include "workbench/cuda_call.h"
#include "workbench/device.h"
#include "workbench/random.h"
#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

constexpr size_t kCopied = size_t{1} << 30;  // bytes
constexpr int64_t kSide = 8192;              // of the matrices
constexpr int kTrials = 20;

template <class Work>
double best_seconds(const Work& work) {
  work();
  double best = 1e30;
  Event begin, end;
  for (int trial = 0; trial < kTrials; ++trial) {
    begin.record();
    work();
    end.record();
    end.wait();
    best = std::min(best, end.since(begin));
  }
  return best;
}

// Products of zeros are faster than those of anything else: a few rows of normal numbers, again and again.
DeviceBytes random_matrix(rapt_type type) {
  constexpr int64_t kDrawn = 64 * kSide;
  std::vector<unsigned char> rows(kDrawn * 2);
  Random random(1);
  for (int64_t i = 0; i < kDrawn; ++i) store(rows.data(), type, i, random.normal());
  DeviceBytes matrix = device_bytes(kSide * kSide * 2);
  for (size_t at = 0; at < kSide * kSide * 2; at += rows.size())
    require(cudaMemcpy(matrix.get() + at, rows.data(), rows.size(), cudaMemcpyHostToDevice), "copying a matrix");
  return matrix;
}

double measure_product(rapt_type type) {
  std::string why_not;
  const std::unique_ptr<Cublas> cublas = find_cublas(why_not);
  if (!cublas) return 0;
  const DeviceBytes a = random_matrix(type), b = random_matrix(type), c = device_bytes(kSide * kSide * 2);
  Product product;
  product.type = type;
  product.rows = product.columns = product.depth = kSide;
  product.a = a.get(), product.b = b.get(), product.c = c.get();
  constexpr double kSideReal = static_cast<double>(kSide);
  return 2 * kSideReal * kSideReal * kSideReal / best_seconds([&] { cublas->multiply(product); }) * 1e-9;
}

}  // namespace

std::optional<Device> device_here() {
  int index = 0, newest = 0;
  cudaDeviceProp properties;
  if (cudaGetDevice(&index) != cudaSuccess || cudaGetDeviceProperties(&properties, index) != cudaSuccess) {
    cudaGetLastError();
    return {};
  }
  require(cudaDriverGetVersion(&newest), "cudaDriverGetVersion");
  return Device{properties.name, fmt::format("{}.{}", newest / 1000, newest % 1000 / 10), properties.multiProcessorCount,
                properties.l2CacheSize, static_cast<int64_t>(properties.totalGlobalMem)};
}

void flush_l2() {
  constexpr size_t kLongEnough = size_t{512} << 20;  // 0.2 ms: longer than the slowest of peers takes to launch
  static const size_t bytes = std::max<size_t>(kLongEnough, 2 * static_cast<size_t>(device_here().value().l2_bytes));
  static const DeviceBytes other = device_bytes(bytes);
  require(cudaMemsetAsync(other.get(), 0, bytes, nullptr), "flushing L2");
}

double device_copy_gbps() {
  static double gbps = 0;
  if (gbps > 0 || !device_here()) return gbps;
  const DeviceBytes from = device_bytes(kCopied), to = device_bytes(kCopied);
  require(cudaMemset(from.get(), 0x5A, kCopied), "cudaMemset");
  const double seconds =
      best_seconds([&] { require(cudaMemcpyAsync(to.get(), from.get(), kCopied, cudaMemcpyDeviceToDevice, nullptr), "a copy"); });
  return gbps = 2 * static_cast<double>(kCopied) / seconds * 1e-9;
}

double device_product_gflops(rapt_type type) {
  static std::map<rapt_type, double> gflops;
  if ((type != RAPT_BF16 && type != RAPT_F16) || !device_here()) return 0;
  const auto known = gflops.find(type);
  return known != gflops.end() ? known->second : gflops[type] = measure_product(type);
}

}  // namespace rapt::workbench
