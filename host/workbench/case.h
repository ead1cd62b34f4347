// A problem with data: what one call to rapt_run needs, owned in guarded buffers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <string>
#include <utility>
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
  Buffer seqlens_q, seqlens_kv, cu_seqlens_q, cu_seqlens_kv, block_table, kv_indptr, kv_indices, kv_last_page_len, k_pages, v_pages;
  std::vector<int64_t> lens_q, lens_kv;  // [batch], resolved

  std::vector<std::pair<Buffer, const char*>> inputs() const;  // every input buffer, the absent too, and its name
  uint64_t hash() const;                                       // of all of them
  bool guards_intact() const;
};

// Seeded data in the problem's layout. Everything that no visible pair may touch is poison (NaN, or absurd page ids): rows past a length,
// gaps between rows, pages that no table names, table entries past a length, padding after packed tokens, and whatever causal, window
// or (every other seed) mask and bias hide from every row. The values of visible rows depend on the seed and not on the layout.
Case make_case(const Problem& problem);

// Element offsets from the begin of the buffer: row i of sequence b in a tensor addressed as q (q, o, lse); key j in k and in v.
int64_t query_row(const Case& data, const rapt_tensor& tensor, int64_t b, int64_t head, int64_t i);
int64_t key_row(const Case& data, int64_t b, int64_t head, int64_t j);    // -1 if its page is unmapped
int64_t value_row(const Case& data, int64_t b, int64_t head, int64_t j);  // -1 likewise

}  // namespace rapt::workbench
