// Shadow of memory: for each 16 bytes who wrote and who read what is still of interest, byte by byte.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "tests/emulator/clock.h"
#include "tests/emulator/place.h"

namespace emu {

struct Mark {
  Agent agent = 0;
  uint32_t stamp = 0;
  Place place = 0;
  uint16_t bytes = 0;  // of the 16; 0: an empty slot
  bool write : 1 = false, async : 1 = false, atomic : 1 = false;
};
static_assert(sizeof(Mark) == 16);

// An access to be checked and remembered. It is ordered after what `clock` covers; or, for a warpgroup's product, after what every
// one of `group` has seen.
struct Touch {
  Agent agent = 0;
  uint32_t stamp = 0;
  Place place = 0;
  bool write = false, async = false;
  bool atomic = false;  // no conflict with other atomics
  const Clock* clock = nullptr;
  const std::vector<Clock*>* group = nullptr;
  bool covers(const Mark& m) const;
  bool fence_covers(const Mark& m) const;
};

enum class Conflict { none, race, proxy };

class Shadow {
 public:
  explicit Shadow(size_t bytes) : cells_((bytes + 15) / 16), written_(cells_, 0), objects_(cells_, 0) {}
  // Checks and remembers [offset, offset + bytes); on a conflict, `earlier` and `at` say with what and where. One conflict a call.
  Conflict touch(size_t offset, size_t bytes, const Touch& touch, Mark& earlier, size_t& at);
  // Pending accesses of an agent over a range end now, at `stamp`.
  void settle(size_t offset, size_t bytes, Agent agent, uint32_t stamp);
  void mark_written(size_t offset, size_t bytes, bool written = true);
  bool all_written(size_t offset, size_t bytes, size_t& first_missing) const;
  void mark_object(size_t offset, size_t bytes, bool object);  // an mbarrier lives there
  bool any_object(size_t offset, size_t bytes) const;
  const std::vector<uint16_t>& written() const { return written_; }
  void set_written(std::vector<uint16_t> bytes) { written_ = std::move(bytes); }
  void forget_accesses();
  void forget_all(size_t bytes);  // accesses, written bytes and objects of the first bytes

 private:
  struct Cell {
    Mark slot[4];
  };
  static_assert(sizeof(Cell) == 64);
  Conflict touch_cell(size_t cell, uint16_t bytes, const Touch& touch, Mark& earlier);
  void remember(size_t cell, const Mark& mark);
  void allocate();
  size_t cells_;
  std::vector<Cell> cell_;  // allocated at the first access
  std::vector<uint16_t> written_, objects_;
  std::unordered_map<size_t, std::vector<Mark>> more_;  // of cells with more than four marks
  bool dirty_ = false;
};

}  // namespace emu
