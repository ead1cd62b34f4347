// Where things lie: strides, lengths, and which page a key is on.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "workbench/case.h"
#include "workbench/problem.h"

namespace rapt::workbench {

// A tensor of that shape in that order, its size in bytes said. strided: odd gaps after every dimension, absurd strides where they mean
// nothing.
rapt_tensor place(rapt_type type, const std::array<int64_t, 4>& shape, Problem::Layout layout);
Buffer allocate(const rapt_tensor& tensor);

struct Lengths {
  std::vector<int64_t> q, kv;  // [batch]
};
Lengths draw_lengths(const Problem& problem);

// Rows and keys that may meet at all: lengths, causal and window, not mask and bias.
struct Sight {
  Sight(const Problem& problem, int64_t len_q, int64_t len_kv);
  std::pair<int64_t, int64_t> keys_of(int64_t row) const;  // [first, past the last), empty if first >= past
  std::pair<int64_t, int64_t> keys() const;                // seen by any row

 private:
  int64_t len_q_, len_kv_;
  int64_t back_, ahead_;  // row i sees keys i - back .. i + ahead
};

// Sets lens, q, k, v, o and lse of the problem and their index arrays, and allocates them, poisoned.
void lay_out_queries(const Problem& problem, Case& data);
void lay_out_keys(const Problem& problem, Case& data);

}  // namespace rapt::workbench
