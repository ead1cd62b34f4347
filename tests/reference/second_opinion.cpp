// The second opinion. Nothing here is shared with host/reference.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/reference/second_opinion.h"

#include <cmath>
#include <limits>

namespace rapt::test {
namespace {

using Real = long double;  // 64 bits of mantissa or more: 2^11 times finer than what it judges
constexpr Real kInfinity = std::numeric_limits<Real>::infinity();

double broadcast(const auto& values, const Shape& shape, const Shape& at) {
  int64_t index = 0;
  for (size_t d = 0; d < 4; ++d) index = index * shape[d] + (shape[d] == 1 ? 0 : at[d]);
  return static_cast<double>(values[static_cast<size_t>(index)]);
}

// What one key is to one row.
struct Pair {
  Real scaled, softcapped, masked;  // masked: -inf where not visible
  Real magnitude;                   // sum of the magnitudes of the terms of the score
  bool visible;
};

class Rows {
 public:
  explicit Rows(const Attention& attention) : a_(attention) {}

  Pair pair(int64_t b, int64_t h, int64_t i, int64_t j) const {
    const int64_t group = a_.heads_q / a_.heads_kv;
    const double* q = &a_.q[static_cast<size_t>(((b * a_.heads_q + h) * a_.seqlen_q + i) * a_.head_dim)];
    const double* k = &a_.k[static_cast<size_t>(((b * a_.heads_kv + h / group) * a_.seqlen_kv + j) * a_.head_dim)];
    const Real scale =
        a_.rules.has_scale ? static_cast<Real>(a_.rules.scale) : static_cast<Real>(1 / std::sqrt(static_cast<double>(a_.head_dim)));
    Pair pair{};
    for (int64_t d = 0; d < a_.head_dim; ++d) {
      pair.scaled += scale * q[d] * k[d];
      pair.magnitude += std::fabs(scale * q[d] * k[d]);
    }
    pair.softcapped = a_.rules.softcap > 0 ? a_.rules.softcap * std::tanh(pair.scaled / a_.rules.softcap) : pair.scaled;
    const Real added = bias(b, h, i, j), slope = alibi(b, h);
    pair.visible = visible(b, h, i, j) && added != -kInfinity;
    const Real lead = slope * static_cast<Real>(j - i - offset(b));
    pair.masked = pair.visible ? pair.softcapped + added + lead : -kInfinity;
    pair.magnitude += std::fabs(added) + std::fabs(lead);
    return pair;
  }

  Real sink(int64_t h) const { return a_.sinks.empty() ? -kInfinity : static_cast<Real>(a_.sinks[static_cast<size_t>(h)]); }
  double v(int64_t b, int64_t h, int64_t j, int64_t d) const {
    return a_.v[static_cast<size_t>(((b * a_.heads_kv + h * a_.heads_kv / a_.heads_q) * a_.seqlen_kv + j) * a_.head_dim_v + d)];
  }

 private:
  int64_t offset(int64_t b) const {
    if (a_.rules.align == RAPT_ALIGN_TOP_LEFT) return 0;
    return a_.rules.align == RAPT_ALIGN_OFFSET ? a_.rules.offset : a_.len_kv(b) - a_.len_q(b);
  }
  Real bias(int64_t b, int64_t h, int64_t i, int64_t j) const {
    return a_.bias.empty() ? 0 : static_cast<Real>(broadcast(a_.bias, a_.bias_shape, {b, h, i, j}));
  }
  Real alibi(int64_t b, int64_t h) const {
    if (a_.alibi.empty()) return 0;
    const bool one = static_cast<int64_t>(a_.alibi.size()) == a_.heads_q;
    return static_cast<Real>(a_.alibi[static_cast<size_t>((one ? 0 : b * a_.heads_q) + h)]);
  }
  // The band of columns that causality and window leave, then the mask.
  bool visible(int64_t b, int64_t h, int64_t i, int64_t j) const {
    const int64_t same = i + offset(b);
    int64_t first = 0, last = a_.len_kv(b) - 1;
    if (a_.rules.causal) last = std::min(last, same);
    if (a_.rules.window_left != -1) first = std::max(first, same - a_.rules.window_left);
    if (a_.rules.window_right != -1) last = std::min(last, same + a_.rules.window_right);
    return first <= j && j <= last && (a_.mask.empty() || broadcast(a_.mask, a_.mask_shape, {b, h, i, j}) != 0);
  }

  const Attention& a_;
};

double unit(rapt_type type) { return type == RAPT_F16 ? 0x1p-11 : type == RAPT_BF16 ? 0x1p-8 : type == RAPT_F64 ? 0x1p-53 : 0x1p-24; }

// The table of bounds, from sum p|v|, sum |v| / l, B and the number of keys over l (0 if no value but 0 is seen); what subnormal numbers
// may lose is added at the end.
double bound_o(rapt_type type, Real a, Real v, Real b, Real keys) {
  if (type == RAPT_F64) return static_cast<double>(4 * 0x1p-53L * (4 + b) * a + 0x1p-1022L * v + 0x1p-1073L * keys) + 0x1p-1074;
  const Real f = 0x1p-24L * a * 8 * (4 + b) + 0x1p-126L * v + 0x1p-149L * (1 + keys);
  if (type == RAPT_F32) return static_cast<double>(f);
  const Real eta_p = type == RAPT_F16 ? 0x1p-25L : 0, eta_o = type == RAPT_F16 ? 0x1p-25L : 0x1p-134L;
  return static_cast<double>(2 * (unit(type) * a + eta_p * v + eta_o) + f);
}

Real log_add(Real x, Real y) {  // ln(exp(x) + exp(y))
  const Real high = std::max(x, y), low = std::min(x, y);
  return low == -kInfinity ? high : high + std::log1p(std::exp(low - high));
}

void judge_row(const Attention& a, const Rows& rows, int64_t b, int64_t h, int64_t i, Opinion& opinion) {
  const size_t row = static_cast<size_t>((b * a.heads_q + h) * a.seqlen_q + i), dim = static_cast<size_t>(a.head_dim_v);
  Real lse = rows.sink(h), high = rows.sink(h), condition = a.sinks.empty() ? 0 : std::fabs(rows.sink(h));
  std::vector<Pair> pairs;
  for (int64_t j = 0; j < a.len_kv(b); ++j) {
    pairs.push_back(rows.pair(b, h, i, j));
    if (!pairs.back().visible) continue;
    lse = log_add(lse, pairs.back().masked);
    high = std::max(high, pairs.back().masked);
    condition = std::max(condition, pairs.back().magnitude);
  }
  std::vector<Real> sum_pv(dim), sum_v(dim);
  Real seen = 0;
  for (size_t j = 0; j < pairs.size(); ++j) {
    const size_t cell = row * static_cast<size_t>(a.seqlen_kv) + j;
    const Real p = pairs[j].visible ? std::exp(pairs[j].masked - lse) : 0;
    const Real stages[4] = {pairs[j].scaled, pairs[j].softcapped, pairs[j].masked, p};
    for (size_t stage = 0; stage < 4; ++stage) opinion.map[stage][cell] = static_cast<double>(stages[stage]);
    if (!pairs[j].visible) continue;
    ++seen;
    for (size_t d = 0; d < dim; ++d) {
      const Real v = rows.v(b, h, static_cast<int64_t>(j), static_cast<int64_t>(d));
      opinion.o[row * dim + d] += p * v;
      sum_pv[d] += p * std::fabs(v);
      sum_v[d] += std::fabs(v);
    }
  }
  opinion.lse[row] = a.rules.lse_base2 ? lse / std::log(Real{2}) : lse;
  if (lse != -kInfinity) {
    opinion.bound_lse[row] =
        static_cast<double>(4 * unit(a.lse_type) * (4 + condition + std::fabs(lse)) / (a.rules.lse_base2 ? std::log(Real{2}) : 1));
  }
  if (seen == 0) return;
  const Real l = std::exp(lse - high);
  for (size_t d = 0; d < dim; ++d) {
    const Real keys = sum_v[d] == 0 ? 0 : seen / l;
    opinion.bound_o[row * dim + d] = bound_o(a.o_type, sum_pv[d], sum_v[d] / l, condition, keys);
  }
}

}  // namespace

Opinion second_opinion(const Attention& attention) {
  Opinion opinion;
  const size_t rows = static_cast<size_t>(attention.batch * attention.heads_q * attention.seqlen_q);
  opinion.lse.assign(rows, 0);
  opinion.bound_lse.assign(rows, 0);
  opinion.o.assign(rows * static_cast<size_t>(attention.head_dim_v), 0);
  opinion.bound_o.assign(opinion.o.size(), 0);
  for (Values& map : opinion.map) map.assign(rows * static_cast<size_t>(attention.seqlen_kv), 0);
  const Rows reader(attention);
  for (int64_t b = 0; b < attention.batch; ++b) {
    for (int64_t h = 0; h < attention.heads_q; ++h) {
      for (int64_t i = 0; i < attention.len_q(b); ++i) judge_row(attention, reader, b, h, i, opinion);
    }
  }
  return opinion;
}

}  // namespace rapt::test
