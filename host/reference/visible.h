// Which keys a row may see: line 3 of the contract in rapt.h.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference/sequence.h"

namespace rapt::reference {

__extension__ typedef __int128 Position;  // i + offset and its distances for any offset and any window, without overflow

// j - i - offset: how far key j is ahead of the position of row i.
inline Position distance(const Row& row, int64_t j) { return Position{j} - row.i - row.sequence.offset; }

// Element index of [b, h, i, j] in mask or bias.
inline int64_t index_of_pair(const rapt_tensor& tensor, const Row& row, int64_t j) {
  return index_of(tensor, row.sequence.index, row.head, row.i) + j * tensor.strides[3];
}

inline double bias_at(const Row& row, int64_t j) {
  const rapt_tensor& bias = row.call.problem.bias;
  return load(row.call.args.bias, bias.type, index_of_pair(bias, row, j));
}

inline bool sees(const Row& row, int64_t j) {
  const rapt_problem& problem = row.call.problem;
  if (j >= row.sequence.len_kv) return false;
  if (problem.causal && distance(row, j) > 0) return false;
  if (problem.window_left >= 0 && distance(row, j) < -Position{problem.window_left}) return false;
  if (problem.window_right >= 0 && distance(row, j) > problem.window_right) return false;
  if (problem.mask.type != RAPT_NONE && load_as<uint8_t>(row.call.args.mask, index_of_pair(problem.mask, row, j)) == 0) return false;
  if (problem.bias.type != RAPT_NONE && bias_at(row, j) == -HUGE_VAL) return false;
  return true;
}

}  // namespace rapt::reference
