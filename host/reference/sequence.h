// Where things are: the lengths of a sequence, its rows of q, o and lse, and the memory of its keys and values in any layout.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/engine.h"
#include "reference/element.h"

namespace rapt::reference {

// One call: the checked description and the pointers.
struct Call {
  const rapt_problem& problem;
  const rapt_args& args;
};

struct Sequence {
  int64_t index;  // in the batch
  int64_t len_q, len_kv;
  int64_t begin_q;   // its first row of q, o and lse along their dimension 2
  int64_t begin_kv;  // likewise of k and v; 0 unless ragged
  int64_t offset;    // query i and key i + offset are at the same position
};
// Lengths and offsets outside their bounds are pulled inside them, so that nothing outside a buffer is ever read.
Sequence sequence_at(const Call& call, int64_t index);

// Query row i of query head `head` of a sequence.
struct Row {
  const Call& call;
  const Sequence& sequence;
  int64_t head, i;
};

// Element index of [b, h, i, 0] in a tensor. The strides of dimensions of size 1 are 0.
inline int64_t index_of(const rapt_tensor& tensor, int64_t b, int64_t h, int64_t i) {
  return b * tensor.strides[0] + h * tensor.strides[1] + i * tensor.strides[2];
}
// Element index of this row's first element in q, o or lse.
inline int64_t index_of(const rapt_tensor& tensor, const Row& row) {
  return index_of(tensor, row.sequence.index, row.head, row.sequence.begin_q + row.i);
}

// Memory of one key and its value; both NULL where no page is mapped.
struct KeyValue {
  const void* k;  // head_dim elements
  const void* v;  // head_dim_v elements
};
KeyValue locate(const Row& row, int64_t j);

// The first page, in order of sequence and position, that a visible key needed and that is not there. Shared by the threads of a run.
class MissingPage {
 public:
  void report(const Row& row, int64_t j);
  // RAPT_OK, or RAPT_BAD_INDEX and a sentence.
  rapt_status verdict(const Call& call, Text& fault) const;

 private:
  static constexpr int64_t kNone = INT64_MAX;
  std::atomic<int64_t> first_{kNone};  // sequence * pages_per_sequence + position
};

}  // namespace rapt::reference
