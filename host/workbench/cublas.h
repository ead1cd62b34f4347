// The one product of cuBLAS that benchmarks want, from a libcublas that is looked for when the first is asked for: nothing links it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <memory>
#include <string>

namespace rapt::workbench {

// C = alpha A B, or alpha A B^T, `count` times at strides (elements): row-major matrices of 16 bits, sums in f32.
struct Product {
  rapt_type type = RAPT_BF16;
  int64_t rows = 0, columns = 0, depth = 0, count = 1;
  bool transposed = false;  // B is stored [columns, depth]
  float alpha = 1;
  const void *a = nullptr, *b = nullptr;
  void* c = nullptr;
  int64_t a_stride = 0, b_stride = 0, c_stride = 0;
  int64_t c_row = 0;  // elements from row to row of C; 0: columns
  int64_t a_row = 0;  // likewise of A; 0: depth
};

class Cublas {
 public:
  virtual ~Cublas() = default;
  virtual void multiply(const Product& product) = 0;  // launches on the default stream; throws std::runtime_error
  virtual std::string version() const = 0;            // "cuBLAS 13.1.0"
};

// nullptr where there is no libcublas or no device; then `why_not` says what was looked for.
std::unique_ptr<Cublas> find_cublas(std::string& why_not);

}  // namespace rapt::workbench
