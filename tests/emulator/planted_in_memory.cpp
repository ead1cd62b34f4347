// Bugs of single accesses: order, bounds, alignment, initialisation.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

using simt::lane;
using simt::thread;

uint32_t host_word;
constexpr size_t kToPeer = (sizeof(Scratch) + 8191) / 4096 * 4096;  // from a block's shared memory to the next one's

void reads_its_neighbours_word(const Inputs& p, Scratch& m) {  // 64 threads
  m.word[thread()] = 0;
  simt::sync_block();
  m.word[thread()] = 1;
  if (!p.bug) simt::sync_block();
  p.out[thread()] = m.word[thread() ^ 32];
}
void two_blocks_write_a_word(const Inputs& p, Scratch&) {
  if (thread() == 0) p.out[p.bug ? 0 : simt::block().x] = simt::block().x;
}
void no_proxy_fence(const Inputs& p, Scratch& m) {
  m.tile[lane()] = 1;
  if (!p.bug) simt::fence_proxy_async();
  simt::sync_warp();
  if (lane() == 0) {
    simt::bulk_store(p.out, m.tile, 128);
    simt::bulk_commit_group();
    simt::bulk_wait_group<0>();
  }
}

void reads_an_unwritten_word(const Inputs& p, Scratch& m) {
  if (!p.bug || lane() != 5) m.word[lane()] = 1;
  p.out[lane()] = m.word[lane()];
}
void copies_unwritten_words(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), (p.bug ? p.unwritten : p.in) + 4 * lane(), true);
  simt::cp_async_wait_all();
}
void multiplies_unwritten_rows(const Inputs& p, Scratch& m) {
  if (!p.bug || lane() != 5)
    for (int i = 0; i < 4; ++i) m.tile[4 * lane() + i] = 0;
  simt::sync_warp();
  uint32_t r[4];
  simt::ldmatrix_x4(r, m.tile + 4 * lane());
}

void stores_to_the_host(const Inputs& p, Scratch&) {
  if (thread() == 0) *(p.bug ? &host_word : p.out) = 1;
}
void loads_before_a_buffer(const Inputs& p, Scratch&) { p.out[lane()] = p.in[lane() - (p.bug ? 1 : 0)]; }
void stores_past_shared_memory(const Inputs& p, Scratch& m) { (p.bug ? reinterpret_cast<uint32_t*>(&m + 1) : m.word)[lane()] = 1; }
void matrix_row_past_shared_memory(const Inputs& p, Scratch& m) {
  uint32_t* row = p.bug && lane() == 31 ? reinterpret_cast<uint32_t*>(&m + 1) - 2 : m.tile + 4 * lane();
  const uint32_t r[4] = {};
  simt::stmatrix_x4(row, r);
}
void matrix_row_in_global_memory(const Inputs& p, Scratch& m) {
  const uint32_t r[4] = {};
  simt::stmatrix_x4(p.bug ? p.out + 4 * lane() : m.tile + 4 * lane(), r);
}
void copy_from_shared_memory(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.bug ? m.tile + 1024 : p.in, true);
  simt::cp_async_wait_all();
}
void copy_past_a_buffer(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.in + kWords - (p.bug ? 0 : 4), true);
  simt::cp_async_wait_all();
}
void atomic_in_shared_memory(const Inputs& p, Scratch& m) { simt::atomic_add(p.bug ? reinterpret_cast<int*>(m.word) : p.counter, 1); }
void address_of_global_memory(const Inputs& p, Scratch& m) { simt::shared_address(p.bug ? p.in : m.tile); }
void word_of_the_peer(const Inputs& p, Scratch& m) {  // a cluster of two
  simt::cluster_sync();
  auto* mine = reinterpret_cast<unsigned char*>(&m);
  const uint32_t r[1] = {0};
  if (simt::cluster_rank() == 0) simt::stmatrix_x1(mine + (p.bug ? kToPeer : 0) + 16 * (lane() % 8), r);
  simt::cluster_sync();
}
void plain_word_of_the_peer(const Inputs& p, Scratch& m) {  // a cluster of two
  simt::cluster_sync();
  if (simt::cluster_rank() == 0 && lane() == 0)
    *reinterpret_cast<uint32_t*>(reinterpret_cast<unsigned char*>(m.word) + (p.bug ? kToPeer : 0)) = 1;
  simt::cluster_sync();
}

void matrix_row_of_eight_bytes(const Inputs& p, Scratch& m) {
  const uint32_t r[1] = {0};
  simt::stmatrix_x1(m.tile + 4 * (lane() % 8) + (p.bug ? 2 : 0), r);
}
void copy_from_eight_bytes(const Inputs& p, Scratch& m) {
  simt::cp_async_16(m.tile + 4 * lane(), p.in + 4 * lane() + (p.bug ? 2 : 0), true);
  simt::cp_async_wait_all();
}

}  // namespace

bool plain_accesses_seen() { return kPlainAccessesSeen; }

std::vector<Planted> planted_in_memory() {
  return {
      plain(Plant<reads_its_neighbours_word, 64>::in("ANeighboursWord", Kind::race, "nothing orders one after the other")),
      plain(Plant<two_blocks_write_a_word>::in("TwoBlocksWriteAWord", Kind::race, "nothing orders", {2, 1, 1})),
      plain(Plant<no_proxy_fence>::in("NoProxyFence", Kind::proxy, "fence.proxy.async is missing")),
      plain(Plant<reads_an_unwritten_word>::in("AnUnwrittenWord", Kind::uninitialised, "nobody has written these bytes")),
      Plant<copies_unwritten_words>::in("ACopyOfUnwrittenWords", Kind::uninitialised, "on unwritten"),
      plain(Plant<multiplies_unwritten_rows>::in("AMatrixOfUnwrittenRows", Kind::uninitialised, "on shared + 1104 (16 bytes)")),
      plain(Plant<stores_to_the_host>::in("AStoreToTheHost", Kind::out_of_bounds, "neither shared nor registered")),
      plain(Plant<loads_before_a_buffer>::in("ALoadBeforeABuffer", Kind::out_of_bounds, "on in + -4 (4 bytes)")),
      plain(Plant<stores_past_shared_memory>::in("AStorePastSharedMemory", Kind::out_of_bounds, "on shared")),
      Plant<matrix_row_past_shared_memory>::in("AMatrixRowPastSharedMemory", Kind::out_of_bounds, "on shared"),
      Plant<matrix_row_in_global_memory>::in("AMatrixRowInGlobalMemory", Kind::out_of_bounds, "not in this block's shared memory"),
      Plant<copy_from_shared_memory>::in("ACopyFromSharedMemory", Kind::out_of_bounds, "in no registered global buffer"),
      Plant<copy_past_a_buffer>::in("ACopyPastABuffer", Kind::out_of_bounds, "on in + 65536 (16 bytes)"),
      Plant<atomic_in_shared_memory>::in("AGlobalAtomicInSharedMemory", Kind::out_of_bounds, "in no registered global buffer"),
      Plant<address_of_global_memory>::in("ASharedAddressOfGlobalMemory", Kind::out_of_bounds, "not in this block's shared memory"),
      Plant<word_of_the_peer>::in("AMatrixInThePeersMemory", Kind::out_of_bounds, "in the shared memory of another block", {2, 1, 1},
                                  {2, 1, 1}),
      plain(Plant<plain_word_of_the_peer>::in("AStoreToThePeersMemory", Kind::out_of_bounds, "the shared memory of another block",
                                              {2, 1, 1}, {2, 1, 1})),
      Plant<matrix_row_of_eight_bytes>::in("AMatrixRowOffItsAlignment", Kind::misaligned, "must be a multiple of 16"),
      Plant<copy_from_eight_bytes>::in("ACopyOffItsAlignment", Kind::misaligned, "must be a multiple of 16"),
  };
}

}  // namespace emu
