// Bugs of threads among themselves: who meets whom, barriers of a block, registers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"

namespace emu {
namespace {

using simt::lane;
using simt::thread;
using simt::warp;

void two_sites(const Inputs& p, Scratch&) {
  if (p.bug && lane() == 3)
    simt::any(true);
  else
    simt::all(true);
  if (p.bug && lane() != 3) simt::any(true);
}
void leaves_before_the_others_vote(const Inputs& p, Scratch&) {
  if (p.bug && lane() == 0) return;
  simt::all(true);
}
void leaves_while_the_others_vote(const Inputs& p, Scratch&) {
  if (p.bug && lane() == 31) return;
  simt::all(true);
}
void half_a_warp(const Inputs& p, Scratch&) {  // 48 threads
  uint32_t d;
  if (warp() == 0 || p.bug) simt::movmatrix_trans(d, 0);
}
void half_a_warpgroup(const Inputs& p, Scratch&) {  // 64 threads
  if (p.bug) simt::wgmma_fence();
}
void leaves_before_the_warpgroup(const Inputs& p, Scratch&) {
  if (p.bug && thread() == 0) return;
  simt::wgmma_fence();
}
void leaves_while_the_warpgroup_waits(const Inputs& p, Scratch&) {
  if (p.bug && thread() == 127) return;
  simt::wgmma_fence();
}

void id_sixteen(const Inputs& p, Scratch&) { simt::bar_sync(p.bug ? 16 : 15, 32); }
void odd_count(const Inputs& p, Scratch&) { simt::bar_sync(1, p.bug ? 48 : 32); }
void lanes_differ(const Inputs& p, Scratch&) { simt::bar_sync(p.bug && lane() == 9 ? 2 : 1, 32); }
void counts_differ(const Inputs& p, Scratch&) { simt::bar_arrive(1, p.bug && warp() == 1 ? 96 : 64); }
void arrives_twice(const Inputs& p, Scratch&) {
  simt::bar_arrive(1, 96);
  if (p.bug) simt::bar_arrive(1, 96);
}
void wrong_id(const Inputs& p, Scratch&) { simt::bar_sync(p.bug ? 1 + warp() : 1, 64); }

template <bool kIncrease>
void wrong_direction(const Inputs& p, Scratch&) {  // 128 threads, 248 registers each
  if constexpr (kIncrease) {
    simt::setmaxnreg_dec<200>();
    if (p.bug) simt::setmaxnreg_inc<192>();
  } else if (p.bug) {
    simt::setmaxnreg_dec<256>();
  }
}
void warps_differ(const Inputs& p, Scratch&) {
  // One line, one place: the warpgroup meets here.
  p.bug&& warp() == 2 ? simt::setmaxnreg_dec<48>() : simt::setmaxnreg_dec<40>();
}
void twenty_registers(const Inputs& p, Scratch&) { p.bug ? simt::setmaxnreg_dec<20>() : simt::setmaxnreg_dec<24>(); }
void more_than_there_are(const Inputs& p, Scratch&) {  // 256 threads, 248 registers each
  if (simt::warpgroup() == 0) {
    if (!p.bug) simt::setmaxnreg_dec<240>();
  } else {
    simt::setmaxnreg_inc<256>();
  }
}

void polls_for_ever(const Inputs& p, Scratch&) {
  if (thread() != 0) return;
  if (!p.bug) simt::store_release(p.counter, 1);
  while (simt::load_acquire(p.counter) == 0) {
  }
}

}  // namespace

std::vector<Planted> planted_in_blocks() {
  return {
      Plant<two_sites>::in("LanesAtTwoSites", Kind::divergence, "threads of one warp are at different instructions"),
      Plant<leaves_before_the_others_vote>::in("ALaneThatHasLeft", Kind::divergence, "exited"),
      Plant<leaves_while_the_others_vote>::in("ALaneThatLeavesOthersWaiting", Kind::divergence, "exited"),
      Plant<half_a_warp, 48>::in("AMatrixForHalfAWarp", Kind::divergence, "fewer than 32 threads"),
      Plant<half_a_warpgroup, 64>::in("HalfAWarpgroup", Kind::divergence, "only 64 threads"),
      Plant<leaves_before_the_warpgroup, 128>::in("AThreadThatHasLeftItsWarpgroup", Kind::divergence, "exited"),
      Plant<leaves_while_the_warpgroup_waits, 128>::in("AThreadThatLeavesItsWarpgroupWaiting", Kind::divergence, "exited"),
      Plant<id_sixteen>::in("BarrierSixteen", Kind::barrier, "ids are 0 to 15"),
      Plant<odd_count>::in("ABarrierForFortyEight", Kind::barrier, "positive multiples of 32"),
      Plant<lanes_differ>::in("LanesNameTwoBarriers", Kind::barrier, "the lanes of a warp name different barriers"),
      Plant<counts_differ, 64>::in("WarpsNameTwoCounts", Kind::barrier, "is in use for"),
      Plant<arrives_twice, 64>::in("AWarpThatArrivesTwice", Kind::barrier, "has arrived already"),
      Plant<wrong_id, 64>::in("AWrongBarrier", Kind::deadlock, "32 of 64 threads arrived"),
      Plant<wrong_direction<true>, 128>::in("AnIncreaseThatGivesAway", Kind::registers, "the wrong direction"),
      Plant<wrong_direction<false>, 128>::in("ADecreaseThatTakes", Kind::registers, "the wrong direction"),
      Plant<warps_differ, 128>::in("WarpsNameTwoRegisterCounts", Kind::registers, "name different counts"),
      Plant<twenty_registers, 128>::in("TwentyRegisters", Kind::registers, "multiples of 8 from 24 to 256"),
      Plant<more_than_there_are, 256>::in("MoreRegistersThanThereAre", Kind::deadlock, "256 registers a thread"),
      Plant<polls_for_ever>::in("APollForWhatNeverComes", Kind::livelock, "polls without progress"),
  };
}

}  // namespace emu
