// Where a thread stands, and the barriers of its block. Blocks and the threads in them are counted in one dimension.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace simt {

// mov.u32 d, %tid.x;
SIMT_DEVICE int thread() { return static_cast<int>(threadIdx.x); }
SIMT_DEVICE int lane() { return thread() & 31; }
SIMT_DEVICE int warp() { return thread() >> 5; }
SIMT_DEVICE int warpgroup() { return thread() >> 7; }

// mov.u32 d, %ntid.x;
SIMT_DEVICE int block_threads() { return static_cast<int>(blockDim.x); }

// mov.u32 d, %ctaid.{x,y,z};
SIMT_DEVICE Dim3 block() { return {blockIdx.x, blockIdx.y, blockIdx.z}; }

// mov.u32 d, %nctaid.{x,y,z};
SIMT_DEVICE Dim3 grid() { return {gridDim.x, gridDim.y, gridDim.z}; }

// bar.sync 0;
SIMT_DEVICE void sync_block() { __syncthreads(); }

// bar.sync id, threads;
SIMT_DEVICE void bar_sync(int id, int threads) { asm volatile("bar.sync %0, %1;" : : "r"(id), "r"(threads) : "memory"); }

// bar.arrive id, threads;
SIMT_DEVICE void bar_arrive(int id, int threads) { asm volatile("bar.arrive %0, %1;" : : "r"(id), "r"(threads) : "memory"); }

}  // namespace simt
