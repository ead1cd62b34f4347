// The attention map: every score of every row at one of the four stages that ONNX's Attention names.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include "reference/engine.h"
#include "reference/forward.h"

namespace rapt::reference {
namespace {

// Stages before the mask: all pairs within the lengths. A key on a page that is not mapped has no score: -inf.
void unmasked_row(const Row& row, int32_t stage, const Desk& desk, double* out) {
  for (int64_t j = 0; j < row.sequence.len_kv; ++j) {
    const KeyValue memory = locate(row, j);
    out[j] = memory.k == nullptr ? -HUGE_VAL : score(row, j, memory.k, stage, desk);
  }
}

void masked_row(const Row& row, int32_t stage, int64_t count, const Desk& desk, double* out) {
  const Softmax softmax = softmax_row(row, count, desk);
  std::fill(out, out + row.sequence.len_kv, stage == RAPT_STAGE_MASKED ? -HUGE_VAL : 0.0);
  for (int64_t n = 0; n < count; ++n) {
    const Seen& seen = desk.seen[n];
    const double weight = softmax.sum == 0 ? seen.weight : seen.weight / softmax.sum;
    out[seen.key] = stage == RAPT_STAGE_MASKED ? seen.score : weight;
  }
}

rapt_status fill_map(const Call& call, int32_t stage, double* map, Text& fault) {
  const rapt_problem& problem = call.problem;
  std::vector<double> memory(static_cast<size_t>(desk_bytes(problem)) / sizeof(double));
  const Desk desk = desk_at(problem, memory.data(), 0);
  MissingPage missing;
  std::fill(map, map + problem.batch * problem.q.shape[1] * problem.max_seqlen_q * problem.max_seqlen_kv, 0.0);
  for (int64_t b = 0; b < problem.batch; ++b) {
    const Sequence sequence = sequence_at(call, b);
    for (int64_t head = 0; head < problem.q.shape[1]; ++head) {
      for (int64_t i = 0; i < sequence.len_q; ++i) {
        const Row row{call, sequence, head, i};
        double* out = map + ((b * problem.q.shape[1] + head) * problem.max_seqlen_q + i) * problem.max_seqlen_kv;
        const int64_t count = score_row(row, desk, missing);
        if (stage == RAPT_STAGE_SCALED || stage == RAPT_STAGE_SOFTCAPPED) {
          unmasked_row(row, stage, desk, out);
        } else {
          masked_row(row, stage, count, desk, out);
        }
      }
    }
  }
  return missing.verdict(call, fault);
}

}  // namespace

rapt_status map(const Request& request, const rapt_args& args, int32_t stage, double* map, Text& fault) {
  try {
    return fill_map({request.problem, args}, stage, map, fault);
  } catch (const std::exception&) {  // bad_alloc, or length_error where the size itself is absurd
    fault.append("no memory for a row of %lld scores", static_cast<long long>(request.problem.max_seqlen_kv));
    return RAPT_OUT_OF_MEMORY;
  }
}

}  // namespace rapt::reference
