// Bugs of copies: operands that are not legal, sources given away too early, exits too early.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"

namespace emu {
namespace {

using simt::lane;
using simt::thread;

void begin(Scratch& m) {
  if (thread() == 0) {
    simt::mbarrier_init(m.barrier[0], 1);
    simt::fence_mbarrier_init();
  }
  simt::sync_block();
}
void end_stores() {
  simt::bulk_commit_group();
  simt::bulk_wait_group<0>();
}

void run_of_eight_bytes(const Inputs& p, Scratch& m) {
  begin(m);
  if (thread() != 0) return;
  const uint32_t bytes = p.bug ? 8 : 16;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], bytes);
  simt::bulk_load(m.tile, p.in, bytes, m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}
void empty_run(const Inputs& p, Scratch& m) {
  for (int i = 0; i < 4; ++i) m.tile[4 * lane() + i] = 0;
  simt::fence_proxy_async();
  simt::sync_warp();
  if (lane() == 0) {
    simt::bulk_store(p.out, m.tile, p.bug ? 0 : 512);
    end_stores();
  }
}
void run_off_its_alignment(const Inputs& p, Scratch& m) {
  begin(m);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 16);
  simt::bulk_load(m.tile, p.in + (p.bug ? 2 : 4), 16, m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}
void run_past_a_buffer(const Inputs& p, Scratch& m) {
  begin(m);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 32);
  simt::bulk_load(m.tile, p.in + kWords - (p.bug ? 4 : 8), 32, m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}

// Loads a box of 1024 bytes and waits for it.
void load_box(const simt::TensorMap* map, Scratch& m, void* to, const Coordinates& at) {
  begin(m);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 1024);
  emu::tma_load(to, map, m.barrier, at, 0, false, SIMT_SITE);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}
void no_map(const Inputs& p, Scratch& m) {
  const simt::TensorMap nothing{};
  load_box(p.bug ? &nothing : &p.map, m, m.tile, {2, {0, 0}});
}
void map_off_its_alignment(const Inputs& p, Scratch& m) {
  struct alignas(64) Room {
    unsigned char bytes[256];
  } room = {};
  for (size_t i = 0; i < sizeof p.map; ++i) room.bytes[i + 32] = reinterpret_cast<const unsigned char*>(&p.map)[i];
  load_box(p.bug ? reinterpret_cast<const simt::TensorMap*>(room.bytes + 32) : &p.map, m, m.tile, {2, {0, 0}});
}
void three_coordinates(const Inputs& p, Scratch& m) { load_box(&p.map, m, m.tile, {p.bug ? 3 : 2, {0, 0, 0}}); }
void box_off_its_alignment(const Inputs& p, Scratch& m) { load_box(&p.map, m, m.tile + (p.bug ? 16 : 32), {2, {0, 0}}); }
void box_past_shared_memory(const Inputs& p, Scratch& m) { load_box(&p.map, m, m.tile + (p.bug ? 1920 : 1792), {2, {0, 0}}); }
void tensor_past_its_buffer(const Inputs& p, Scratch& m) { load_box(p.bug ? &p.beyond : &p.map, m, m.tile, {2, {0, 508}}); }
void prefetch_of_nothing(const Inputs& p, Scratch&) {
  const simt::TensorMap nothing{};
  if (thread() == 0) simt::prefetch_tensor_map(p.bug ? nothing : p.map);
}

// A row goes out twice; the second time with new contents.
void source_reused(const Inputs& p, Scratch& m) {
  for (uint32_t turn = 0; turn < 2; ++turn) {
    m.tile[lane()] = turn;
    simt::fence_proxy_async();
    simt::sync_warp();
    if (lane() == 0) {
      simt::bulk_store(p.out + 32 * turn, m.tile, 128);
      simt::bulk_commit_group();
      if (!p.bug) simt::bulk_wait_group_read<0>();
    }
    simt::sync_warp();
  }
  if (lane() == 0) simt::bulk_wait_group<0>();
}
// The bytes have left shared memory, but nobody has waited until they arrived.
void read_back_too_early(const Inputs& p, Scratch& m) {
  m.tile[lane()] = 3;
  simt::fence_proxy_async();
  simt::sync_warp();
  if (lane() != 0) return;
  simt::bulk_store(p.out, m.tile, 128);
  simt::bulk_commit_group();
  p.bug ? simt::bulk_wait_group_read<0>() : simt::bulk_wait_group<0>();
  p.out[64] = p.out[5];
  simt::bulk_wait_group<0>();
}

void leaves_a_cp_async(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.in, true);
  if (!p.bug) simt::cp_async_wait_all();
}
void leaves_a_load(const Inputs& p, Scratch& m) {
  begin(m);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 64);
  simt::bulk_load(m.tile, p.in, 64, m.barrier[0]);
  if (!p.bug) simt::mbarrier_wait_parity(m.barrier[0], 0);
}
void leaves_a_store(const Inputs& p, Scratch& m) {
  m.tile[lane()] = 3;
  simt::fence_proxy_async();
  simt::sync_warp();
  if (lane() != 0) return;
  simt::bulk_store(p.out, m.tile, 128);
  simt::bulk_commit_group();
  if (!p.bug) simt::bulk_wait_group_read<0>();
}
void waits_for_another_group(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.in + 4 * lane(), true);
  simt::cp_async_commit_group();
  simt::cp_async_16(m.tile + 128 + 4 * lane(), p.in + 4 * lane(), true);
  simt::cp_async_commit_group();
  simt::cp_async_wait_group<1>();
  p.out[lane()] = m.tile[4 * lane() + (p.bug ? 128 : 0)];
  simt::cp_async_wait_group<0>();
}
void anothers_copy(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.in + 4 * lane(), true);
  simt::cp_async_wait_all();
  if (!p.bug) simt::sync_warp();
  uint32_t r[4];
  simt::ldmatrix_x4(r, m.tile + 4 * (31 - lane()));
}

}  // namespace

std::vector<Planted> planted_in_copies() {
  return {
      Plant<run_of_eight_bytes>::in("ARunOfEightBytes", Kind::bulk, "8 bytes: a positive multiple of 16"),
      Plant<empty_run>::in("AnEmptyRun", Kind::bulk, "0 bytes: a positive multiple of 16"),
      Plant<run_off_its_alignment>::in("ARunOffItsAlignment", Kind::misaligned, "must be a multiple of 16"),
      Plant<run_past_a_buffer>::in("ARunPastABuffer", Kind::out_of_bounds, "on in + 65520 (32 bytes)"),
      Plant<no_map>::in("NoTensorMap", Kind::tensor_map, "these bytes are no tensor map"),
      Plant<map_off_its_alignment>::in("ATensorMapOffItsAlignment", Kind::tensor_map, "not 64-byte aligned"),
      Plant<three_coordinates>::in("ThreeCoordinatesForTwo", Kind::tensor_map, "a map of rank 2 with 3 coordinates"),
      Plant<prefetch_of_nothing>::in("APrefetchOfNoMap", Kind::tensor_map, "these bytes are no tensor map"),
      Plant<box_off_its_alignment>::in("ABoxOffItsAlignment", Kind::misaligned, "aligned to 128 bytes"),
      Plant<box_past_shared_memory>::in("ABoxPastSharedMemory", Kind::out_of_bounds, "on shared + 8704 (1024 bytes)"),
      Plant<tensor_past_its_buffer>::in("ATensorPastItsBuffer", Kind::out_of_bounds, "on in + 65536 (16 bytes)"),
      plain(Plant<source_reused>::in("ASourceGivenAwayTooEarly", Kind::race, "the earlier read may still be going on")),
      plain(Plant<read_back_too_early>::in("AStoreReadBackTooEarly", Kind::race, "the data may not have arrived")),
      Plant<leaves_a_cp_async>::in("LeavesACpAsync", Kind::unfinished, "1 cp.async copies not waited for"),
      sometimes(Plant<leaves_a_load>::in("LeavesALoad", Kind::unfinished, "while this copy into its shared memory is in flight")),
      Plant<leaves_a_store>::in("LeavesAStore", Kind::unfinished, "may still read shared memory"),
      plain(Plant<waits_for_another_group>::in("WaitsForAnotherGroup", Kind::race, "the data may not have arrived")),
      Plant<anothers_copy>::in("AnothersCopy", Kind::race, "against the earlier write, cp.async"),
  };
}

}  // namespace emu
