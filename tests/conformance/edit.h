// Writing chosen numbers into a case, and reading an answer back by its logical index whatever the layout.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "workbench/run.h"

namespace rapt::conformance {

using Value = std::function<double(int64_t, int64_t, int64_t, int64_t)>;  // of the four logical indices
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

workbench::Case case_of(const std::string& problem);

// Every element of a tensor, rounded to its type.
void fill(const rapt_tensor& tensor, workbench::Buffer& buffer, const Value& value);
// k or v by (sequence, kv head, key, d), wherever the layout keeps it; only keys within a sequence's length, on pages that are mapped.
void fill_k(workbench::Case& data, const Value& value);
void fill_v(workbench::Case& data, const Value& value);

// Sets per-sequence lengths of a dense case that was made with full ones, and poisons k, v and q past them.
void shorten_kv(workbench::Case& data, const std::vector<int32_t>& lengths);
void shorten_q(workbench::Case& data, const std::vector<int32_t>& lengths);

// Absent tensors: as if the caller had not asked for the log-sum, or had no sinks.
workbench::Case without_lse(workbench::Case data);
workbench::Case without_sinks(workbench::Case data);
// The same queries against keys [begin, end) of a dense case: a view into the same buffers.
workbench::Case keys_of(const workbench::Case& whole, int64_t begin, int64_t end);
// A dense problem without data.
rapt_problem dense_problem(rapt_type type, int64_t batch, int64_t heads_q, int64_t heads_kv, int64_t seqlen_q, int64_t seqlen_kv,
                           int64_t head_dim, int64_t head_dim_v);
// rapt_merge of outcomes whose o and lse have the shapes of `data`.
workbench::Outcome merged(rapt_context* context, const workbench::Case& data, const std::vector<workbench::Outcome>& parts);

double at(const rapt_tensor& tensor, const workbench::Buffer& buffer, int64_t i0, int64_t i1, int64_t i2, int64_t i3);
// In logical order, without gaps.
std::vector<double> values(const rapt_tensor& tensor, const workbench::Buffer& buffer);
inline std::vector<double> o_of(const workbench::Case& data, const workbench::Outcome& outcome) {
  return values(data.problem.o, outcome.o);
}
inline std::vector<double> lse_of(const workbench::Case& data, const workbench::Outcome& outcome) {
  return values(data.problem.lse, outcome.lse);
}

// Bitwise: -0 differs from 0, NaN equals NaN.
testing::AssertionResult same_bits(const std::vector<double>& left, const std::vector<double>& right);
testing::AssertionResult same_bits(const workbench::Outcome& left, const workbench::Outcome& right);
// Every element within `tolerance` of the other, infinities equal.
testing::AssertionResult near(const std::vector<double>& left, const std::vector<double>& right, double tolerance);
// Row i of head h of sequence b: o all exactly zero, lse -inf (or `lse`).
testing::AssertionResult row_is_empty(const workbench::Case& data, const workbench::Outcome& outcome, int64_t b, int64_t h, int64_t i,
                                      double lse = -kInfinity);

}  // namespace rapt::conformance
