// How far an engine's answer is from the exact one, element by element, against the bound of rapt_error_bound.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <string>
#include <vector>

#include "workbench/run.h"

namespace rapt::workbench {

// The judge's answer for a case, f64, in logical order without gaps: o [batch, heads_q, max_seqlen_q, head_dim_v], ragged
// [1, heads_q, total_q, head_dim_v]; lse likewise.
struct Judgement {
  std::vector<double> o, lse, bound_o, bound_lse;
};
// With the bounds that this engine keeps. Throws std::runtime_error if the reference refuses.
Judgement judge(rapt_context* context, const Case& data, int32_t engine = RAPT_ENGINE_REFERENCE);
// The same answer with the bounds of another engine, which differ where o is of a wider type than q alone.
Judgement judged_for(rapt_context* context, const Case& data, int32_t engine, Judgement exact);

struct Verdict {
  bool pass = true;
  double worst = 0;  // max |error| / bound over o and lse; infinity where the sets of non-finite values differ
  double max_abs_error = 0;
  std::string worst_element;       // "o[0,3,17,5] = 0.25, exact 0.2500001, bound 3e-8"
  std::string message;             // one line: why it failed, with the problem string; empty on pass
  std::vector<int64_t> histogram;  // counts of |error| / bound of o in tenths of the bound: [0,.1), [.1,.2) ... [.9,1), >= 1
};
// Rows past a sequence's length do not count (they are not written; run_engine checks that). NaN must meet NaN, inf the same inf.
Verdict compare(const Case& data, const Judgement& exact, const Outcome& outcome);

// run_engine + compare; a status other than RAPT_OK is a failure with its sentence.
Verdict validate(rapt_context* context, const Case& data, int32_t engine, bool suspicious = true);

}  // namespace rapt::workbench
