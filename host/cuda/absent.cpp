// The CUDA engine of a build without CUDA: it chooses from the same table and explains its choice, but has no device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/variants.h"
#include "cuda/engine.h"
#include "cuda/engine_on.h"

namespace rapt::cuda {
namespace {

template <class Kernel>
struct Nowhere {
  static int launch(const kernels::Launch&) { return 1; }
};

std::span<const kernels::Variant> forward() { return kernels::kForward<Nowhere>; }

const gpu::Device* no_device(int32_t, Text& why_not) {
  why_not.append("not in this build; use engine cpu, or build with -DRAPT_CUDA=ON on a machine with a CUDA toolkit");
  return nullptr;
}

bool no_encode(const gpu::TensorMapRequest&, simt::TensorMap&, Text&) { return false; }
int no_merge(const kernels::Launch&) { return 1; }
void no_words(int, Text&) {}

constexpr gpu::Machine kMachine = {"cuda", forward, no_merge, no_merge, nullptr, no_device, no_encode, no_words};

}  // namespace

const Engine kEngine = gpu::engine_on<kMachine>(RAPT_ENGINE_CUDA);

}  // namespace rapt::cuda
