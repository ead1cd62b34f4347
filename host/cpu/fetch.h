// Rows of memory that a thread will read or write soon, fetched into its cache a line at a time while it computes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace rapt::cpu {

// `bytes` from each of heads * rows places on; steps in bytes. Of rows that lie anywhere, of one head, a list, which is read while
// fetching.
struct Rows {
  const char* first;
  int64_t bytes, rows, row_step, heads, head_step;
  const char* const* list = nullptr;
};

// A prefetch is a hint: addresses that are wrong, or that another thread gets to first, cost time alone.
class Fetch {
 public:
  void clear() { parts_ = part_ = 0, lines_ = 0, line_ = end_ = nullptr, row_ = head_ = 0; }

  // After what was added before. Past kParts, and without an address, nothing happens.
  void add(Rows rows) {
    if (parts_ == kParts || rows.first == nullptr || rows.bytes <= 0 || rows.rows <= 0 || rows.heads <= 0) return;
    if (rows.list == nullptr && rows.row_step == rows.bytes) rows.bytes *= std::exchange(rows.rows, 1);
    lines_ += rows.heads * rows.rows * (rows.bytes / kLine + 1);
    part_of_[parts_++] = rows;
    if (parts_ == 1) begin_row();
  }

  // To be done within so many steps.
  void spread(int64_t steps) {
    const int64_t least_steps = std::max<int64_t>(steps, 1);
    per_step_ = (lines_ + least_steps - 1) / least_steps * kLine;
  }

  bool done() const { return line_ == end_; }
  void step() {
    if (done()) return;
    const char *line = line_, *stop = std::min(end_, line + per_step_);
    for (; line < stop; line += kLine) __builtin_prefetch(line, 0, 3);
    line_ = line;
    if (line == end_) next_row();
  }

 private:
  static constexpr int64_t kLine = 64, kParts = 5;

  void begin_row() {
    const Rows& rows = part_of_[part_];
    const char* first = rows.list != nullptr ? rows.list[row_] : rows.first + head_ * rows.head_step + row_ * rows.row_step;
    line_ = first - reinterpret_cast<uintptr_t>(first) % kLine;
    end_ = line_ + (first + rows.bytes - line_ + kLine - 1) / kLine * kLine;
  }
  void next_row() {
    if (++row_ == part_of_[part_].rows) row_ = 0, ++head_;
    if (head_ == part_of_[part_].heads) head_ = 0, ++part_;
    if (part_ < parts_) begin_row();
  }

  Rows part_of_[kParts];
  int64_t parts_ = 0, part_ = 0, lines_ = 0;
  int64_t per_step_ = 0;  // bytes, of whole lines
  int64_t row_ = 0, head_ = 0;
  const char *line_ = nullptr, *end_ = nullptr;
};

}  // namespace rapt::cpu
