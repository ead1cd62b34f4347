// Draws the elements of a case: each row from a seed of its own, so that every layout of a problem holds the same numbers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "workbench/layout.h"
#include "workbench/random.h"
#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

enum class Tensor : uint64_t { q = 1, k, v, mask, bias, sinks };

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double draw_large(Random& random) {  // 16 .. 1024 in magnitude, either sign
  const double fraction = static_cast<double>(random.below(1 << 20)) * 0x1p-20;
  const double magnitude = std::ldexp(1.0 + fraction, static_cast<int>(random.between(4, 9)));
  return random.chance(0.5) ? magnitude : -magnitude;
}

double draw_outlier(Random& random) {
  const double base = random.normal();
  return random.below(1000) == 0 ? base + 10.0 * random.normal() : base;
}

double equal_value(Tensor tensor) { return tensor == Tensor::q ? 0.5 : tensor == Tensor::k ? 0.75 : -1.25; }

uint64_t row_seed(const Problem& p, Tensor tensor, int64_t b, int64_t head, int64_t row) {
  return seed_of(
      {p.seed, static_cast<uint64_t>(tensor), static_cast<uint64_t>(b), static_cast<uint64_t>(head), static_cast<uint64_t>(row)});
}

// One row of q, k or v: `count` elements from `offset` on.
void fill_row(const Problem& p, Tensor tensor, int64_t b, int64_t head, int64_t row, void* data, rapt_type type, int64_t offset,
              int64_t count) {
  Random random(row_seed(p, tensor, b, head, row));
  std::vector<double> values(static_cast<size_t>(count));
  const auto draw = [&values](auto each) { std::generate(values.begin(), values.end(), each); };
  if (p.distribution == "normal") draw([&random] { return random.normal(); });
  if (p.distribution == "peaked") draw([&random] { return 4.0 * random.normal(); });
  if (p.distribution == "outliers") draw([&random] { return draw_outlier(random); });
  if (p.distribution == "equal") draw([tensor] { return equal_value(tensor); });
  if (p.distribution == "large") draw([&random] { return draw_large(random); });
  if (p.distribution == "uniform") draw([&random] { return random.uniform(); });
  store_row(data, type, offset, values.data(), count);
}

std::array<int64_t, 4> broadcast_shape(const std::string& pattern, const std::array<int64_t, 4>& full) {
  std::array<int64_t, 4> shape{};
  for (size_t dim = 0; dim < 4; ++dim) shape[dim] = pattern[dim] == '1' ? 1 : full[dim];
  return shape;
}

// Calls visit(offset of element, its row's own generator, whether the row is to be hidden whole) along each row of keys.
template <class Visit>
void for_each_element(const rapt_tensor& t, uint64_t seed, Visit visit) {
  for (int64_t b = 0; b < t.shape[0]; ++b) {
    for (int64_t h = 0; h < t.shape[1]; ++h) {
      for (int64_t i = 0; i < t.shape[2]; ++i) {
        Random random(seed_of({seed, static_cast<uint64_t>(b), static_cast<uint64_t>(h), static_cast<uint64_t>(i)}));
        const bool hidden = t.shape[2] > 1 && random.below(12) == 0;
        for (int64_t j = 0; j < t.shape[3]; ++j) visit(offset_of(t, b, h, i, j), random, hidden);
      }
    }
  }
}

// True for 7 of 10; any byte but 0 is true.
void fill_mask(Case& data, uint64_t seed) {
  for_each_element(data.problem.mask, seed, [&data](int64_t offset, Random& random, bool hidden) {
    const int64_t die = random.below(10);
    const unsigned char truth = die == 0 ? 0x80 : die == 1 ? 2 : 1;
    data.mask.as<unsigned char>()[offset] = hidden || die >= 7 ? 0 : truth;
  });
}

// N(0, 1), one of 16 -inf.
void fill_bias(Case& data, uint64_t seed) {
  for_each_element(data.problem.bias, seed, [&data](int64_t offset, Random& random, bool hidden) {
    const bool hides = random.below(16) == 0 || hidden;
    store(data.bias.data(), data.problem.bias.type, offset, hides ? -kInfinity : random.normal());
  });
}

}  // namespace

void fill_rows(const Problem& p, Case& data) {
  for (int64_t b = 0; b < p.batch; ++b) {
    const Sight sight(p, data.lens_q[static_cast<size_t>(b)], data.lens_kv[static_cast<size_t>(b)]);
    for (int64_t h = 0; h < p.heads_q; ++h) {
      for (int64_t i = 0; i < data.lens_q[static_cast<size_t>(b)]; ++i) {
        const auto [first, past] = sight.keys_of(i);
        if (first >= past) continue;  // a row that sees nothing is never read for its values
        fill_row(p, Tensor::q, b, h, i, data.q.data(), p.q_type, query_row(data, data.problem.q, b, h, i), p.head_dim);
      }
    }
    const auto [first, past] = sight.keys();
    for (int64_t g = 0; g < p.heads_kv; ++g) {
      for (int64_t j = first; j < past; ++j) {
        fill_row(p, Tensor::k, b, g, j, data.k.data(), p.k_type, key_row(data, b, g, j), p.head_dim);
        fill_row(p, Tensor::v, b, g, j, data.v.data(), p.v_type, value_row(data, b, g, j), p.head_dim_v);
      }
    }
  }
}

void fill_modifiers(const Problem& p, Case& data) {
  // bshd speaks of q, k, v and o alone
  const Problem::Layout layout = p.layout == Problem::Layout::strided ? p.layout : Problem::Layout::bhsd;
  const bool paged = p.kv_layout != RAPT_KV_DENSE && p.kv_layout != RAPT_KV_RAGGED;
  const std::array<int64_t, 4> full = {p.batch, p.heads_q, p.seqlen_q, paged ? std::max<int64_t>(p.seqlen_kv, 1) : p.seqlen_kv};
  if (!p.mask.empty()) {
    data.problem.mask = place(RAPT_BOOL, broadcast_shape(p.mask, full), layout);
    data.mask = allocate(data.problem.mask);
    data.args.mask = data.mask.data();
    fill_mask(data, seed_of({p.seed, static_cast<uint64_t>(Tensor::mask)}));
  }
  if (!p.bias.empty()) {
    data.problem.bias = place(p.bias_type, broadcast_shape(p.bias, full), layout);
    data.bias = allocate(data.problem.bias);
    data.args.bias = data.bias.data();
    fill_bias(data, seed_of({p.seed, static_cast<uint64_t>(Tensor::bias)}));
  }
  if (p.alibi) {  // 2^-1, 2^-2, ... 2^-8 and again, a quarter steeper for each sequence
    data.problem.alibi = place(RAPT_F32, {p.alibi_per_batch ? p.batch : 1, p.heads_q, 1, 1}, layout);
    data.alibi = allocate(data.problem.alibi);
    data.args.alibi = data.alibi.data();
    for (int64_t b = 0; b < data.problem.alibi.shape[0]; ++b) {
      for (int64_t h = 0; h < p.heads_q; ++h) {
        const double slope = std::ldexp(1.0 + 0.25 * static_cast<double>(b % 4), -1 - static_cast<int>(h % 8));
        store(data.alibi.data(), RAPT_F32, offset_of(data.problem.alibi, b, h, 0, 0), slope);
      }
    }
  }
  if (p.sinks) {  // N(0, 4), one of 8 -inf: a head without a sink
    data.problem.sinks = place(RAPT_F32, {1, p.heads_q, 1, 1}, layout);
    data.sinks = allocate(data.problem.sinks);
    data.args.sinks = data.sinks.data();
    Random random(seed_of({p.seed, static_cast<uint64_t>(Tensor::sinks)}));
    for (int64_t h = 0; h < p.heads_q; ++h) {
      const double sink = random.below(8) == 0 ? -kInfinity : 2.0 * random.normal();
      store(data.sinks.data(), RAPT_F32, offset_of(data.problem.sinks, 0, h, 0, 0), sink);
    }
  }
}

}  // namespace rapt::workbench
