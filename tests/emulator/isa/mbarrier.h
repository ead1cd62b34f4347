// An mbarrier as a state machine: phase, expected and pending arrivals, pending bytes (PTX ISA 9.7.13.15). No threads, no memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace emu::isa {

// Each operation returns nullptr, or the sentence that says what was wrong; then nothing has changed.
struct MbarrierState {
  static constexpr uint32_t kMostArrivals = (1u << 20) - 1;
  static constexpr int64_t kMostBytes = (1 << 20) - 1;

  bool live = false;
  uint32_t expected = 0, pending = 0;
  int64_t tx = 0;  // announced and not yet arrived; negative where a copy was faster than its announcement
  uint64_t phase = 0;

  const char* init(uint32_t count) {
    if (live) return "mbarrier.init: initialised already; inval comes first";
    if (count < 1 || count > kMostArrivals) return "mbarrier.init: a count is 1 to 2^20 - 1";
    *this = {true, count, count, 0, 0};
    return nullptr;
  }

  const char* inval() {
    if (!live) return "mbarrier.inval: not initialised";
    *this = {};
    return nullptr;
  }

  const char* arrive(uint32_t count) {
    if (!live) return "mbarrier.arrive: not initialised";
    if (count < 1 || count > kMostArrivals) return "mbarrier.arrive: a count is 1 to 2^20 - 1";
    if (count > pending) return "mbarrier.arrive: more arrivals than the phase expects";
    pending -= count;
    complete_phase();
    return nullptr;
  }

  const char* expect_tx(uint32_t bytes) {
    if (!live) return "mbarrier.expect_tx: not initialised";
    if (tx + bytes > kMostBytes) return "mbarrier.expect_tx: more than 2^20 - 1 bytes pending";
    tx += bytes;
    complete_phase();
    return nullptr;
  }

  const char* arrive_expect_tx(uint32_t bytes) {
    if (!live) return "mbarrier.arrive.expect_tx: not initialised";
    if (pending < 1) return "mbarrier.arrive.expect_tx: more arrivals than the phase expects";
    if (tx + bytes > kMostBytes) return "mbarrier.arrive.expect_tx: more than 2^20 - 1 bytes pending";
    tx += bytes;
    --pending;
    complete_phase();
    return nullptr;
  }

  const char* complete_tx(uint32_t bytes) {
    if (!live) return "mbarrier complete_tx: not initialised";
    if (tx - bytes < -kMostBytes) return "mbarrier complete_tx: more than 2^20 - 1 bytes unannounced";
    tx -= bytes;
    complete_phase();
    return nullptr;
  }

  // cp.async.mbarrier.arrive without noinc: counted when issued, arrives when the copies are done.
  const char* expect_one_more() {
    if (!live) return "cp.async.mbarrier.arrive: not initialised";
    if (pending >= kMostArrivals) return "cp.async.mbarrier.arrive: more than 2^20 - 1 arrivals pending";
    ++pending;
    return nullptr;
  }

  // Has the phase of this parity, the current or the one before it, completed?
  bool completed(uint32_t parity) const { return (phase & 1) != (parity & 1); }

 private:
  void complete_phase() {
    if (pending != 0 || tx != 0) return;
    ++phase;
    pending = expected;
  }
};

}  // namespace emu::isa
