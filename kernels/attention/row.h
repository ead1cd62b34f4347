// One row of a table of kernels: a kernel's facts, and how the table's machine launches it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/variant.h"

namespace rapt::kernels {

template <class T>
constexpr ElementType kElementType = ElementType::bf16;
template <>
inline constexpr ElementType kElementType<simt::f16> = ElementType::f16;
template <>
inline constexpr ElementType kElementType<float> = ElementType::f32;

// Machine<Kernel>::launch(const Launch&) runs Kernel::run on a grid.
template <template <class> class Machine, class Kernel>
constexpr Variant row(const char* name, int registers = 0) {
  return {name,
          Kernel::kArchitecture,
          kElementType<typename Kernel::T>,
          Kernel::kHeadDim,
          Kernel::kHeadDimV,
          Kernel::kTileQ,
          Kernel::kTileKv,
          Kernel::kTilesInFlight,
          Kernel::kThreads,
          static_cast<int>(sizeof(typename Kernel::SharedStorage)),
          registers,
          Kernel::kWindow,
          Kernel::kPacks,
          Kernel::kSoftcap,
          Kernel::kWhole,
          &Machine<Kernel>::launch};
}

}  // namespace rapt::kernels
