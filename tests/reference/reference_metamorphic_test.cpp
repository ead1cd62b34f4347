// Identities that attention obeys: changes of the input whose effect on the output is known without knowing the output.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "tests/reference/random_attention.h"

namespace rapt::test {
namespace {

constexpr uint64_t kSeeds = 200;
constexpr double kTolerance = 1e-12;  // f64 in other orders of summation, scores below a hundred or so

bool close(double x, double y) { return x == y || std::fabs(x - y) <= kTolerance * std::max({1.0, std::fabs(x), std::fabs(y)}); }

void expect_close(const Values& x, const Values& y, const char* what) {
  ASSERT_EQ(x.size(), y.size());
  for (size_t n = 0; n < x.size(); ++n) ASSERT_TRUE(close(x[n], y[n])) << what << '[' << n << "]: " << x[n] << ", " << y[n];
}

// Full lengths, dense, all in f64, so that one tensor can be changed at a time.
Attention plain_attention(uint64_t seed) {
  Attention a = random_attention(seed);
  a.layout = {};
  a.lens_q.clear(), a.lens_kv.clear();
  a.bias_type = a.q_type = a.k_type = a.v_type = RAPT_F64;
  return a;
}

// The same without anything that knows a key by its number.
Attention positionless_attention(uint64_t seed) {
  Attention a = plain_attention(seed);
  a.rules.causal = 0, a.rules.window_left = a.rules.window_right = -1;
  a.mask.clear(), a.bias.clear(), a.alibi.clear();
  return a;
}

template <class Check>
void for_all_seeds(Attention (*make)(uint64_t), Check check) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(make(seed));
    if (testing::Test::HasFatalFailure()) return;
  }
}

// Rows [row_size] of `values` [heads, keys, row_size] in another order of keys; `order` may repeat or leave out keys.
Values pick_keys(const Values& values, int64_t heads, int64_t keys, int64_t row_size, const std::vector<int64_t>& order) {
  Values picked;
  for (int64_t h = 0; h < heads; ++h) {
    for (const int64_t j : order) {
      const auto row = values.begin() + (h * keys + j) * row_size;
      picked.insert(picked.end(), row, row + row_size);
    }
  }
  return picked;
}

void pick_keys(Attention& a, const std::vector<int64_t>& order) {
  a.k = pick_keys(a.k, a.batch * a.heads_kv, a.seqlen_kv, a.head_dim, order);
  a.v = pick_keys(a.v, a.batch * a.heads_kv, a.seqlen_kv, a.head_dim_v, order);
  a.seqlen_kv = static_cast<int64_t>(order.size());
}

std::vector<int64_t> range(int64_t from, int64_t to) {
  std::vector<int64_t> numbers(static_cast<size_t>(to - from));
  std::iota(numbers.begin(), numbers.end(), from);
  return numbers;
}

TEST(Identities, PermutingKeysChangesNothing) {
  for_all_seeds(positionless_attention, [](Attention a) {
    const Answer before = run(a);
    std::vector<int64_t> order = range(0, a.seqlen_kv);
    std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
    pick_keys(a, order);
    const Answer after = run(a);
    expect_close(after.o, before.o, "o");
    expect_close(after.lse, before.lse, "lse");
  });
}

TEST(Identities, DuplicatingEveryKeyAddsLn2) {
  for_all_seeds(positionless_attention, [](Attention a) {
    a.sinks.clear();
    Answer before = run(a);
    std::vector<int64_t> order = range(0, a.seqlen_kv);
    for (int64_t j = 0; j < a.seqlen_kv; ++j) order.push_back(j);
    pick_keys(a, order);
    const Answer after = run(a);
    for (double& lse : before.lse) lse += a.rules.lse_base2 ? 1 : std::numbers::ln2;
    expect_close(after.o, before.o, "o");
    expect_close(after.lse, before.lse, "lse");
  });
}

TEST(Identities, AConstantAddedToABiasRowAddsItToLse) {
  for_all_seeds(plain_attention, [](Attention a) {
    a.sinks.clear();
    if (a.bias.empty()) a.bias_shape = {1, 1, 1, a.seqlen_kv}, a.bias.assign(static_cast<size_t>(a.seqlen_kv), 0.0);
    Answer before = run(a);
    for (double& bias : a.bias) bias += 2.5;
    const Answer after = run(a);
    for (double& lse : before.lse) lse += a.rules.lse_base2 ? 2.5 * std::numbers::log2e : 2.5;
    expect_close(after.o, before.o, "o");
    expect_close(after.lse, before.lse, "lse");
  });
}

TEST(Identities, OutputsAreLinearInValues) {
  for_all_seeds(plain_attention, [](Attention a) {
    Attention b = a, sum = a;
    for (size_t n = 0; n < a.v.size(); ++n) b.v[n] = std::sin(static_cast<double>(n)), sum.v[n] = 2 * a.v[n] - 3 * b.v[n];
    const Answer of_a = run(a), of_b = run(b), of_sum = run(sum);
    Values expected = of_a.o;
    for (size_t n = 0; n < expected.size(); ++n) expected[n] = 2 * of_a.o[n] - 3 * of_b.o[n];
    expect_close(of_sum.o, expected, "o");
    EXPECT_EQ(of_sum.lse, of_a.lse);  // which no value enters
  });
}

TEST(Identities, PartsOfTheKeysMergeToTheWhole) {
  for_all_seeds(positionless_attention, [](Attention a) {
    a.rules.lse_base2 = 0;
    const Answer whole = run(a);
    const int64_t cut = a.seqlen_kv / 3;
    Attention left = a, right = a;
    pick_keys(left, range(0, cut));
    pick_keys(right, range(cut, a.seqlen_kv));
    right.sinks.clear();  // in exactly one part
    const Answer x = run(left), y = run(right);
    Values o(whole.o.size()), lse(whole.lse.size());
    for (size_t row = 0; row < lse.size(); ++row) {
      lse[row] = std::log(std::exp(x.lse[row]) + std::exp(y.lse[row]));
      for (size_t d = row * static_cast<size_t>(a.head_dim_v); d < (row + 1) * static_cast<size_t>(a.head_dim_v); ++d) {
        o[d] = std::exp(x.lse[row] - lse[row]) * x.o[d] + std::exp(y.lse[row] - lse[row]) * y.o[d];
      }
    }
    expect_close(o, whole.o, "o");
    expect_close(lse, whole.lse, "lse");
  });
}

TEST(Identities, ASinkIsAKeyWithoutAValue) {
  for_all_seeds(positionless_attention, [](Attention a) {
    a.rules.softcap = 0;
    a.sinks.assign(static_cast<size_t>(a.heads_q), 0.0);
    const Answer sink = run(a);
    a.sinks.clear();
    Values k, v;  // a key of zeros has the score 0, as the sink has
    for (int64_t h = 0; h < a.batch * a.heads_kv; ++h) {
      k.insert(k.end(), a.k.begin() + h * a.seqlen_kv * a.head_dim, a.k.begin() + (h + 1) * a.seqlen_kv * a.head_dim);
      v.insert(v.end(), a.v.begin() + h * a.seqlen_kv * a.head_dim_v, a.v.begin() + (h + 1) * a.seqlen_kv * a.head_dim_v);
      k.insert(k.end(), static_cast<size_t>(a.head_dim), 0.0);
      v.insert(v.end(), static_cast<size_t>(a.head_dim_v), 0.0);
    }
    a.k = k, a.v = v, ++a.seqlen_kv;
    const Answer key = run(a);
    expect_close(sink.o, key.o, "o");
    expect_close(sink.lse, key.lse, "lse");
  });
}

TEST(Identities, GroupedHeadsAreRepeatedHeads) {
  for_all_seeds(plain_attention, [](Attention a) {
    const Answer grouped = run(a);
    const int64_t group = a.heads_q / a.heads_kv;
    Values k, v;
    for (int64_t h = 0; h < a.batch * a.heads_q; ++h) {
      const int64_t from = h / group;
      k.insert(k.end(), a.k.begin() + from * a.seqlen_kv * a.head_dim, a.k.begin() + (from + 1) * a.seqlen_kv * a.head_dim);
      v.insert(v.end(), a.v.begin() + from * a.seqlen_kv * a.head_dim_v, a.v.begin() + (from + 1) * a.seqlen_kv * a.head_dim_v);
    }
    a.k = k, a.v = v, a.heads_kv = a.heads_q;
    const Answer repeated = run(a);
    EXPECT_EQ(repeated.o, grouped.o);
    EXPECT_EQ(repeated.lse, grouped.lse);
  });
}

TEST(Identities, ASequenceDoesNotKnowItsBatch) {
  for_all_seeds(plain_attention, [](Attention a) {
    if (a.batch == 1 || !a.bias.empty() || !a.mask.empty() || static_cast<int64_t>(a.alibi.size()) > a.heads_q) return;
    const Answer together = run(a);
    const auto last = [&](const Values& values) {
      return Values(values.end() - static_cast<int64_t>(values.size()) / a.batch, values.end());
    };
    Attention alone = a;
    alone.q = last(a.q), alone.k = last(a.k), alone.v = last(a.v), alone.batch = 1;
    const Answer one = run(alone);
    EXPECT_EQ(one.o, last(together.o));
    EXPECT_EQ(one.lse, last(together.lse));
  });
}

TEST(Identities, AWindowAndACausalFlagAreMasks) {
  for_all_seeds(plain_attention, [](Attention a) {
    if (!a.mask.empty()) return;
    const Answer ruled = run(a);
    const Values weights = map(a, RAPT_STAGE_MASKED).values;
    a.rules.causal = 0, a.rules.window_left = a.rules.window_right = -1;
    a.mask_shape = {a.batch, a.heads_q, a.seqlen_q, a.seqlen_kv};
    for (const double score : weights) a.mask.push_back(score == -HUGE_VAL ? 0 : 1);
    const Answer masked = run(a);
    EXPECT_EQ(masked.o, ruled.o);
    EXPECT_EQ(masked.lse, ruled.lse);
  });
}

TEST(Identities, WeightsTimesValuesAreTheOutput) {
  for_all_seeds(plain_attention, [](Attention a) {
    const Answer answer = run(a);
    const Values weights = map(a, RAPT_STAGE_WEIGHTS).values;
    Values o(answer.o.size());
    for (size_t row = 0; row < answer.lse.size(); ++row) {
      const size_t head = row / static_cast<size_t>(a.seqlen_q) / static_cast<size_t>(a.heads_q / a.heads_kv);
      for (size_t j = 0; j < static_cast<size_t>(a.seqlen_kv); ++j) {
        for (size_t d = 0; d < static_cast<size_t>(a.head_dim_v); ++d) {
          o[row * static_cast<size_t>(a.head_dim_v) + d] +=
              weights[row * static_cast<size_t>(a.seqlen_kv) + j] *
              a.v[(head * static_cast<size_t>(a.seqlen_kv) + j) * static_cast<size_t>(a.head_dim_v) + d];
        }
      }
    }
    expect_close(answer.o, o, "o");
  });
}

}  // namespace
}  // namespace rapt::test
