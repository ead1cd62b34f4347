// Warp instructions: shuffles, votes, matrices, products. None of them orders memory, except the barrier.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/isa/matrix.h"
#include "tests/emulator/mma_fast.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

struct ShuffleOperand {
  Shuffle mode;
  int argument;
  uint32_t value;
  uint32_t* result;
};

Outcome run_shuffle(const Group& g) {
  uint32_t value[32];
  for (int i = 0; i < g.size; ++i) value[i] = g.has(i) ? operand<ShuffleOperand>(g, i).value : 0x7fffffffu;
  for (int i = 0; i < g.size; ++i) {
    if (!g.has(i)) continue;
    const ShuffleOperand& o = operand<ShuffleOperand>(g, i);
    int from = i;
    switch (o.mode) {
      case Shuffle::index: from = o.argument & 31; break;
      case Shuffle::up: from = i - o.argument < 0 ? i : i - o.argument; break;
      case Shuffle::down: from = i + o.argument > 31 ? i : i + o.argument; break;
      case Shuffle::butterfly: from = (i ^ o.argument) & 31; break;
    }
    *o.result = from < g.size ? value[from] : 0x7fffffffu;  // a lane that is not there: an undefined value
  }
  return Outcome::proceed;
}

struct VoteOperand {
  Vote mode;
  bool predicate;
  uint32_t* result;
};

Outcome run_vote(const Group& g) {
  uint32_t ballot = 0, members = 0;
  for (int i = 0; i < g.size; ++i) {
    if (!g.has(i)) continue;
    members |= 1u << i;
    if (operand<VoteOperand>(g, i).predicate) ballot |= 1u << i;
  }
  for (int i = 0; i < g.size; ++i) {
    if (!g.has(i)) continue;
    const VoteOperand& o = operand<VoteOperand>(g, i);
    *o.result = o.mode == Vote::any ? ballot != 0 : o.mode == Vote::all ? ballot == members : ballot;
  }
  return Outcome::proceed;
}

// The lowest lane; with another seed, another one.
Outcome run_elect(const Group& g) {
  const unsigned seed = world->options.order == Order::fifo ? 0 : world->options.seed;
  int leader = int(seed * 7 % 32);
  while (!g.has(leader) || leader >= g.size) leader = (leader + 1) % 32;
  for (int i = 0; i < g.size; ++i)
    if (g.has(i)) *operand<VoteOperand>(g, i).result = i == leader;
  return Outcome::proceed;
}

Outcome run_sync(const Group& g) {
  if (!world->options.race) return Outcome::proceed;
  Handoff all;
  for (int i = 0; i < g.size; ++i)
    if (g.has(i)) all.release(g.first[i].clock);
  for (int i = 0; i < g.size; ++i)
    if (g.has(i)) all.acquire(g.first[i].clock);
  return Outcome::proceed;
}

struct MatrixOperand {
  void* row;
  uint32_t* r;
  int matrices;
  bool transposed, store;
  Site site;
};

// Eight rows of 16 bytes pass at once where they fall into different banks.
void count_conflicts(void* const* rows, int count) {
  for (int m = 0; m < count; m += 8) {
    const void* seen[8][8];  // by chunk of the 128-byte line: distinct rows
    int used[8] = {}, worst = 1;
    for (int r = 0; r < 8; ++r) {
      const int chunk = int(uintptr_t(rows[m + r]) / 16 % 8);
      bool again = false;
      for (int k = 0; k < used[chunk]; ++k) again = again || seen[chunk][k] == rows[m + r];
      if (!again) seen[chunk][used[chunk]++] = rows[m + r];
      worst = worst > used[chunk] ? worst : used[chunk];
    }
    ++world->report.matrix_phases;
    world->report.bank_conflicts += uint64_t(worst - 1);
  }
}

Outcome run_matrix(const Group& g) {
  const MatrixOperand& any = operand<MatrixOperand>(g, 0);
  const char* instruction = any.store ? "stmatrix" : "ldmatrix";
  void* rows[32];
  uint32_t r[32][4];
  for (int i = 0; i < 8 * any.matrices; ++i) {
    rows[i] = operand<MatrixOperand>(g, i).row;
    Fiber& lane = g.first[i];
    generic_access(lane, locate_shared(rows[i], 16, 16, instruction, any.site), 16, any.store, instruction, any.site);
  }
  count_conflicts(rows, 8 * any.matrices);
  if (any.store) {
    for (int i = 0; i < 32; ++i)
      for (int m = 0; m < any.matrices; ++m) r[i][m] = operand<MatrixOperand>(g, i).r[m];
    isa::stmatrix(rows, r, any.matrices, any.transposed);
  } else {
    isa::ldmatrix(r, rows, any.matrices, any.transposed);
    for (int i = 0; i < 32; ++i)
      for (int m = 0; m < any.matrices; ++m) operand<MatrixOperand>(g, i).r[m] = r[i][m];
  }
  return Outcome::proceed;
}

struct MoveOperand {
  uint32_t a;
  uint32_t* d;
};

Outcome run_move(const Group& g) {
  uint32_t a[32], d[32];
  for (int i = 0; i < 32; ++i) a[i] = operand<MoveOperand>(g, i).a;
  isa::movmatrix(d, a);
  for (int i = 0; i < 32; ++i) *operand<MoveOperand>(g, i).d = d[i];
  return Outcome::proceed;
}

Outcome run_mma(const Group& g) {
  const MmaOperand* lanes[32];
  for (int i = 0; i < 32; ++i) lanes[i] = &operand<MmaOperand>(g, i);
  multiply(lanes);
  return Outcome::proceed;
}

void need_full_warp(const char* instruction, Site site) {
  if (current->block->warps[size_t(current->warp)].size == 32) return;
  report(Kind::divergence, instruction, site, "the block's last warp has fewer than 32 threads");
  abandon();
}

}  // namespace

uint32_t shuffle(Shuffle mode, uint32_t value, int argument, Site site) {
  const InEmulator in;
  static const char* const names[] = {"shfl.idx", "shfl.up", "shfl.down", "shfl.bfly"};
  uint32_t result = 0;
  const ShuffleOperand o{mode, argument, value, &result};
  meet_warp(names[int(mode)], site, &o, run_shuffle);
  return result;
}

uint32_t vote(Vote mode, bool predicate, Site site) {
  const InEmulator in;
  static const char* const names[] = {"vote.any", "vote.all", "vote.ballot"};
  uint32_t result = 0;
  const VoteOperand o{mode, predicate, &result};
  meet_warp(names[int(mode)], site, &o, run_vote);
  return result;
}

bool elect(Site site) {
  const InEmulator in;
  uint32_t result = 0;
  const VoteOperand o{Vote::any, true, &result};
  meet_warp("elect.sync", site, &o, run_elect);
  return result != 0;
}

void sync_warp(Site site) {
  const InEmulator in;
  meet_warp("bar.warp.sync", site, nullptr, run_sync);
}

void ldmatrix(uint32_t* r, const void* row, int matrices, bool transposed, Site site) {
  const InEmulator in;
  need_full_warp("ldmatrix", site);
  const MatrixOperand o{const_cast<void*>(row), r, matrices, transposed, false, site};
  meet_warp("ldmatrix", site, &o, run_matrix);
}

void stmatrix(void* row, const uint32_t* r, int matrices, bool transposed, Site site) {
  const InEmulator in;
  need_full_warp("stmatrix", site);
  const MatrixOperand o{row, const_cast<uint32_t*>(r), matrices, transposed, true, site};
  meet_warp("stmatrix", site, &o, run_matrix);
}

uint32_t movmatrix(uint32_t a, Site site) {
  const InEmulator in;
  need_full_warp("movmatrix", site);
  uint32_t d = 0;
  const MoveOperand o{a, &d};
  meet_warp("movmatrix", site, &o, run_move);
  return d;
}

void mma(Mma shape, void* d, const uint32_t* a, uint32_t b0, uint32_t b1, Site site) {
  const InEmulator in;
  static const char* const names[] = {"mma.m16n8k16.bf16", "mma.m16n8k16.f16", "mma.m16n8k8.tf32", "mma.m16n8k32.e4m3", "mma.m16n8k32.s8"};
  need_full_warp(names[int(shape)], site);
  const MmaOperand o{shape, d, a, {b0, b1}};
  meet_warp(names[int(shape)], site, &o, run_mma);
}

}  // namespace emu
