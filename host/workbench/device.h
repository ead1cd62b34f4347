// The CUDA device of this process as benchmarks see it: what it is, and what it can do at best, measured.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <optional>
#include <string>

namespace rapt::workbench {

struct Device {
  std::string name;    // "NVIDIA H100 80GB HBM3"
  std::string driver;  // the newest CUDA that it knows, "13.0"
  int64_t multiprocessors = 0, l2_bytes = 0, memory_bytes = 0;
};
std::optional<Device> device_here();  // none: the build has no CUDA, or the machine no device

// Both 0 where there is no device. Measured once.
double device_copy_gbps();                     // of a copy of 1 GiB within its memory: bytes read and bytes written
double device_product_gflops(rapt_type type);  // of an 8192^3 product of random 16-bit matrices by cuBLAS, f32 sums; 0 without a libcublas

}  // namespace rapt::workbench
