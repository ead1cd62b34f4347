// The machine itself: every function of the contract in inline PTX, one instruction each. Included by simt.h alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#define SIMT_DEVICE __device__ __forceinline__
#define SIMT_HOST_DEVICE __host__ __device__ __forceinline__
#define SIMT_COLD __device__ __noinline__
#define SIMT_UNROLL _Pragma("unroll")

#include "simt/descriptor.h"
#include "simt/hardware/block.cuh"
#include "simt/hardware/bulk.cuh"
#include "simt/hardware/cluster.cuh"
#include "simt/hardware/cp_async.cuh"
#include "simt/hardware/ldmatrix.cuh"
#include "simt/hardware/mbarrier.cuh"
#include "simt/hardware/memory.cuh"
#include "simt/hardware/mma.cuh"
#include "simt/hardware/scalar.cuh"
#include "simt/hardware/warp.cuh"
#include "simt/hardware/wgmma.cuh"
#include "simt/types.h"
