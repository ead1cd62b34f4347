// The softmax of unfused attention on a GPU, in place over rows of 16-bit scores.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>

namespace rapt::bench {

struct ScoreRows {
  void* s = nullptr;  // [rows, seqlen_kv]
  rapt_type type = RAPT_BF16;
  int64_t rows = 0, seqlen_q = 0, seqlen_kv = 0;
  int64_t back = 0, ahead = 0;  // row i = row % seqlen_q sees keys i - back .. i + ahead; the others become 0
};

int softmax_on_device(const ScoreRows& rows);  // launches on the default stream; a cudaError_t

}  // namespace rapt::bench
