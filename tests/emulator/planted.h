// Planted bugs: a small kernel each, which makes one mistake where `bug` is set and none where it is not.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "simt/simt.h"
#include "tests/emulator/isa/tensor_map.h"
#include "tests/emulator/launch.h"

namespace emu {

struct Planted {
  std::string name;
  Kind kind;         // of all that is found
  std::string says;  // somewhere in the report
  std::function<Report(bool bug, const Options&)> run;
  bool plain = false;      // a plain load or store: seen through the compiler's hooks alone
  bool sometimes = false;  // some schedules are lucky
};

inline void PrintTo(const Planted& bug, std::ostream* out) { *out << bug.name; }  // for GoogleTest

// A file each.
std::vector<Planted> planted_in_blocks();
std::vector<Planted> planted_in_memory();
std::vector<Planted> planted_in_mbarriers();
std::vector<Planted> planted_in_copies();
std::vector<Planted> planted_in_products();
std::vector<Planted> planted_in_grids();

bool plain_accesses_seen();  // by the hooks: not in builds with a sanitizer

constexpr int kWords = 16384;

struct Inputs {
  simt::TensorMap map;     // `in` as [512][32] words, boxes of 8 rows: 1024 bytes
  simt::TensorMap beyond;  // the same, said to have 1024 rows
  const uint32_t* in;      // [kWords], 0 1 2 ...
  uint32_t* out;           // [kWords]
  int* counter;            // 0
  const uint32_t* unwritten;
  bool bug;
};

struct Scratch {
  uint32_t word[64];
  simt::Mbarrier barrier[2];
  alignas(1024) uint32_t tile[2048];  // to the end of shared memory
};

template <class Storage, void (*kBody)(const Inputs&, Storage&), int kThreadsOf>
struct Small {
  using Params = Inputs;
  using SharedStorage = Storage;
  static constexpr int kThreads = kThreadsOf, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) { kBody(p, m); }
};

template <class Kernel>
Report run_small(bool bug, const Options& options, simt::Dim3 grid, simt::Dim3 cluster) {
  std::vector<uint32_t> words(kWords);
  for (uint32_t i = 0; i < kWords; ++i) words[i] = i;
  DeviceArray<uint32_t> in(words, "in"), out(kWords, "out"), unwritten(kWords, "unwritten");
  DeviceArray<int> counter(std::vector<int>{0}, "counter");
  Inputs p{{}, {}, in.data(), out.data(), counter.data(), unwritten.data(), bug};
  isa::TensorMapInfo info{reinterpret_cast<uint8_t*>(in.data()), isa::Element::u32, 2, {32, 512}, {4, 128}, {32, 8}, 0};
  isa::encode(p.map, info);
  info.dim[1] = 1024;
  isa::encode(p.beyond, info);
  return launch<Kernel>(grid, p, options, cluster);
}

template <auto kBody, int kThreads = 32>
struct Plant;
template <class Storage, void (*kBody)(const Inputs&, Storage&), int kThreads>
struct Plant<kBody, kThreads> {
  static Planted in(std::string name, Kind kind, std::string says, simt::Dim3 grid = {}, simt::Dim3 cluster = {}) {
    return {std::move(name), kind, std::move(says), [grid, cluster](bool bug, const Options& options) {
              return run_small<Small<Storage, kBody, kThreads>>(bug, options, grid, cluster);
            }};
  }
};

inline Planted plain(Planted planted) {
  planted.plain = true;
  return planted;
}
inline Planted sometimes(Planted planted) {
  planted.sometimes = true;
  return planted;
}

}  // namespace emu
