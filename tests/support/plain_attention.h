// Attention on a few numbers, written down plainly: what the program's files are compared with.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace rapt::tests {

struct Plain {
  int64_t batch = 1, heads_q = 4, heads_kv = 2, seqlen_q = 5, seqlen_kv = 7, head_dim = 8, head_dim_v = 6;
  std::vector<float> q, k, v;  // [batch, heads, rows, dim]

  double scale = 1 / std::sqrt(8.0);
  std::function<bool(int64_t b, int64_t h, int64_t i, int64_t j)> visible = [](int64_t, int64_t, int64_t, int64_t) { return true; };
  std::function<double(double s, int64_t b, int64_t h, int64_t i, int64_t j)> adjust = [](double s, int64_t, int64_t, int64_t, int64_t) {
    return s;
  };
  std::function<double(int64_t h)> sink = [](int64_t) { return -std::numeric_limits<double>::infinity(); };

  std::vector<int64_t> q_shape() const { return {batch, heads_q, seqlen_q, head_dim}; }
  std::vector<int64_t> k_shape() const { return {batch, heads_kv, seqlen_kv, head_dim}; }
  std::vector<int64_t> v_shape() const { return {batch, heads_kv, seqlen_kv, head_dim_v}; }
  std::vector<int64_t> o_shape() const { return {batch, heads_q, seqlen_q, head_dim_v}; }
};

// Small numbers that differ, the same for the same seed.
inline std::vector<float> some_numbers(int64_t count, int64_t seed) {
  std::vector<float> numbers;
  for (int64_t i = 0; i < count; ++i) numbers.push_back(static_cast<float>((i * 37 + i * i % 19 * 11 + seed * 13) % 47 - 23) / 16);
  return numbers;
}

inline Plain plain_problem(int64_t batch = 1) {
  Plain p;
  p.batch = batch;
  p.q = some_numbers(batch * p.heads_q * p.seqlen_q * p.head_dim, 1);
  p.k = some_numbers(batch * p.heads_kv * p.seqlen_kv * p.head_dim, 2);
  p.v = some_numbers(batch * p.heads_kv * p.seqlen_kv * p.head_dim_v, 3);
  return p;
}

struct PlainAnswer {
  std::vector<double> o, lse;  // [batch, heads_q, seqlen_q, head_dim_v] and without the last
};

inline PlainAnswer attend(const Plain& p) {
  PlainAnswer answer;
  const auto at = [](const std::vector<float>& x, int64_t index) { return static_cast<double>(x[static_cast<size_t>(index)]); };
  for (int64_t row = 0; row < p.batch * p.heads_q * p.seqlen_q; ++row) {
    const int64_t i = row % p.seqlen_q, h = row / p.seqlen_q % p.heads_q, b = row / p.seqlen_q / p.heads_q;
    const int64_t kv_head = b * p.heads_kv + h / (p.heads_q / p.heads_kv);
    double sum = std::exp(p.sink(h));
    std::vector<double> o(static_cast<size_t>(p.head_dim_v), 0.0);
    for (int64_t j = 0; j < p.seqlen_kv; ++j) {
      if (!p.visible(b, h, i, j)) continue;
      double s = 0;
      for (int64_t d = 0; d < p.head_dim; ++d) s += at(p.q, row * p.head_dim + d) * at(p.k, (kv_head * p.seqlen_kv + j) * p.head_dim + d);
      const double weight = std::exp(p.adjust(p.scale * s, b, h, i, j));
      sum += weight;
      for (int64_t d = 0; d < p.head_dim_v; ++d) {
        o[static_cast<size_t>(d)] += weight * at(p.v, (kv_head * p.seqlen_kv + j) * p.head_dim_v + d);
      }
    }
    for (const double element : o) answer.o.push_back(sum > 0 ? element / sum : 0);
    answer.lse.push_back(std::log(sum));
  }
  return answer;
}

}  // namespace rapt::tests
