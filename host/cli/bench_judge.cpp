// Cuts a few rows out of a large problem, so that the judge can look at what the engine made of them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench_judge.h"

#include <algorithm>
#include <set>
#include <vector>

#include "workbench/judge.h"
#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

using workbench::Buffer;
using workbench::Case;
using workbench::Outcome;

struct Rows {
  int64_t b, g, row, count;  // sequence, kv head, first row, number of rows
};

int64_t group_of(const rapt_problem& problem) { return problem.q.shape[1] / problem.k.shape[1]; }

void copy_element(Buffer& to, int64_t to_index, const Buffer& from, int64_t from_index, rapt_type type) {
  workbench::store(to.data(), type, to_index, workbench::load(from.data(), type, from_index));
}

// Rows of q, o or lse as a dense tensor [1, group, count, width].
Buffer gather_queries(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, rapt_tensor& dense) {
  const int64_t group = group_of(data.problem), width = tensor.shape[3];
  dense = rapt_dense(tensor.type, 1, group, rows.count, width);
  Buffer to(static_cast<size_t>(group * rows.count * width) * rapt_type_size(tensor.type));
  for (int64_t h = 0; h < group; ++h) {
    for (int64_t i = 0; i < rows.count; ++i) {
      const int64_t begin = workbench::query_row(data, tensor, rows.b, rows.g * group + h, rows.row + i);
      for (int64_t d = 0; d < width; ++d) copy_element(to, (h * rows.count + i) * width + d, from, begin + d, tensor.type);
    }
  }
  return to;
}

// All keys or values of one sequence and kv head as a dense tensor [1, 1, len, width]; unmapped ones keep the buffer's NaN.
Buffer gather_keys(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, bool values, rapt_tensor& dense) {
  const int64_t len = data.lens_kv[static_cast<size_t>(rows.b)], width = tensor.shape[3];
  dense = rapt_dense(tensor.type, 1, 1, len, width);
  Buffer to(static_cast<size_t>(len * width) * rapt_type_size(tensor.type));
  for (int64_t j = 0; j < len; ++j) {
    const int64_t begin = values ? workbench::value_row(data, rows.b, rows.g, j) : workbench::key_row(data, rows.b, rows.g, j);
    if (begin < 0) continue;
    for (int64_t d = 0; d < width; ++d) copy_element(to, j * width + d, from, begin + d, tensor.type);
  }
  return to;
}

// mask, bias, alibi or sinks; a dimension of size 1 stays one.
Buffer gather_modifier(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, rapt_tensor& dense) {
  const int64_t group = group_of(data.problem), len = data.lens_kv[static_cast<size_t>(rows.b)];
  const auto first = [&](int dimension, int64_t at) { return tensor.shape[dimension] == 1 ? 0 : at; };
  const auto size = [&](int dimension, int64_t count) { return tensor.shape[dimension] == 1 ? 1 : count; };
  dense = rapt_dense(tensor.type, 1, size(1, group), size(2, rows.count), size(3, len));
  Buffer to(static_cast<size_t>(dense.shape[1] * dense.strides[1]) * rapt_type_size(tensor.type));
  for (int64_t h = 0; h < dense.shape[1]; ++h) {
    for (int64_t i = 0; i < dense.shape[2]; ++i) {
      for (int64_t j = 0; j < dense.shape[3]; ++j) {
        const int64_t index = workbench::offset_of(tensor, first(0, rows.b), first(1, rows.g * group) + h, first(2, rows.row) + i, j);
        copy_element(to, workbench::offset_of(dense, 0, h, i, j), from, index, tensor.type);
      }
    }
  }
  return to;
}

Case cut(const Case& data, const Rows& rows) {
  const rapt_problem& whole = data.problem;
  const int64_t len_q = data.lens_q[static_cast<size_t>(rows.b)], len_kv = data.lens_kv[static_cast<size_t>(rows.b)];
  Case part;
  part.name = data.name;
  part.problem = whole;
  rapt_problem& problem = part.problem;
  part.args = RAPT_ARGS_INIT;
  part.args.q = (part.q = gather_queries(data, whole.q, data.q, rows, problem.q)).data();
  part.args.k = (part.k = gather_keys(data, whole.k, data.k, rows, false, problem.k)).data();
  part.args.v = (part.v = gather_keys(data, whole.v, data.v, rows, true, problem.v)).data();
  if (whole.mask.type != RAPT_NONE) part.args.mask = (part.mask = gather_modifier(data, whole.mask, data.mask, rows, problem.mask)).data();
  if (whole.bias.type != RAPT_NONE) part.args.bias = (part.bias = gather_modifier(data, whole.bias, data.bias, rows, problem.bias)).data();
  if (whole.alibi.type != RAPT_NONE)
    part.args.alibi = (part.alibi = gather_modifier(data, whole.alibi, data.alibi, rows, problem.alibi)).data();
  if (whole.sinks.type != RAPT_NONE)
    part.args.sinks = (part.sinks = gather_modifier(data, whole.sinks, data.sinks, rows, problem.sinks)).data();

  problem.q_layout = RAPT_Q_DENSE;
  problem.kv_layout = RAPT_KV_DENSE;
  problem.batch = 1;
  problem.max_seqlen_q = rows.count;
  problem.max_seqlen_kv = len_kv;
  problem.table_stride = 0;
  problem.o = rapt_dense(whole.o.type, 1, problem.q.shape[1], rows.count, whole.o.shape[3]);
  if (whole.lse.type != RAPT_NONE) problem.lse = rapt_dense(whole.lse.type, 1, problem.q.shape[1], rows.count, 1);
  const int64_t aligned = whole.align == RAPT_ALIGN_OFFSET ? whole.offset : whole.align == RAPT_ALIGN_TOP_LEFT ? 0 : len_kv - len_q;
  problem.align = RAPT_ALIGN_OFFSET;
  problem.offset = aligned + rows.row;  // row 0 of the part is row `rows.row` of the whole
  part.lens_q = {rows.count};
  part.lens_kv = {len_kv};
  return part;
}

Outcome cut(const Case& data, const Outcome& outcome, const Rows& rows) {
  Outcome part;
  part.kernel = outcome.kernel;
  rapt_tensor dense;
  part.o = gather_queries(data, data.problem.o, outcome.o, rows, dense);
  if (data.problem.lse.type != RAPT_NONE) part.lse = gather_queries(data, data.problem.lse, outcome.lse, rows, dense);
  return part;
}

// Multiply-adds of the judge for one row.
double cost_of_row(const Case& data, int64_t b) {
  return static_cast<double>(data.lens_kv[static_cast<size_t>(b)] * (data.problem.q.shape[3] + data.problem.v.shape[3]));
}

// The corners, `count` rows each as far as the budget goes. Sequences without rows or keys have nothing to err in.
std::vector<Rows> choose_rows(const Case& data, double budget) {
  std::vector<int64_t> sequences;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    if (data.lens_q[b] > 0 && data.lens_kv[b] > 0) sequences.push_back(static_cast<int64_t>(b));
  }
  if (sequences.empty()) return {};
  constexpr double kCorners = 12;
  constexpr int64_t kMostRows = 16;
  std::vector<Rows> chosen;
  for (int64_t b : std::set<int64_t>{sequences.front(), sequences.back()}) {
    const int64_t len_q = data.lens_q[static_cast<size_t>(b)];
    const double affordable = budget / (kCorners * cost_of_row(data, b) * static_cast<double>(group_of(data.problem)));
    const int64_t count = std::min(len_q, std::clamp<int64_t>(static_cast<int64_t>(std::min(affordable, 1e6)), 1, kMostRows));
    for (int64_t g : std::set<int64_t>{0, data.problem.k.shape[1] - 1}) {
      for (int64_t row : std::set<int64_t>{0, (len_q - count) / 2, len_q - count}) chosen.push_back({b, g, row, count});
    }
  }
  return chosen;
}

}  // namespace

Case rows_of(const Case& data, int64_t b, int64_t g, int64_t row, int64_t count) { return cut(data, Rows{b, g, row, count}); }

JudgedRows judge_rows(rapt_context* context, const Case& data, const Outcome& outcome, double budget) {
  JudgedRows judged;
  double cost = 0;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    const int64_t rows = data.lens_q[b] * data.problem.q.shape[1];
    judged.rows_in_all += rows;
    cost += static_cast<double>(rows) * cost_of_row(data, static_cast<int64_t>(b));
  }
  if (cost <= budget) {
    judged.rows = judged.rows_in_all;
    judged.error_of_bound = workbench::compare(data, workbench::judge(context, data), outcome).worst;
    return judged;
  }
  for (const Rows& rows : choose_rows(data, budget)) {
    const Case part = cut(data, rows);
    const workbench::Verdict verdict = workbench::compare(part, workbench::judge(context, part), cut(data, outcome, rows));
    judged.error_of_bound = std::max(judged.error_of_bound, verdict.worst);
    judged.rows += rows.count * group_of(data.problem);
  }
  return judged;
}

}  // namespace rapt::cli
