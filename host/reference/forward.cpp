// The paper: O = softmax(scale * Q K^T + mask) V, one query row at a time, in double, in three passes (Vaswani et al. 2017, equation 1).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
//
// Numbers in comments are the lines of the contract in rapt.h. Beyond it, what plain arithmetic gives is the answer:
//   a score of +inf or NaN makes its row NaN (inf - inf), o and lse;
//   a score of -inf that is seen has weight exp(-inf) = 0, and 0 * NaN = NaN reaches o. A row that sees nothing but such scores has the
//   sum 0: lse = ln 0 = -inf and o = sum 0 * v, the limit, and what merging the row from parts gives.
#include "reference/forward.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "reference/visible.h"

namespace rapt::reference {

double sink_of(const Row& row) {
  const rapt_tensor& sinks = row.call.problem.sinks;
  return sinks.type == RAPT_NONE ? -HUGE_VAL : load(row.call.args.sinks, sinks.type, index_of(sinks, 0, row.head, 0));
}

double alibi_at(const Row& row, int64_t j) {
  const rapt_tensor& alibi = row.call.problem.alibi;
  const double slope = load(row.call.args.alibi, alibi.type, index_of(alibi, row.sequence.index, row.head, 0));
  return slope * static_cast<double>(distance(row, j));
}

double score(const Row& row, int64_t j, const void* key, int32_t stage, const Desk& desk) {
  const rapt_problem& problem = row.call.problem;
  load_row(key, problem.k.type, problem.k.shape[3], desk.k);
  double dot = 0;
  for (int64_t d = 0; d < problem.q.shape[3]; ++d) dot += desk.q[d] * desk.k[d];
  double s = problem.scale * dot;  // 1
  if (stage == RAPT_STAGE_SCALED) return s;
  const double softcap = problem.softcap;
  if (softcap > 0) s = softcap * std::tanh(s / softcap);  // 2
  if (stage == RAPT_STAGE_SOFTCAPPED) return s;
  if (problem.bias.type != RAPT_NONE) s += bias_at(row, j);
  if (problem.alibi.type != RAPT_NONE) s += alibi_at(row, j);
  return s;
}

int64_t score_row(const Row& row, const Desk& desk, MissingPage& missing) {
  const rapt_problem& problem = row.call.problem;
  const void* q = row.call.args.q;
  for (int64_t d = 0; d < problem.q.shape[3]; ++d) desk.q[d] = load(q, problem.q.type, index_of(problem.q, row) + d);
  int64_t count = 0;
  for (int64_t j = 0; j < row.sequence.len_kv; ++j) {
    if (!sees(row, j)) continue;  // 3, and 6: nothing hidden is read
    const KeyValue memory = locate(row, j);
    if (memory.k == nullptr) {
      missing.report(row, j);
      continue;
    }
    desk.seen[count++] = {j, score(row, j, memory.k, RAPT_STAGE_MASKED, desk), 0};
  }
  return count;
}

Softmax softmax_row(const Row& row, int64_t count, const Desk& desk) {
  const double sink = sink_of(row);
  if (count == 0) return {0, sink, sink == -HUGE_VAL ? 0.0 : 1.0, sink};  // 5: lse is the sink, if there is one
  Softmax softmax{count, sink, 0, 0};
  for (int64_t n = 0; n < count; ++n) softmax.max = std::fmax(softmax.max, desk.seen[n].score);
  // exp(s - max) / sum exp(s - max) = exp(s - lse), and no exp overflows. Where every score is -inf, any finite shift serves.
  const double shift = softmax.max == -HUGE_VAL ? 0 : softmax.max;
  for (int64_t n = 0; n < count; ++n) {
    desk.seen[n].weight = std::exp(desk.seen[n].score - shift);
    softmax.sum += desk.seen[n].weight;
  }
  softmax.sum += std::exp(sink - shift);  // 4: the sink joins the sum and nothing else
  softmax.lse = shift + std::log(softmax.sum);
  return softmax;
}

void forward_row(const Row& row, const Desk& desk, MissingPage& missing) {
  const rapt_problem& problem = row.call.problem;
  const int64_t head_dim_v = problem.v.shape[3];
  const int64_t count = score_row(row, desk, missing);
  const Softmax softmax = softmax_row(row, count, desk);

  std::fill(desk.sum, desk.sum + head_dim_v, 0.0);
  for (int64_t n = 0; n < count; ++n) {
    load_row(locate(row, desk.seen[n].key).v, problem.v.type, head_dim_v, desk.v);
    for (int64_t d = 0; d < head_dim_v; ++d) desk.sum[d] += desk.seen[n].weight * desk.v[d];
  }
  for (int64_t d = 0; d < head_dim_v; ++d) {
    const double o = count == 0 || softmax.sum == 0 ? desk.sum[d] : desk.sum[d] / softmax.sum;  // 4; 5: 0
    store(row.call.args.o, problem.o.type, index_of(problem.o, row) + d, o);
  }
  if (problem.lse.type != RAPT_NONE) {
    const double lse = problem.lse_base2 ? softmax.lse * std::numbers::log2e : softmax.lse;
    store(row.call.args.lse, problem.lse.type, index_of(problem.lse, row), lse);
  }
}

}  // namespace rapt::reference
