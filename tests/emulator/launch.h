// Runs a kernel on the emulated machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "simt/types.h"
#include "tests/emulator/memory.h"
#include "tests/emulator/options.h"
#include "tests/emulator/report.h"

namespace emu {

using Body = void (*)(const void* params, void* shared);

struct LaunchShape {
  simt::Dim3 grid, cluster;
  int threads, min_blocks;
  size_t shared_bytes, shared_alignment;
  Body body;
  const void* params;
  size_t params_bytes;
};
struct Supply;  // of blocks, to the OS threads of a launch

Report run(const LaunchShape& shape, const Options& options);

template <class Kernel>
LaunchShape shape_of(simt::Dim3 grid, const typename Kernel::Params& params, simt::Dim3 cluster = {}) {
  using Params = typename Kernel::Params;
  using Storage = typename Kernel::SharedStorage;
  static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= 4096);
  return {grid,
          cluster,
          Kernel::kThreads,
          Kernel::kMinBlocks,
          std::is_empty_v<Storage> ? 0 : sizeof(Storage),
          alignof(Storage),
          [](const void* p, void* shared) { Kernel::run(*static_cast<const Params*>(p), *static_cast<Storage*>(shared)); },
          &params,
          sizeof(Params)};
}

template <class Kernel>
Report launch(simt::Dim3 grid, const typename Kernel::Params& params, const Options& options, simt::Dim3 cluster = {}) {
  return run(shape_of<Kernel>(grid, params, cluster), options);
}

// Programmatic dependent launch: the dependent grid runs up to griddepcontrol.wait while the outputs of its predecessor are poison,
// then the predecessor runs, then the rest. The reports are of the predecessor and of the dependent grid.
struct PairReport {
  Report predecessor, dependent;
  bool clean() const { return predecessor.clean() && dependent.clean(); }
};
PairReport run_dependent(const LaunchShape& predecessor, const LaunchShape& dependent, const std::vector<DeviceMemory*>& outputs,
                         const Options& options);

}  // namespace emu
