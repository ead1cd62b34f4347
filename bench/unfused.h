// The baseline that every fused kernel has to beat: scores by sgemm, softmax by rows, output by sgemm, with OpenBLAS.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "bench/sampled_error.h"
#include "workbench/case.h"

namespace rapt::bench {

class Unfused {
 public:
  virtual ~Unfused() = default;
  virtual void run() = 0;
  virtual FetchRow rows() const = 0;  // f32
};

enum class UnfusedShape {
  whole,   // all scores of a head at once, masked ones computed too; decode: one matrix-vector product a query head
  blocks,  // 256 query rows at a time and only the keys that any of them sees; decode: the query heads of a key head in one sgemm
};

// Takes the case's values as f32 without gaps, prepared outside the clock: half precision is flattered. nullptr where there is no OpenBLAS
// and for what the baseline does not do: pages, mask, bias, alibi, softcap, sinks.
std::unique_ptr<Unfused> make_unfused(const workbench::Case& data, int threads, UnfusedShape shape);

bool unfused_available();
bool unfused_takes(const workbench::Problem& problem);

// "OpenBLAS 0.3.21 SkylakeX", or why there is none.
std::string unfused_library();

// OpenBLAS picks its kernels when it is loaded: old ones on processors younger than itself, or those that the environment names. If they
// are not for `isa`, this names better ones in the environment and starts the program again. Call it first in main.
void choose_blas_kernels(const std::string& isa, char** argv);

}  // namespace rapt::bench
