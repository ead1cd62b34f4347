// Chooses rows of a large problem that the judge has time for, and compares.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/bench_judge.h"

#include <algorithm>
#include <set>
#include <vector>

#include "cli/case_rows.h"
#include "workbench/judge.h"

namespace rapt::cli {
namespace {

using workbench::Case;
using workbench::Outcome;

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

JudgedRows judge_rows(rapt_context* context, const Case& data, const Outcome& outcome, int32_t engine, double budget) {
  JudgedRows judged;
  double cost = 0;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    const int64_t rows = data.lens_q[b] * data.problem.q.shape[1];
    judged.rows_in_all += rows;
    cost += static_cast<double>(rows) * cost_of_row(data, static_cast<int64_t>(b));
  }
  if (cost <= budget) {
    judged.rows = judged.rows_in_all;
    judged.error_of_bound = workbench::compare(data, workbench::judge(context, data, engine), outcome).worst;
    return judged;
  }
  for (const Rows& rows : choose_rows(data, budget)) {
    const Case part = rows_of(data, rows);
    const workbench::Verdict verdict = workbench::compare(part, workbench::judge(context, part, engine), rows_of(data, outcome, rows));
    judged.error_of_bound = std::max(judged.error_of_bound, verdict.worst);
    judged.rows += rows.count * group_of(data.problem);
  }
  return judged;
}

}  // namespace rapt::cli
