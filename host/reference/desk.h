// The memory that a thread needs to compute one row: O(max_seqlen_kv + head_dim), carved from the workspace.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

namespace rapt::reference {

// A key that the row sees.
struct Seen {
  int64_t key;    // j
  double score;   // s, after softcap, bias and alibi
  double weight;  // exp(s - max)
};

// The memory of one thread: a row of scores and one row of each operand, widened.
struct Desk {
  Seen* seen;   // [max_seqlen_kv]
  double* q;    // [head_dim]
  double* k;    // [head_dim]
  double* v;    // [head_dim_v]
  double* sum;  // [head_dim_v]
};
// Bytes of a desk, a multiple of 8; -1 if that is more than an int64 counts.
int64_t desk_bytes(const rapt_problem& problem);
Desk desk_at(const rapt_problem& problem, void* memory, int64_t index);

}  // namespace rapt::reference
