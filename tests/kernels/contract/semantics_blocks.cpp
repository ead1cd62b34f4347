// Semantics of the conformance kernels of several warps and blocks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <map>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/mbarrier.h"
#include "tests/emulator/isa/tensor_copy.h"
#include "tests/kernels/contract/semantics.h"

namespace rapt::contract {
namespace {

using namespace emu::isa;
using Semantics = std::function<void(const Case&, Images&)>;

uint32_t word_at(const Images& m, int i) {
  uint32_t word;
  std::memcpy(&word, &m.global[static_cast<size_t>(i) * 4], 4);
  return word;
}
void set_word(Images& m, int i, uint32_t word) { std::memcpy(&m.global[static_cast<size_t>(i) * 4], &word, 4); }

void shared_cluster(const Case& c, Images& m) {
  for (int t = 0; t < 64; ++t) {
    const int rank = t / 32, lane = t % 32, peer = rank ^ 1;
    m.out(c, t, 0) = static_cast<uint32_t>(rank);
    m.out(c, t, 1) = 2;
    m.out(c, t, 2) = m.shared_in[static_cast<size_t>(peer * 64 + lane)];
    m.shared_out[static_cast<size_t>(peer * 64 + 32 + lane)] = m.in(c, t, 0);
  }
}

void remote_arrive(const Case& c, Images& m) {
  MbarrierState barrier;
  const auto parities = [&] { return static_cast<uint32_t>(barrier.completed(0)) + 2 * static_cast<uint32_t>(barrier.completed(1)); };
  barrier.init(64);
  for (int t = 0; t < 64; ++t) m.out(c, t, 0) = parities();
  for (int t = 0; t < 64; ++t) barrier.arrive(1);
  for (int t = 0; t < 64; ++t) m.out(c, t, 1) = parities();
}

void multicast(const Case& c, Images& m) {
  int at[5];
  for (int d = 0; d < 5; ++d) at[d] = coordinate(m.in(c, 0, d), d);
  for (const Chunk& chunk : box_chunks(tensor_of(c, m.global.data()), 0, at))
    for (int rank = 0; rank < 2; ++rank)
      load_chunk(reinterpret_cast<uint8_t*>(&m.shared_out[static_cast<size_t>(rank * c.shared_words)]) + chunk.shared, chunk);
}

void pass(const Case& c, Images& m) {
  set_word(m, 0, 0x5eed00 + 32);
  for (int lane = 0; lane < 32; ++lane) {
    set_word(m, 1 + lane, m.in(c, lane, 0));
    m.out(c, 32 + lane, 0) = m.in(c, lane, 0);
  }
}

Semantics of_atomic_add(uint32_t (*sum)(uint32_t, uint32_t)) {
  return [sum](const Case& c, Images& m) {
    for (int t = 0; t < c.threads; ++t) {
      const int together = t % 32 % 8, own = 8 + t;
      set_word(m, together, sum(word_at(m, together), m.in(c, t, 0)));
      m.out(c, t, 0) = word_at(m, own);
      set_word(m, own, sum(word_at(m, own), m.in(c, t, 1)));
    }
  };
}

void elect(const Case& c, Images& m) {
  for (int t = 0; t < 32; ++t) m.out(c, t, 0) = m.out(c, t, 1) = 1;
}

void named_barriers(const Case& c, Images& m) {
  for (int t = 0; t < 64; ++t) m.out(c, 64 + t, 0) = m.shared_out[static_cast<size_t>(t)] = m.in(c, t, 0);
}

// The taker's sum over i < 96 of in[i % 4] (i + 1), in slot (95 - i) % 4.
void setmaxnreg(const Case& c, Images& m) {
  for (int t = 0; t < 256; ++t)
    for (int i = 0; i < 4; ++i) {
      if (t < 128) m.out(c, t, i) = m.in(c, t, i);
      for (int k = 0; t >= 128 && k < 96; ++k)
        if ((95 - k) % 4 == i) m.out(c, t, i) += m.in(c, t, k % 4) * static_cast<uint32_t>(k + 1);
    }
}

void griddepcontrol(const Case& c, Images& m) {
  for (int t = 0; t < 32; ++t) m.out(c, t, 0) = m.in(c, t, 0) + 1;
  for (int i = 0; i < c.global_bytes / 4; ++i) set_word(m, i, (word_at(m, i) * 3 + 1) * 3 + 1);
}

const std::map<std::string, Semantics> kSemantics = {
    {"shared_cluster", shared_cluster},
    {"mbarrier_arrive_cluster", remote_arrive},
    {"store_release", pass},
    {"red_release_add", pass},
    {"threadfence", pass},
    {"atomic_add_int", of_atomic_add([](uint32_t a, uint32_t b) { return a + b; })},
    {"atomic_add_float", of_atomic_add([](uint32_t a, uint32_t b) { return bits_of(float_of(a) + float_of(b)); })},
    {"elect", elect},
    {"named_barriers", named_barriers},
    {"setmaxnreg", setmaxnreg},
    {"griddepcontrol", griddepcontrol},
};

}  // namespace

Semantics semantics_of_blocks(const std::string& name) {
  if (name.rfind("tma_multicast_", 0) == 0) return multicast;
  const auto found = kSemantics.find(name);
  return found == kSemantics.end() ? Semantics{} : found->second;
}

}  // namespace rapt::contract
