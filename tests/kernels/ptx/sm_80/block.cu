// Places and barriers of a block, one kernel each, for the golden lines in tests/golden/ptx/sm_80/block.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void thread(int* d) { *d = simt::thread(); }
extern "C" __global__ void lane(int* d) { *d = simt::lane(); }
extern "C" __global__ void warp(int* d) { *d = simt::warp(); }
extern "C" __global__ void warpgroup(int* d) { *d = simt::warpgroup(); }
extern "C" __global__ void block_threads(int* d) { *d = simt::block_threads(); }
extern "C" __global__ void block(unsigned* d) { d[0] = simt::block().x, d[1] = simt::block().y, d[2] = simt::block().z; }
extern "C" __global__ void grid(unsigned* d) { d[0] = simt::grid().x, d[1] = simt::grid().y, d[2] = simt::grid().z; }
extern "C" __global__ void sync_block() { simt::sync_block(); }
extern "C" __global__ void bar_sync(int id, int threads) { simt::bar_sync(id, threads); }
extern "C" __global__ void bar_arrive(int id, int threads) { simt::bar_arrive(id, threads); }
