// A problem with data: what one call to rapt_run needs, owned in guarded buffers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <string>
#include <vector>

#include "workbench/buffer.h"
#include "workbench/problem.h"

namespace rapt::workbench {

// All inputs of a call. Copies share the buffers. Outputs are not here: every run gets its own, freshly poisoned (run.h).
struct Case {
  std::string name;      // the problem string, or where the data came from
  rapt_problem problem;  // engine is chosen per run
  rapt_args args;        // pointers into the buffers below; o and lse NULL
  Buffer q, k, v, mask, bias, alibi, sinks;
  Buffer seqlens_q, seqlens_kv, cu_seqlens_q, cu_seqlens_kv, block_table, kv_indptr, kv_indices, k_pages, v_pages;
  std::vector<int64_t> lens_q, lens_kv;  // [batch], resolved

  uint64_t hash() const;       // of every input buffer
  bool guards_intact() const;
};

// Seeded data in the problem's layout. Everything that no visible pair may touch is poison (NaN, or absurd page ids): rows past a length,
// gaps between rows, pages that no table names, table entries past a length, padding after packed tokens.
Case make_case(const Problem& problem);

}  // namespace rapt::workbench
