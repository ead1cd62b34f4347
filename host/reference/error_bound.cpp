// How far a correct engine may be from the exact answer: the condition of each element times the roundings that an engine makes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <numbers>
#include <vector>

#include "reference/engine.h"
#include "reference/forward.h"
#include "reference/visible.h"

namespace rapt::reference {
namespace {

// Unit roundoff; half of the smallest subnormal, which is what storing a tiny o may lose.
struct Rounding {
  double unit, tiny;
};
Rounding rounding_of(rapt_type type) {
  switch (type) {
    case RAPT_F64: return {std::ldexp(1, -53), std::numeric_limits<double>::denorm_min()};
    case RAPT_F16: return {std::ldexp(1, -11), std::ldexp(1, -25)};
    case RAPT_BF16: return {std::ldexp(1, -8), std::ldexp(1, -134)};
    default: return {std::ldexp(1, -24), std::ldexp(1, -150)};
  }
}

// B, the condition of the scores: each is a sum, and its roundings are relative to the sum of the magnitudes added: |scale| sum_d |q_d k_d|
// (softcap's derivative is at most 1, so it makes none larger), |bias|, |alibi|; the sink is a score like the others. A term that is not
// finite is left out: a score of infinity is no rounding's doing, and an exact answer that is not finite has to be met exactly.
double condition(const Row& row, const Softmax& softmax, const Desk& desk) {
  const rapt_problem& problem = row.call.problem;
  const double sink = sink_of(row);
  double worst = std::isfinite(sink) ? std::fabs(sink) : 0;
  for (int64_t n = 0; n < softmax.count; ++n) {
    const int64_t j = desk.seen[n].key;
    load_row(locate(row, j).k, problem.k.type, problem.k.shape[3], desk.k);
    double terms = 0;
    for (int64_t d = 0; d < problem.q.shape[3]; ++d) terms += std::fabs(desk.q[d] * desk.k[d]);
    terms *= std::fabs(problem.scale);
    if (problem.bias.type != RAPT_NONE) terms += std::fabs(bias_at(row, j));
    if (problem.alibi.type != RAPT_NONE) terms += std::fabs(alibi_at(row, j));
    if (std::isfinite(terms)) worst = std::max(worst, terms);
  }
  return worst;
}

// The bound of one element of o. `a` = sum_j p_j |v_j|, `v` = sum_j |v_j| / l, over the keys seen, and `keys`, their number over l.
//
// Where sums of exp(s_j - max) v_j are subnormal, each of their roundings loses up to half of the smallest subnormal (`tiny`), not a share
// of the sum. A key makes two at most: that of its multiply-add (or of its product: then the addition is exact), and that of one rescaling
// when the maximum moves, a block or a part of the keys is joined, of which there are no more than keys. Factors of rescaling are at most
// 1, so none of these grows; the division by l makes them 2 tiny keys / l. None is made where all values are 0. Storing o loses one more.
double bound_of_o(rapt_type type, double b, double a, double v, double keys) {
  if (!std::isfinite(a)) return 0;
  const Rounding own = rounding_of(type), f32 = rounding_of(RAPT_F32);
  const double roundings = v == 0 ? 0 : 2 * keys;
  // f64 leaves a factor 4 over the roundings; weights below the smallest normal number may vanish.
  if (type == RAPT_F64) return 4 * own.unit * (4 + b) * a + std::numeric_limits<double>::min() * v + (1 + roundings) * own.tiny;
  // F: every step in f32. Engines flush exp(s - max) below 2^-126, the smallest normal number, to zero: each key loses up to 2^-126 |v_j| /
  // l. Where o itself is subnormal, storing it loses an absolute amount.
  const double f = 8 * f32.unit * (4 + b) * a + std::ldexp(v, -126) + (2 + roundings) * f32.tiny;
  if (type == RAPT_F32) return f;
  // 16 bits: p and o are each rounded once to o's type; in f16 p, too, may be subnormal.
  const double eta = type == RAPT_F16 ? own.tiny : 0;
  return 2 * (own.unit * a + eta * v + own.tiny) + f;
}

// The scores, their exponentials and the logarithm of the sum; base 2 is the same number in another unit.
double bound_of_lse(const rapt_problem& problem, double b, double lse) {
  if (!std::isfinite(lse)) return 0;
  const double unit = rounding_of(problem.lse.type == RAPT_F64 ? RAPT_F64 : RAPT_F32).unit;
  return 4 * unit * (4 + b + std::fabs(lse)) * (problem.lse_base2 ? std::numbers::log2e : 1.0);
}

// bound_o: head_dim_v elements. Nothing seen: exactly 0 is demanded of o, and of lse exactly -inf unless there is a sink.
void bound_row(const Row& row, const Desk& desk, MissingPage& missing, double* bound_o, double* bound_lse) {
  const rapt_problem& problem = row.call.problem;
  const int64_t head_dim_v = problem.v.shape[3];
  const Softmax softmax = softmax_row(row, score_row(row, desk, missing), desk);
  const double b = condition(row, softmax, desk);
  if (bound_lse != nullptr) *bound_lse = bound_of_lse(problem, b, softmax.lse);
  if (softmax.count == 0) return;
  std::vector<double> a(static_cast<size_t>(head_dim_v), 0.0), v(static_cast<size_t>(head_dim_v), 0.0);
  for (int64_t n = 0; n < softmax.count; ++n) {
    load_row(locate(row, desk.seen[n].key).v, problem.v.type, head_dim_v, desk.v);
    const double p = softmax.sum == 0 ? 0 : desk.seen[n].weight / softmax.sum;
    for (int64_t d = 0; d < head_dim_v; ++d) {
      a[d] += p * std::fabs(desk.v[d]);
      v[d] += std::fabs(desk.v[d]);
    }
  }
  const double sum = softmax.sum == 0 ? 1 : softmax.sum;
  for (int64_t d = 0; d < head_dim_v; ++d)
    bound_o[d] = bound_of_o(problem.o.type, b, a[d], v[d] / sum, static_cast<double>(softmax.count) / sum);
}

rapt_status fill_bounds(const Call& call, double* bound_o, double* bound_lse, Text& fault) {
  const rapt_problem& problem = call.problem;
  const int64_t heads = problem.q.shape[1], rows = problem.q.shape[2], head_dim_v = problem.v.shape[3];
  std::vector<double> memory(static_cast<size_t>(desk_bytes(problem)) / sizeof(double));
  const Desk desk = desk_at(problem, memory.data(), 0);
  MissingPage missing;
  std::fill(bound_o, bound_o + problem.q.shape[0] * heads * rows * head_dim_v, 0.0);
  if (bound_lse != nullptr) std::fill(bound_lse, bound_lse + problem.q.shape[0] * heads * rows, 0.0);
  for (int64_t b = 0; b < problem.batch; ++b) {
    const Sequence sequence = sequence_at(call, b);
    const int64_t outer = problem.q_layout == RAPT_Q_RAGGED ? 0 : b;
    for (int64_t head = 0; head < heads; ++head) {
      for (int64_t i = 0; i < sequence.len_q; ++i) {
        const int64_t at = (outer * heads + head) * rows + sequence.begin_q + i;
        bound_row({call, sequence, head, i}, desk, missing, bound_o + at * head_dim_v, bound_lse == nullptr ? nullptr : bound_lse + at);
      }
    }
  }
  return missing.verdict(call, fault);
}

}  // namespace

rapt_status error_bound(const Request& request, const rapt_args& args, double* bound_o, double* bound_lse, Text& fault) {
  try {
    return fill_bounds({request.problem, args}, bound_o, bound_lse, fault);
  } catch (const std::exception&) {  // bad_alloc, or length_error where the size itself is absurd
    fault.append("no memory for a row of %lld scores", static_cast<long long>(request.problem.max_seqlen_kv));
    return RAPT_OUT_OF_MEMORY;
  }
}

}  // namespace rapt::reference
