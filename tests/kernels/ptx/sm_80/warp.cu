// Warp functions, one kernel each, for the golden lines in tests/golden/ptx/sm_80/warp.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void shfl_xor_f32(float* d, float v, int mask) { *d = simt::shfl_xor(v, mask); }
extern "C" __global__ void shfl_xor_s32(int* d, int v, int mask) { *d = simt::shfl_xor(v, mask); }
extern "C" __global__ void shfl_xor_u32(uint32_t* d, uint32_t v, int mask) { *d = simt::shfl_xor(v, mask); }
extern "C" __global__ void shfl_f32(float* d, float v, int src_lane) { *d = simt::shfl(v, src_lane); }
extern "C" __global__ void shfl_s32(int* d, int v, int src_lane) { *d = simt::shfl(v, src_lane); }
extern "C" __global__ void shfl_u32(uint32_t* d, uint32_t v, int src_lane) { *d = simt::shfl(v, src_lane); }
extern "C" __global__ void shfl_up_f32(float* d, float v, int delta) { *d = simt::shfl_up(v, delta); }
extern "C" __global__ void shfl_up_s32(int* d, int v, int delta) { *d = simt::shfl_up(v, delta); }
extern "C" __global__ void shfl_up_u32(uint32_t* d, uint32_t v, int delta) { *d = simt::shfl_up(v, delta); }
extern "C" __global__ void shfl_down_f32(float* d, float v, int delta) { *d = simt::shfl_down(v, delta); }
extern "C" __global__ void shfl_down_s32(int* d, int v, int delta) { *d = simt::shfl_down(v, delta); }
extern "C" __global__ void shfl_down_u32(uint32_t* d, uint32_t v, int delta) { *d = simt::shfl_down(v, delta); }
extern "C" __global__ void any(int* d, int p) { *d = simt::any(p != 0); }
extern "C" __global__ void all(int* d, int p) { *d = simt::all(p != 0); }
extern "C" __global__ void ballot(uint32_t* d, int p) { *d = simt::ballot(p != 0); }
extern "C" __global__ void sync_warp() { simt::sync_warp(); }
extern "C" __global__ void uniform(int* d, int v) { *d = simt::uniform(v); }
