// A machine is what runs the kernel table: CUDA devices, or the emulator. The engine knows devices through this alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "attention/variant.h"
#include "cuda/tma.h"
#include "engine/engine.h"

namespace rapt::gpu {

// The device that the calling thread would launch on.
struct Device {
  char name[64];         // "NVIDIA H100 80GB HBM3"
  int32_t index;         // CUDA's
  int32_t architecture;  // 10 * major + minor: 80, 86, 90
  int32_t multiprocessors;
  int64_t shared_per_block;  // bytes that a block may ask for
};

struct Machine {
  const char* name;                                 // of the engine: "cuda"
  std::span<const kernels::Variant> (*forward)();   // the table's rows on this machine, best first
  int (*merge)(const kernels::Launch& call);        // of the partial results of splits: kernels::Merge
  int (*merge_parts)(const kernels::Launch& call);  // of those that are given: kernels::MergeParts
  bool (*has_memory)(const void* pointer);          // is it memory of the machine's? nullptr: it has none
  // nullptr, with a sentence, where there is none. architecture: that of the request; an emulated device takes it on.
  const Device* (*device)(int32_t architecture, Text& why_not);
  bool (*encode)(const TensorMapRequest& request, simt::TensorMap& map, Text& fault);
  void (*put_in_words)(int error, Text& fault);  // what Variant::launch answered
};

}  // namespace rapt::gpu
