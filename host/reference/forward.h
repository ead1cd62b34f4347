// One query row of attention, pass by pass.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference/desk.h"
#include "reference/sequence.h"

namespace rapt::reference {

struct Softmax {
  int64_t count;  // keys seen
  double max;     // of the scores and the sink; -inf if there are none
  double sum;     // of exp(score - max), the sink's among them
  double lse;     // natural logarithm
};

double sink_of(const Row& row);  // -inf if there are no sinks
double alibi_at(const Row& row, int64_t j);

// The score of key j at a stage (RAPT_STAGE_SCALED, _SOFTCAPPED or _MASKED, whether or not it is visible). desk.q holds q_i.
double score(const Row& row, int64_t j, const void* key, int32_t stage, const Desk& desk);

// Pass 1: the keys that the row sees and their scores. Returns their number.
int64_t score_row(const Row& row, const Desk& desk, MissingPage& missing);
// Pass 2: maximum, weights and their sum.
Softmax softmax_row(const Row& row, int64_t count, const Desk& desk);
// All three passes: writes this row of o and lse.
void forward_row(const Row& row, const Desk& desk, MissingPage& missing);

}  // namespace rapt::reference
