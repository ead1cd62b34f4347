// Sizes of a desk and where its parts lie.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "reference/desk.h"

namespace rapt::reference {

int64_t desk_bytes(const rapt_problem& problem) {
  int64_t seen, operands, bytes;
  const bool overflows = __builtin_mul_overflow(problem.max_seqlen_kv, static_cast<int64_t>(sizeof(Seen)), &seen) ||
                         __builtin_add_overflow(problem.q.shape[3], problem.v.shape[3], &operands) ||
                         __builtin_mul_overflow(operands, static_cast<int64_t>(2 * sizeof(double)), &operands) ||
                         __builtin_add_overflow(seen, operands, &bytes);
  return overflows ? -1 : bytes;
}

Desk desk_at(const rapt_problem& problem, void* memory, int64_t index) {
  char* begin = static_cast<char*>(memory) + index * desk_bytes(problem);
  Seen* seen = reinterpret_cast<Seen*>(begin);
  double* q = reinterpret_cast<double*>(seen + problem.max_seqlen_kv);
  double* k = q + problem.q.shape[3];
  double* v = k + problem.q.shape[3];
  return {seen, q, k, v, v + problem.v.shape[3]};
}

}  // namespace rapt::reference
