// What the emulated provider asks of the emulator (tests/emulator). A kernel never calls these.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/site.h"

namespace emu {

// who am I
int thread();
int lane();
int warp();
int block_threads();
int cluster_rank();
int cluster_size();
simt::Dim3 block();
simt::Dim3 grid();

// conversions with a rounding of their own
float f16_to_float(uint16_t bits);
uint16_t float_to_f16(float value);  // to nearest even
float e4m3_to_float(uint8_t bits);
uint8_t float_to_e4m3(float value);   // to nearest even, saturating to +-448
uint32_t float_to_tf32(float value);  // to nearest, ties away: cvt.rna

// warp collectives, all lanes
enum class Shuffle { index, up, down, butterfly };
enum class Vote { any, all, ballot };
uint32_t shuffle(Shuffle mode, uint32_t value, int argument, Site site);
uint32_t vote(Vote mode, bool predicate, Site site);
bool elect(Site site);
void sync_warp(Site site);
void ldmatrix(uint32_t* r, const void* row, int matrices, bool transposed, Site site);
void stmatrix(void* row, const uint32_t* r, int matrices, bool transposed, Site site);
uint32_t movmatrix(uint32_t a, Site site);
enum class Mma { bf16_k16, f16_k16, tf32_k8, e4m3_k32, s8_k32 };
void mma(Mma shape, void* d, const uint32_t* a, uint32_t b0, uint32_t b1, Site site);

// block
void sync_block(Site site);
void named_barrier(int id, int threads, bool wait, Site site);
uint32_t shared_address(const void* p, Site site);
void setmaxnreg(int registers, bool increase, Site site);

// cp.async
void cp_async(void* dst, const void* src, int bytes, bool valid, Site site);
void cp_async_commit_group(Site site);
void cp_async_wait_group(int pending, Site site);
void cp_async_wait_all(Site site);
void cp_async_mbarrier_arrive_noinc(simt::Mbarrier* barrier, Site site);

// mbarrier
void mbarrier_init(simt::Mbarrier* barrier, uint32_t count, Site site);
void mbarrier_inval(simt::Mbarrier* barrier, Site site);
void fence_mbarrier_init(Site site);
void mbarrier_arrive(simt::Mbarrier* barrier, uint32_t count, Site site);
void mbarrier_arrive_cluster(simt::Mbarrier* barrier, int rank, Site site);
void mbarrier_expect_tx(simt::Mbarrier* barrier, uint32_t bytes, bool arrive, Site site);
enum class Wait { test, once, loop };
bool mbarrier_wait_parity(simt::Mbarrier* barrier, uint32_t parity, Wait how, Site site);

// fences
void fence_proxy_async(Site site);
void fence_generic(bool device, Site site);

// bulk copies and tensor copies
struct Coordinates {
  int rank;
  int c[5];
};
void tma_load(void* dst, const simt::TensorMap* map, simt::Mbarrier* barrier, const Coordinates& at, uint16_t cta_mask, bool multicast,
              Site site);
enum class Store { copy, add };
void tma_store(const simt::TensorMap* map, const void* src, const Coordinates& at, Store how, Site site);
void prefetch_tensor_map(const simt::TensorMap* map, Site site);
void bulk_load(void* dst, const void* src, uint32_t bytes, simt::Mbarrier* barrier, Site site);
void bulk_store(void* dst, const void* src, uint32_t bytes, Store how, Site site);
void bulk_commit_group(Site site);
void bulk_wait_group(int pending, bool read_only, Site site);

// wgmma
enum class Wgmma { bf16, f16, e4m3 };
struct WgmmaOperands {
  float* d;
  const uint32_t* a;  // null: a_desc
  uint64_t a_desc, b_desc;
  int n;
  Wgmma type;
  bool transpose_b, accumulate;
};
void wgmma_fence(Site site);
void wgmma_commit_group(Site site);
void wgmma_wait_group(int pending, Site site);
void wgmma(const WgmmaOperands& operands, Site site);

// clusters, grids
void cluster_arrive(Site site);
void cluster_wait(Site site);
uint32_t map_to_rank(uint32_t address, int rank, Site site);
uint32_t load_shared_cluster(uint32_t address, Site site);
void store_shared_cluster(uint32_t address, uint32_t value, Site site);
void griddepcontrol_wait(Site site);
void griddepcontrol_launch_dependents(Site site);

// atomics and ordered accesses of global memory, device scope
float atomic_add(float* p, float value, Site site);
int atomic_add(int* p, int value, Site site);
int load_acquire(const int* p, Site site);
void store_release(int* p, int value, Site site);
void red_release_add(int* p, int value, Site site);

}  // namespace emu
