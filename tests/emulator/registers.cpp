// setmaxnreg: warpgroups give registers to the pool of their block and take from it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/registers.h"

#include <algorithm>

#include "tests/emulator/finding.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

constexpr int kRegistersOfSm = 65536;

struct RegisterOperand {
  int registers;
  bool increase;
  Site site;
};

int& owned(Fiber& any) { return any.block->registers.per_thread[size_t(any.warp) / 4]; }

// Grants waiting warpgroups, in the order in which they came.
void grant(RegisterPool& pool) {
  while (!pool.waiting.empty()) {
    Fiber* first = pool.waiting.front();
    const int wanted = int(first->waiting_detail), extra = (wanted - owned(*first)) * 128;
    if (extra > pool.available) return;
    pool.available -= extra;
    owned(*first) = wanted;
    for (int i = 0; i < 128; ++i) wake(first + i);
    pool.waiting.erase(pool.waiting.begin());
    progress();
  }
}

Outcome run_setmaxnreg(const Group& g) {
  const RegisterOperand& o = operand<RegisterOperand>(g, 0);
  const char* instruction = o.increase ? "setmaxnreg.inc" : "setmaxnreg.dec";
  RegisterPool& pool = g.first->block->registers;
  if (!uniform_over(g, &RegisterOperand::registers)) {
    report(Kind::registers, instruction, o.site, "the warps of the warpgroup name different counts");
    abandon();
  }
  int& mine = owned(*g.first);
  if (o.increase ? o.registers < mine : o.registers > mine) {
    report(Kind::registers, instruction, o.site,
           std::to_string(o.registers) + " registers a thread, but the warpgroup has " + std::to_string(mine) + ": the wrong direction");
    abandon();
  }
  if (!o.increase) {
    pool.available += (mine - o.registers) * 128;
    mine = o.registers;
    grant(pool);
    return Outcome::proceed;
  }
  for (int i = 0; i < 128; ++i) set_waiting(g.first[i], instruction, o.site, &pool, uint32_t(o.registers));
  if (pool.waiting.empty() && (o.registers - mine) * 128 <= pool.available) {
    pool.available -= (o.registers - mine) * 128;
    mine = o.registers;
    return Outcome::proceed;
  }
  pool.waiting.push_back(g.first);
  return Outcome::park;
}

}  // namespace

// At entry every thread has what the launch bounds leave it: floor(65536 / threads / blocks / 8) * 8, at most 255 (248 in eights).
void reset_registers(Block& b) {
  const int entry = std::min(248, kRegistersOfSm / (b.threads * std::max(1, b.world->shape.min_blocks)) / 8 * 8);
  b.registers = RegisterPool{0, std::vector<int>(b.warpgroups.size(), entry), {}};
}

void setmaxnreg(int registers, bool increase, Site site) {
  const InEmulator in;
  const char* instruction = increase ? "setmaxnreg.inc" : "setmaxnreg.dec";
  if (registers < 24 || registers > 256 || registers % 8) {
    report(Kind::registers, instruction, site, std::to_string(registers) + " registers: multiples of 8 from 24 to 256 are legal");
    abandon();
  }
  const RegisterOperand o{registers, increase, site};
  meet_warpgroup(instruction, site, &o, run_setmaxnreg);
}

}  // namespace emu
