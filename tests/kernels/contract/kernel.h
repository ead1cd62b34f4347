// Conformance kernels: registers, a shared image and a global image in; one instruction; the same out. The source is the same for the
// emulated machine and for hardware, and so are the inputs, which come from a seed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/simt.h"

namespace rapt::contract {

struct Params {
  const uint32_t* registers_in;  // [blocks][threads][Case::kIn]
  uint32_t* registers_out;       // [blocks][threads][Case::kOut]
  const uint32_t* shared_in;     // [blocks][Case::kSharedWords]
  uint32_t* shared_out;
  uint8_t* global;  // [Case::kGlobalBytes]
  simt::TensorMap map;
};

template <int kWords>
struct Storage {
  alignas(1024) uint32_t image[kWords];
  simt::Mbarrier barrier;
};

// What most cases are: a warp, some registers, no memory. A case adds kName and run(p, smem, in, out).
template <int kInRegisters, int kOutRegisters, int kWords = 4>
struct WarpCase {
  static constexpr int kThreads = 32, kAccumulators = 0, kIn = kInRegisters, kOut = kOutRegisters, kSharedWords = kWords,
                       kGlobalBytes = 256;
  using Smem = Storage<kWords>;
};

// What a case says only where it differs: blocks of the grid and of a cluster, launches in a row, blocks of an SM.
template <class Case>
constexpr int blocks_of() {
  if constexpr (requires { Case::kBlocks; }) return Case::kBlocks;
  return 1;
}
template <class Case>
constexpr int cluster_of() {
  if constexpr (requires { Case::kCluster; }) return Case::kCluster;
  return 1;
}
template <class Case>
constexpr bool twice() {
  return requires { Case::kTwice; };
}
template <class Case>
constexpr int min_blocks_of() {
  if constexpr (requires { Case::kMinBlocks; }) return Case::kMinBlocks;
  return 1;
}

template <class Case>
struct Kernel {
  using Params = contract::Params;
  using SharedStorage = typename Case::Smem;
  static constexpr int kThreads = Case::kThreads, kMinBlocks = min_blocks_of<Case>();
  static constexpr int kBlocks = blocks_of<Case>(), kCluster = cluster_of<Case>();
  static constexpr bool kTwice = twice<Case>();

  static SIMT_DEVICE void run(const Params& p, SharedStorage& smem) {
    const int block = static_cast<int>(simt::block().x), t = block * kThreads + simt::thread(), word0 = block * Case::kSharedWords;
    for (int i = simt::thread(); i < Case::kSharedWords; i += kThreads) smem.image[i] = p.shared_in[word0 + i];
    uint32_t in[Case::kIn], out[Case::kOut];
    SIMT_UNROLL for (int i = 0; i < Case::kIn; ++i) in[i] = p.registers_in[t * Case::kIn + i];
    SIMT_UNROLL for (int i = 0; i < Case::kOut; ++i) out[i] = 0;
    simt::sync_block();
    Case::run(p, smem, in, out);
    simt::sync_block();
    SIMT_UNROLL for (int i = 0; i < Case::kOut; ++i) p.registers_out[t * Case::kOut + i] = out[i];
    for (int i = simt::thread(); i < Case::kSharedWords; i += kThreads) p.shared_out[word0 + i] = smem.image[i];
  }
};

}  // namespace rapt::contract
