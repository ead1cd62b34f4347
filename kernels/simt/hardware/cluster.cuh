// What goes beyond a block: its share of registers, the blocks of its cluster, the grids before and after its own. All sm_90.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace simt {

// setmaxnreg.inc.sync.aligned.u32 n;   by a whole warpgroup; n a multiple of 8 from 24 to 256
template <int kRegisters>
SIMT_DEVICE void setmaxnreg_inc() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" : : "n"(kRegisters));
}

// setmaxnreg.dec.sync.aligned.u32 n;
template <int kRegisters>
SIMT_DEVICE void setmaxnreg_dec() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" : : "n"(kRegisters));
}

// mov.u32 d, %cluster_ctarank;
SIMT_DEVICE int cluster_rank() {
  int d;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(d));
  return d;
}

// mov.u32 d, %cluster_nctarank;
SIMT_DEVICE int cluster_size() {
  int d;
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(d));
  return d;
}

// barrier.cluster.arrive.release.aligned;
SIMT_DEVICE void cluster_arrive() { asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory"); }

// barrier.cluster.wait.acquire.aligned;
SIMT_DEVICE void cluster_wait() { asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory"); }

SIMT_DEVICE void cluster_sync() {
  cluster_arrive();
  cluster_wait();
}

// mapa.shared::cluster.u32 d, shared_address, rank;   the same place in the shared memory of another block
SIMT_DEVICE uint32_t map_to_rank(uint32_t shared_address, int rank) {
  uint32_t d;
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(d) : "r"(shared_address), "r"(rank));
  return d;
}

// ld.shared::cluster.u32 d, [address];   at an address that map_to_rank gave
SIMT_DEVICE uint32_t ld_shared_cluster(uint32_t address) {
  uint32_t d;
  asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(d) : "r"(address) : "memory");
  return d;
}

// st.shared::cluster.u32 [address], value;
SIMT_DEVICE void st_shared_cluster(uint32_t address, uint32_t value) {
  asm volatile("st.shared::cluster.u32 [%0], %1;" : : "r"(address), "r"(value) : "memory");
}

// griddepcontrol.wait;   until the grids before have finished and their writes are visible
SIMT_DEVICE void griddepcontrol_wait() { asm volatile("griddepcontrol.wait;" ::: "memory"); }

// griddepcontrol.launch_dependents;   the grids after may start; says nothing of memory
SIMT_DEVICE void griddepcontrol_launch_dependents() { asm volatile("griddepcontrol.launch_dependents;"); }

}  // namespace simt
