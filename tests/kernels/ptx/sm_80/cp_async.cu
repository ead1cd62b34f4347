// Asynchronous copies, one kernel each, for the golden lines in tests/golden/ptx/sm_80/cp_async.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

using simt::Mbarrier;

extern "C" __global__ void cp_async_16(void* dst, const void* src, int valid) { simt::cp_async_16(dst, src, valid != 0); }
extern "C" __global__ void cp_async_8(void* dst, const void* src, int valid) { simt::cp_async_8(dst, src, valid != 0); }
extern "C" __global__ void cp_async_4(void* dst, const void* src, int valid) { simt::cp_async_4(dst, src, valid != 0); }
extern "C" __global__ void cp_async_commit_group() { simt::cp_async_commit_group(); }
extern "C" __global__ void cp_async_wait_group() { simt::cp_async_wait_group<3>(); }
extern "C" __global__ void cp_async_wait_all() { simt::cp_async_wait_all(); }
extern "C" __global__ void cp_async_mbarrier_arrive_noinc(Mbarrier* mbar) { simt::cp_async_mbarrier_arrive_noinc(*mbar); }
