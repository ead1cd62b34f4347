// Address spaces, fences, atomics, one kernel each, for the golden lines in tests/golden/ptx/sm_80/memory.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void shared_address(uint32_t* d, void* p) { *d = simt::shared_address(p); }
extern "C" __global__ void global_address(uint64_t* d, void* p) { *d = simt::global_address(p); }
extern "C" __global__ void threadfence_block() { simt::threadfence_block(); }
extern "C" __global__ void threadfence() { simt::threadfence(); }
extern "C" __global__ void atomic_add_f32(float* d, float* p, float v) { *d = simt::atomic_add(p, v); }
extern "C" __global__ void atomic_add_s32(int* d, int* p, int v) { *d = simt::atomic_add(p, v); }
extern "C" __global__ void load_acquire(int* d, const int* p) { *d = simt::load_acquire(p); }
extern "C" __global__ void store_release(int* p, int v) { simt::store_release(p, v); }
extern "C" __global__ void red_release_add(int* p, int v) { simt::red_release_add(p, v); }
