// Why the other rows were not taken, those with one reason on one line.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "cuda/explain.h"

namespace rapt::gpu {
namespace {

struct Reason {
  char text[160];
};

Reason reason_against(const kernels::Variant& row, int32_t architecture, const rapt_problem& problem) {
  Reason reason;
  Text why_not(reason.text, sizeof reason.text);
  if (row_takes(row, architecture, problem, why_not)) why_not.append("it takes the problem too, as a later choice");
  return reason;
}

}  // namespace

void explain_other_rows(std::span<const kernels::Variant> rows, const ForwardPlan& plan, int32_t architecture, const rapt_problem& problem,
                        Text& text) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const Reason reason = reason_against(rows[i], architecture, problem);
    const auto shares = [&](size_t j) {
      return j != static_cast<size_t>(plan.row) && std::strcmp(reason_against(rows[j], architecture, problem).text, reason.text) == 0;
    };
    bool said = !shares(i);
    for (size_t j = 0; j < i; ++j) said = said || shares(j);
    if (said) continue;
    text.append("  not taken, %s:", reason.text);
    for (size_t j = i; j < rows.size(); ++j) {
      if (shares(j)) text.append(" %s", rows[j].name);
    }
    text.append("\n");
  }
}

}  // namespace rapt::gpu
