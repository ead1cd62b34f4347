// Atomics and ordered accesses of global memory, and the fences that order relaxed ones.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/atomics.h"
#include "tests/emulator/place.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

// What was released to each address. Launches on several OS threads share it: what goes in and out is copied.
struct Cells {
  std::mutex mutex;
  std::map<const void*, Handoff> at;
};
Cells& cells() {
  static Cells c;
  return c;
}

void check(const void* p, bool write, const char* instruction, Site site) {
  const Where where = locate_global(p, 4, 4, instruction, site);
  Touch t = touch_of(*current, write, place_of(instruction, site));
  t.atomic = true;
  touch(where, 4, t, instruction, site);
  if (write && world->options.uninitialised) mark_written(where, 4);
}

void release_to(const void* p, const Handoff* what) {
  if (!world->options.race) return;
  Cells& c = cells();
  const std::lock_guard<std::mutex> lock(c.mutex);
  if (what) {
    c.at[p].join(what->deep_copy());
  } else {
    Handoff mine;
    mine.release(current->clock);
    c.at[p].join(mine.deep_copy());
  }
}

Handoff released_to(const void* p) {
  Cells& c = cells();
  const std::lock_guard<std::mutex> lock(c.mutex);
  const auto at = c.at.find(p);
  return at == c.at.end() ? Handoff{} : at->second.deep_copy();
}

// Relaxed by itself; a fence before it makes it a release, a fence after it an acquisition.
template <class T>
T add(T* p, T value, Site site) {
  const char* instruction = "atom.add";
  check(p, true, instruction, site);
  if (world->options.race) {
    current->to_acquire.join(released_to(p));
    if (!current->fence_released.empty()) release_to(p, &current->fence_released);
  }
  T old;
  if constexpr (sizeof(T) == sizeof(int)) {
    uint32_t before = __atomic_load_n(reinterpret_cast<uint32_t*>(p), __ATOMIC_SEQ_CST), after;
    do {
      std::memcpy(&old, &before, 4);
      const T sum = old + value;
      std::memcpy(&after, &sum, 4);
    } while (!__atomic_compare_exchange_n(reinterpret_cast<uint32_t*>(p), &before, after, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  }
  progress();
  return old;
}

}  // namespace

void forget_releases() {
  Cells& c = cells();
  const std::lock_guard<std::mutex> lock(c.mutex);
  c.at.clear();
}

float atomic_add(float* p, float value, Site site) {
  const InEmulator in;
  return add(p, value, site);
}
int atomic_add(int* p, int value, Site site) {
  const InEmulator in;
  return int(add(reinterpret_cast<uint32_t*>(p), uint32_t(value), site));  // wraps
}

int load_acquire(const int* p, Site site) {
  const InEmulator in;
  check(p, false, "ld.acquire", site);
  const int value = __atomic_load_n(p, __ATOMIC_SEQ_CST);
  if (world->options.race) released_to(p).acquire(current->clock);
  poll("ld.acquire", site);  // whoever looks in a loop lets the others go first
  return value;
}

void store_release(int* p, int value, Site site) {
  const InEmulator in;
  check(p, true, "st.release", site);
  release_to(p, nullptr);
  __atomic_store_n(p, value, __ATOMIC_SEQ_CST);
  progress();
  after_release();
}

void red_release_add(int* p, int value, Site site) {
  const InEmulator in;
  check(p, true, "red.release.add", site);
  release_to(p, nullptr);
  __atomic_fetch_add(p, value, __ATOMIC_SEQ_CST);
  progress();
  after_release();
}

void fence_generic(bool, Site) {
  const InEmulator in;
  if (!world->options.race) return;
  current->to_acquire.acquire(current->clock);
  current->to_acquire.clear();
  current->fence_released.clear();
  current->fence_released.release(current->clock);
}

}  // namespace emu
