// Bugs in the life of an mbarrier: initialisation, arrivals, bytes, phases, its end.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/planted.h"

namespace emu {
namespace {

using simt::lane;
using simt::thread;
using simt::warp;

constexpr uint32_t kMost = (1 << 20) - 1;  // bytes, arrivals

// The first barrier for `count` arrivals, known to all and to the async proxy.
void begin(Scratch& m, uint32_t count) {
  if (thread() == 0) {
    simt::mbarrier_init(m.barrier[0], count);
    simt::fence_mbarrier_init();
  }
  simt::sync_block();
}

void init_twice(const Inputs& p, Scratch& m) {
  if (thread() != 0) return;
  simt::mbarrier_init(m.barrier[0], 1);
  if (!p.bug) simt::mbarrier_inval(m.barrier[0]);
  simt::mbarrier_init(m.barrier[0], 1);
}
template <uint32_t kCount>
void init_for(const Inputs& p, Scratch& m) {
  if (thread() == 0) simt::mbarrier_init(m.barrier[0], p.bug ? kCount : kMost);
}
void never_initialised(const Inputs& p, Scratch& m) {
  begin(m, 32);
  simt::mbarrier_arrive(m.barrier[p.bug ? 1 : 0]);
}
void off_by_four_bytes(const Inputs& p, Scratch& m) {
  begin(m, 32);
  auto* at = reinterpret_cast<unsigned char*>(m.barrier) + (p.bug ? 4 : 0);
  emu::mbarrier_arrive(reinterpret_cast<simt::Mbarrier*>(at), 1, SIMT_SITE);
}
// A vote brings the lanes together, but orders no memory.
void known_to_nobody(const Inputs& p, Scratch& m) {
  if (lane() == 0) simt::mbarrier_init(m.barrier[0], 32);
  p.bug ? void(simt::all(true)) : simt::sync_warp();
  simt::mbarrier_arrive(m.barrier[0]);
}
void known_to_no_copy(const Inputs& p, Scratch& m) {
  if (thread() == 0) {
    simt::mbarrier_init(m.barrier[0], 1);
    if (!p.bug) simt::fence_mbarrier_init();
    simt::mbarrier_arrive_expect_tx(m.barrier[0], 64);
    simt::bulk_load(m.tile, p.in, 64, m.barrier[0]);
    simt::mbarrier_wait_parity(m.barrier[0], 0);
  }
}
struct ManyBarriers {
  simt::Mbarrier barrier[65];
};
void sixty_five(const Inputs& p, ManyBarriers& m) {
  if (thread() != 0) return;
  for (int i = 0; i < (p.bug ? 65 : 64); ++i) simt::mbarrier_init(m.barrier[i], 1);
}

void arrives_too_often(const Inputs& p, Scratch& m) {
  begin(m, 33);
  simt::mbarrier_arrive(m.barrier[0]);
  simt::sync_warp();
  if (lane() == 0) simt::mbarrier_arrive_count(m.barrier[0], p.bug ? 2 : 1);
}
void copies_arrive_too_often(const Inputs& p, Scratch& m) {
  begin(m, p.bug ? 31 : 32);
  simt::cp_async_16(m.tile + 4 * lane(), p.in + 4 * lane(), true);
  simt::cp_async_mbarrier_arrive_noinc(m.barrier[0]);
  if (lane() == 0 && p.bug) simt::mbarrier_arrive_count(m.barrier[0], 31);
  simt::cp_async_wait_all();
}

void expects_too_much(const Inputs& p, Scratch& m) {
  begin(m, 1);
  if (thread() != 0) return;
  simt::mbarrier_expect_tx(m.barrier[0], kMost);
  if (p.bug) simt::mbarrier_expect_tx(m.barrier[0], 1);
}
struct Large {
  alignas(128) unsigned char bytes[65536];
  simt::Mbarrier barrier;
};
// Seventeen copies of 64 KiB that nobody has announced.
void announces_too_late(const Inputs& p, Large& m) {
  if (thread() != 0) return;
  simt::mbarrier_init(m.barrier, 1);
  simt::fence_mbarrier_init();
  for (int i = 0; i < 17; ++i) {
    if (!p.bug) simt::mbarrier_expect_tx(m.barrier, sizeof m.bytes);
    simt::bulk_load(m.bytes, p.in, sizeof m.bytes, m.barrier);
    if (p.bug) continue;
    simt::mbarrier_arrive(m.barrier);
    simt::mbarrier_wait_parity(m.barrier, uint32_t(i) & 1);
  }
  simt::mbarrier_wait_parity(m.barrier, 0);
}

// A thread that saw phase 0 complete waits for phase 1 after phase 2 has completed: its parity has come round.
void comes_too_late(const Inputs& p, Scratch& m) {  // 64 threads
  begin(m, 1);
  for (uint32_t phase = 0; phase < 3; ++phase) {
    if (thread() == 0) simt::mbarrier_arrive(m.barrier[0]);
    simt::sync_block();
    if (warp() == 1 && (phase == 0 || !p.bug)) simt::mbarrier_wait_parity(m.barrier[0], phase & 1);
    simt::sync_block();
  }
  if (warp() == 1 && p.bug) simt::mbarrier_wait_parity(m.barrier[0], 1);
}

void uses_after_its_end(const Inputs& p, Scratch& m) {
  begin(m, 2);
  if (thread() != 0) return;
  if (p.bug) simt::mbarrier_inval(m.barrier[0]);
  simt::mbarrier_arrive(m.barrier[0]);
}
void ends_twice(const Inputs& p, Scratch& m) {
  begin(m, 2);
  if (thread() != 0) return;
  simt::mbarrier_inval(m.barrier[0]);
  if (p.bug) simt::mbarrier_inval(m.barrier[0]);
}
void ends_with_bytes_to_come(const Inputs& p, Scratch& m) {
  begin(m, 2);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 64);
  simt::bulk_load(m.tile, p.in, p.bug ? 32 : 64, m.barrier[0]);
  simt::mbarrier_arrive(m.barrier[0]);
  if (!p.bug) simt::mbarrier_wait_parity(m.barrier[0], 0);
  simt::mbarrier_inval(m.barrier[0]);
}
void ends_while_others_wait(const Inputs& p, Scratch& m) {  // 64 threads
  begin(m, 33);
  if (warp() == 0) {
    simt::mbarrier_arrive(m.barrier[0]);
    simt::mbarrier_wait_parity(m.barrier[0], 0);
  }
  if (!p.bug && thread() == 63) simt::mbarrier_arrive(m.barrier[0]);
  if (p.bug) {
    // Polls until the first warp waits.
    if (warp() == 1)
      for (int i = 0; i < 4; ++i) simt::mbarrier_test_wait_parity(m.barrier[0], 0);
  } else {
    simt::sync_block();
  }
  if (thread() == 63) simt::mbarrier_inval(m.barrier[0]);
}
// The others have seen the phase complete, but nobody knows that they have.
void ends_before_others_saw_it(const Inputs& p, Scratch& m) {
  begin(m, 1);
  if (lane() == 0) simt::mbarrier_arrive(m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
  p.bug ? void(simt::all(true)) : simt::sync_warp();
  if (lane() == 0) simt::mbarrier_inval(m.barrier[0]);
}

void stored_over(const Inputs& p, Scratch& m) {
  begin(m, 32);
  if (thread() == 0 && p.bug) m.barrier[0].state = 0;
}
void matrix_over(const Inputs& p, Scratch& m) {
  begin(m, 32);
  const uint32_t r[1] = {0};
  simt::stmatrix_x1(p.bug && lane() == 7 ? static_cast<void*>(m.barrier) : m.tile + 4 * lane(), r);
}
void copied_over(const Inputs& p, Scratch& m) {
  begin(m, 32);
  if (thread() == 0) simt::cp_async_8(p.bug ? static_cast<void*>(m.barrier) : m.tile, p.in, true);
  simt::cp_async_wait_all();
}
void bulk_copied_over(const Inputs& p, Scratch& m) {
  begin(m, 1);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], 16);
  simt::bulk_load(p.bug ? static_cast<void*>(m.barrier) : m.tile, p.in, 16, m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}

void bytes_that_never_come(const Inputs& p, Scratch& m) {
  begin(m, 1);
  if (thread() != 0) return;
  simt::mbarrier_arrive_expect_tx(m.barrier[0], p.bug ? 128 : 64);
  simt::bulk_load(m.tile, p.in, 64, m.barrier[0]);
  simt::mbarrier_wait_parity(m.barrier[0], 0);
}

}  // namespace

std::vector<Planted> planted_in_mbarriers() {
  constexpr Kind kind = Kind::mbarrier;
  return {
      Plant<init_twice>::in("InitialisedTwice", kind, "initialised while it is live"),
      Plant<init_for<0>>::in("ForNobody", kind, "a count of 0"),
      Plant<init_for<1 << 20>>::in("ForTooMany", kind, "a count of 1048576"),
      Plant<never_initialised>::in("NeverInitialised", kind, "no initialised mbarrier is here"),
      Plant<off_by_four_bytes>::in("OffByFourBytes", Kind::misaligned, "must be a multiple of 8"),
      Plant<known_to_nobody>::in("KnownToNobody", Kind::race, "nothing orders the use of this mbarrier"),
      Plant<known_to_no_copy>::in("KnownToNoCopy", Kind::proxy, "without fence.mbarrier_init"),
      Plant<sixty_five>::in("SixtyFiveOfThem", kind, "a limit of the emulator"),
      Plant<arrives_too_often>::in("ArrivesTooOften", kind, "more arrivals than the phase expects"),
      Plant<copies_arrive_too_often>::in("CopiesArriveTooOften", kind, "more arrivals than the phase expects"),
      Plant<expects_too_much>::in("ExpectsTooMuch", kind, "the transaction count exceeds 2^20 - 1"),
      Plant<announces_too_late>::in("AnnouncesTooLate", kind, "falls below -(2^20 - 1)"),
      Plant<comes_too_late, 64>::in("ComesTooLate", kind, "the parity aliases"),
      Plant<uses_after_its_end>::in("UsesAfterItsEnd", kind, "no initialised mbarrier is here"),
      Plant<ends_twice>::in("EndsTwice", kind, "no initialised mbarrier is here"),
      Plant<ends_with_bytes_to_come>::in("EndsWithBytesToCome", kind, "bytes are outstanding"),
      Plant<ends_while_others_wait, 64>::in("EndsWhileOthersWait", kind, "threads wait on it"),
      Plant<ends_before_others_saw_it>::in("EndsBeforeOthersSawIt", Kind::race, "nothing orders the end of this mbarrier"),
      plain(Plant<stored_over>::in("StoredOver", kind, "touches the bytes of a live mbarrier")),
      Plant<matrix_over>::in("AMatrixOverIt", kind, "touches the bytes of a live mbarrier"),
      Plant<copied_over>::in("CopiedOver", kind, "writes over the bytes of a live mbarrier"),
      Plant<bulk_copied_over>::in("BulkCopiedOver", kind, "the copy writes over a live mbarrier"),
      Plant<bytes_that_never_come>::in("BytesThatNeverCome", Kind::deadlock, "pending 0 of 1, tx 64"),
  };
}

}  // namespace emu
