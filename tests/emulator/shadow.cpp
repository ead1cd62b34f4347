// Shadow of memory: conflicts, and what need not be remembered any more.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/shadow.h"

#include <algorithm>
#include <cstring>

namespace emu {
namespace {

// The bytes of cell `cell` that [offset, offset + bytes) touches.
uint16_t bytes_in(size_t cell, size_t offset, size_t bytes) {
  const size_t begin = std::max(offset, cell * 16) - cell * 16, end = std::min(offset + bytes, cell * 16 + 16) - cell * 16;
  return uint16_t(((1u << end) - 1) & ~((1u << begin) - 1));
}

}  // namespace

bool Touch::covers(const Mark& m) const {
  if (!group) return clock->covers(m.agent, m.stamp);
  return std::all_of(group->begin(), group->end(), [&](const Clock* c) {
    return block_of(m.agent) == block_of(c->self) ? c->seen[index_of(m.agent)] >= m.stamp : c->covers(m.agent, m.stamp);
  });
}

bool Touch::fence_covers(const Mark& m) const {
  if (!group) return clock->fence_covers(m.agent, m.stamp);
  return std::all_of(group->begin(), group->end(), [&](const Clock* c) { return c->fence_covers(m.agent, m.stamp); });
}

void Shadow::allocate() {
  if (cell_.empty()) cell_.resize(cells_);
  dirty_ = true;
}

void Shadow::remember(size_t cell, const Mark& mark) {
  for (Mark& m : cell_[cell].slot)
    if (m.bytes == 0) {
      m = mark;
      return;
    }
  std::vector<Mark>& more = more_[cell];
  for (Mark& m : more)
    if (m.bytes == 0) {
      m = mark;
      return;
    }
  more.push_back(mark);
}

Conflict Shadow::touch_cell(size_t cell, uint16_t bytes, const Touch& t, Mark& earlier) {
  Conflict found = Conflict::none;
  bool merged = false;
  const auto meet = [&](Mark& m) {
    const uint16_t overlap = m.bytes & bytes;
    const bool ours =
        m.agent == t.agent && m.stamp == t.stamp && m.write == t.write && m.place == t.place && m.atomic == t.atomic && t.stamp != kPending;
    if (ours) {
      m.bytes |= bytes;
      merged = true;
      return;
    }
    if (!overlap) return;
    const bool ordered = t.covers(m);
    const bool against = (t.write || m.write) && !(t.atomic && m.atomic);
    if (against && !ordered && found == Conflict::none) {
      found = Conflict::race;
      earlier = m;
    } else if (t.async && m.write && !m.async && !t.fence_covers(m) && found == Conflict::none) {
      found = Conflict::proxy;
      earlier = m;
    }
    // A write makes all before it a matter of the past (reported or ordered); a read makes earlier ordered reads so.
    if ((t.write && (ordered || against || !m.write)) || (!m.write && ordered) || (found != Conflict::none && m.write && !ordered))
      m.bytes &= uint16_t(~bytes);
  };
  for (Mark& m : cell_[cell].slot)
    if (m.bytes) meet(m);
  if (!more_.empty()) {
    const auto at = more_.find(cell);
    if (at != more_.end()) {
      bool any = false;
      for (Mark& m : at->second) {
        if (m.bytes) meet(m);
        any = any || m.bytes;
      }
      if (!any) more_.erase(at);
    }
  }
  if (!merged) remember(cell, {t.agent, t.stamp, t.place, bytes, t.write, t.async, t.atomic});
  return found;
}

Conflict Shadow::touch(size_t offset, size_t bytes, const Touch& t, Mark& earlier, size_t& at) {
  allocate();
  Conflict first = Conflict::none;
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell) {
    Mark mark;
    const Conflict found = touch_cell(cell, bytes_in(cell, offset, bytes), t, mark);
    if (found != Conflict::none && first == Conflict::none) {
      first = found;
      earlier = mark;
      at = std::max(offset, cell * 16);
    }
  }
  return first;
}

void Shadow::settle(size_t offset, size_t bytes, Agent who, uint32_t stamp) {
  if (cell_.empty()) return;
  const auto end = [&](Mark& m) {
    if (m.agent == who && m.stamp == kPending) m.stamp = stamp;
  };
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell) {
    for (Mark& m : cell_[cell].slot) end(m);
    const auto at = more_.empty() ? more_.end() : more_.find(cell);
    if (at != more_.end()) std::for_each(at->second.begin(), at->second.end(), end);
  }
}

void Shadow::mark_written(size_t offset, size_t bytes, bool written) {
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell) {
    const uint16_t mask = bytes_in(cell, offset, bytes);
    written_[cell] = written ? uint16_t(written_[cell] | mask) : uint16_t(written_[cell] & ~mask);
  }
}

bool Shadow::all_written(size_t offset, size_t bytes, size_t& first_missing) const {
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell) {
    const unsigned missing = bytes_in(cell, offset, bytes) & ~unsigned(written_[cell]);
    if (missing) {
      first_missing = cell * 16 + size_t(__builtin_ctz(missing));
      return false;
    }
  }
  return true;
}

void Shadow::mark_object(size_t offset, size_t bytes, bool object) {
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell) {
    const uint16_t mask = bytes_in(cell, offset, bytes);
    objects_[cell] = object ? uint16_t(objects_[cell] | mask) : uint16_t(objects_[cell] & ~mask);
  }
}

bool Shadow::any_object(size_t offset, size_t bytes) const {
  for (size_t cell = offset / 16; cell <= (offset + bytes - 1) / 16; ++cell)
    if (objects_[cell] & bytes_in(cell, offset, bytes)) return true;
  return false;
}

void Shadow::forget_accesses() {
  if (!dirty_) return;
  std::fill(cell_.begin(), cell_.end(), Cell{});
  more_.clear();
  dirty_ = false;
}

void Shadow::forget_all(size_t bytes) {
  const size_t n = std::min(cells_, (bytes + 15) / 16);
  forget_accesses();
  std::fill_n(written_.begin(), n, uint16_t(0));
  std::fill_n(objects_.begin(), n, uint16_t(0));
}

}  // namespace emu
