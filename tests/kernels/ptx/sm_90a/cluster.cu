// Registers, clusters, grids, and what else sm_90 adds, one kernel each, for the golden lines in tests/golden/ptx/sm_90a/cluster.txt.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "simt/simt.h"

extern "C" __global__ void elect(int* d) { *d = simt::elect(); }
extern "C" __global__ void fence_proxy_async() { simt::fence_proxy_async(); }
extern "C" __global__ void cluster_rank(int* d) { *d = simt::cluster_rank(); }
extern "C" __global__ void cluster_size(int* d) { *d = simt::cluster_size(); }
extern "C" __global__ void cluster_arrive() { simt::cluster_arrive(); }
extern "C" __global__ void cluster_wait() { simt::cluster_wait(); }
extern "C" __global__ void cluster_sync() { simt::cluster_sync(); }
extern "C" __global__ void map_to_rank(uint32_t* d, uint32_t address, int rank) { *d = simt::map_to_rank(address, rank); }
extern "C" __global__ void ld_shared_cluster(uint32_t* d, uint32_t address) { *d = simt::ld_shared_cluster(address); }
extern "C" __global__ void st_shared_cluster(uint32_t address, uint32_t value) { simt::st_shared_cluster(address, value); }
extern "C" __global__ void griddepcontrol_wait() { simt::griddepcontrol_wait(); }
extern "C" __global__ void griddepcontrol_launch_dependents() { simt::griddepcontrol_launch_dependents(); }
extern "C" __global__ void __launch_bounds__(128, 1) setmaxnreg_inc() { simt::setmaxnreg_inc<240>(); }
extern "C" __global__ void __launch_bounds__(128, 1) setmaxnreg_dec() { simt::setmaxnreg_dec<24>(); }
