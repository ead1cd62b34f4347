// One call as the CPU engine sees it: the problem with its pointers, its sequences, and where each row and key lies in memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/engine.h"

namespace rapt::cpu {

struct Call {
  const rapt_problem& problem;
  const rapt_args& args;
  int64_t group() const { return problem.k.shape[1] > 0 ? problem.q.shape[1] / problem.k.shape[1] : 0; }  // query heads a kv head serves
};

// One entry of the batch, its lengths clamped to what the tensors hold.
struct Sequence {
  int64_t index;                   // in the batch
  int64_t len_q, len_kv;           // rows and keys
  int64_t q_batch, q_row;          // where its rows begin: dimension 0 and 2 of q, o and lse
  int64_t kv_batch, kv_row;        // where its keys begin, when they are not paged
  int64_t offset;                  // query i stands at the position of key i + offset
  int64_t page_begin, page_count;  // its entries of the table or list, when they are
};
Sequence sequence_at(const Call& call, int64_t index);

// Keys that a row may see by position alone (lengths, causal, window): [begin, end), begin <= end.
struct KeyRange {
  int64_t begin, end;
};
KeyRange visible_keys(const rapt_problem& problem, const Sequence& sequence, int64_t query);

enum class Side { k, v };

// Addresses of `count` rows of K or V from key `first` on, for one kv head; nullptr where the page is not mapped.
void key_rows(const Call& call, const Sequence& sequence, Side side, int64_t head_kv, int64_t first, int64_t count, const char** rows);

// Address of element (query head, query) of a tensor that is laid out like q: q, o, lse.
inline int64_t row_offset(const rapt_tensor& t, const Sequence& s, int64_t head, int64_t query) {
  return s.q_batch * t.strides[0] + head * t.strides[1] + (s.q_row + query) * t.strides[2];
}

}  // namespace rapt::cpu
