// A compiled kernel as the host sees it: what it takes, what it needs, how it is launched. No kernel code behind this header.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace rapt::kernels {

enum class ElementType { bf16, f16, f32 };

struct Launch {
  const void* params;  // the kernel's Params
  simt::Dim3 grid;
  void* context;  // the machine's own: a stream, or how to emulate
};

struct Variant {
  const char* name;
  int architecture;                   // 80: any GPU from sm_80 on; 90: sm_90a alone
  ElementType type;                   // of q, k, v; o may be f32 too
  int head_dim, head_dim_v;           // the largest it takes; smaller ones are padded within the tile
  int tile_q, tile_kv;                // rows, keys
  int stages;                         // tiles of keys in flight or in use, K and V counted apart
  int threads;                        // of a block
  int shared_bytes;                   // of a block, dynamic
  int registers;                      // of a thread: what ptxas of CUDA 13.0 says for the row's own architecture; 0: not looked up yet
  bool window;                        // takes windows that begin
  bool packs;                         // heads of a group may share tiles of queries
  bool softcap;                       // caps every score: it is for softcap alone
  bool whole;                         // takes every feature; the others causal and full attention over keys that follow one another
  int (*launch)(const Launch& call);  // 0, or the machine's error number
};

}  // namespace rapt::kernels
