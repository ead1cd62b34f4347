// What the emulator found, as data and as text.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simt/emulated/site.h"

namespace emu {

enum class Kind {
  divergence,     // threads of one warp (warpgroup) at different instructions
  race,           // two accesses, one a write, that nothing orders; or data read before it has arrived
  proxy,          // generic write, then asynchronous access, without fence.proxy.async
  uninitialised,  // read of bytes nobody wrote
  out_of_bounds,  // shared memory or a registered buffer left
  misaligned,
  deadlock,
  livelock,  // polls without progress
  barrier,   // named barriers: id, count, double arrival
  mbarrier,  // life cycle, over-arrival, transaction counts, phase lag
  bulk,      // TMA and bulk copies
  tensor_map,
  wgmma,
  registers,  // setmaxnreg
  cluster,
  early_read,  // a predecessor grid's output touched before griddepcontrol.wait
  launch,      // a grid no machine would start
  unfinished,  // a thread or block exits with copies or products in flight
};
inline constexpr int kKinds = int(Kind::unfinished) + 1;
const char* name(Kind kind);

// One party of a finding. line 0: unknown. thread -1: no single thread; then agent says who.
struct Access {
  std::string instruction, file, agent;
  int line = 0;
  simt::Dim3 block{0, 0, 0};
  int thread = -1;
  bool write = false;
  std::string text() const;
};

struct Finding {
  Kind kind;
  Access here;   // what was being executed
  Access other;  // what it collides with, when has_other
  bool has_other = false;
  std::string buffer;  // "shared" or a global buffer's name; empty where no memory is meant
  int64_t offset = 0;  // bytes into it
  int bytes = 0;
  std::string detail;  // a sentence
  std::string text() const;
};

struct Report {
  std::vector<Finding> findings;
  uint64_t total = 0;  // kept or not
  uint64_t blocks = 0, switches = 0, collectives = 0;
  uint64_t matrix_phases = 0;   // eight-row phases of ldmatrix and stmatrix
  uint64_t bank_conflicts = 0;  // extra passes these needed
  bool clean() const { return total == 0; }
  const Finding* find(Kind kind) const;
  bool only(Kind kind) const;  // at least one finding, and all of them of this kind
  std::string text() const;
};

}  // namespace emu
