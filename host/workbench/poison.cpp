// Finds, pair by pair, what no visible pair uses, and poisons it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>

#include "workbench/layout.h"
#include "workbench/scalar.h"
#include "workbench/values.h"

namespace rapt::workbench {
namespace {

constexpr double kMostPairs = 1 << 22;

// One flag per row of q, k (and v) and per element of mask and bias.
struct Used {
  std::vector<char> q, k, mask, bias;
};

Used find_used(const Problem& p, const Case& data, bool mask_hides) {
  const auto size = [](int64_t n) { return std::vector<char>(static_cast<size_t>(n), 0); };
  const rapt_tensor &mask = data.problem.mask, &bias = data.problem.bias;
  Used used{size(p.batch * p.heads_q * p.seqlen_q), size(p.batch * p.heads_kv * p.seqlen_kv), size(extent(mask)), size(extent(bias))};
  for (int64_t b = 0; b < p.batch; ++b) {
    const Sight sight(p, data.lens_q[static_cast<size_t>(b)], data.lens_kv[static_cast<size_t>(b)]);
    for (int64_t h = 0; h < p.heads_q; ++h) {
      const int64_t g = b * p.heads_kv + h * p.heads_kv / p.heads_q;
      for (int64_t i = 0; i < data.lens_q[static_cast<size_t>(b)]; ++i) {
        const auto [first, past] = sight.keys_of(i);
        for (int64_t j = first; j < past; ++j) {
          const int64_t mask_at = p.mask.empty() ? 0 : offset_of(mask, b, h, i, j),
                        bias_at = p.bias.empty() ? 0 : offset_of(bias, b, h, i, j);
          if (!p.mask.empty()) {
            used.mask[static_cast<size_t>(mask_at)] = 1;
            if (mask_hides && load(data.mask.data(), RAPT_BOOL, mask_at) == 0) continue;
          }
          if (!p.bias.empty()) {
            used.bias[static_cast<size_t>(bias_at)] = 1;
            if (mask_hides && load(data.bias.data(), p.bias_type, bias_at) == -std::numeric_limits<double>::infinity()) continue;
          }
          used.q[static_cast<size_t>((b * p.heads_q + h) * p.seqlen_q + i)] = 1;
          used.k[static_cast<size_t>(g * p.seqlen_kv + j)] = 1;
        }
      }
    }
  }
  return used;
}

void poison(Buffer& buffer, rapt_type type, int64_t offset, int64_t count) {
  const auto bytes = static_cast<int64_t>(rapt_type_size(type));
  std::memset(buffer.as<unsigned char>() + offset * bytes, 0xFF, static_cast<size_t>(count * bytes));
}

}  // namespace

void poison_hidden(const Problem& p, Case& data) {
  const double pairs = static_cast<double>(p.batch * p.heads_q) * static_cast<double>(p.seqlen_q) * static_cast<double>(p.seqlen_kv);
  if ((p.mask.empty() && p.bias.empty()) || pairs > kMostPairs || p.heads_q % p.heads_kv != 0) return;
  const Used used = find_used(p, data, p.seed % 2 == 0);
  for (int64_t b = 0; b < p.batch; ++b) {
    for (int64_t h = 0; h < p.heads_q; ++h) {
      for (int64_t i = 0; i < data.lens_q[static_cast<size_t>(b)]; ++i) {
        if (used.q[static_cast<size_t>((b * p.heads_q + h) * p.seqlen_q + i)] == 0)
          poison(data.q, p.q_type, query_row(data, data.problem.q, b, h, i), p.head_dim);
      }
    }
    const auto [first, past] = Sight(p, data.lens_q[static_cast<size_t>(b)], data.lens_kv[static_cast<size_t>(b)]).keys();
    for (int64_t g = 0; g < p.heads_kv; ++g) {
      for (int64_t j = first; j < past; ++j) {
        if (used.k[static_cast<size_t>((b * p.heads_kv + g) * p.seqlen_kv + j)] != 0) continue;
        poison(data.k, p.k_type, key_row(data, b, g, j), p.head_dim);
        poison(data.v, p.v_type, value_row(data, b, g, j), p.head_dim_v);
      }
    }
  }
  for (size_t at = 0; at < used.mask.size(); ++at) {
    if (used.mask[at] == 0) poison(data.mask, RAPT_BOOL, static_cast<int64_t>(at), 1);
  }
  for (size_t at = 0; at < used.bias.size(); ++at) {
    if (used.bias[at] == 0) poison(data.bias, p.bias_type, static_cast<int64_t>(at), 1);
  }
}

}  // namespace rapt::workbench
