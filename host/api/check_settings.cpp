// Refusals about what of a problem is not a tensor: enums, flags, scale, softcap, windows.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/check_problem.h"

#include <cfloat>
#include <cinttypes>
#include <cmath>

#include "api/status.h"

namespace rapt::api {
namespace {

struct Setting {
  const char* name;
  int32_t value;
  int32_t largest;
  const char* choices;
};

rapt_status check_choices(const rapt_problem& problem) {
  const Setting settings[] = {
      {"engine", problem.engine, RAPT_ENGINE_EMULATED, "RAPT_ENGINE_AUTO, _REFERENCE, _CPU, _CUDA or _EMULATED"},
      {"q_layout", problem.q_layout, RAPT_Q_RAGGED, "RAPT_Q_DENSE or RAPT_Q_RAGGED"},
      {"kv_layout", problem.kv_layout, RAPT_KV_PAGE_POINTERS, "one of RAPT_KV_DENSE to RAPT_KV_PAGE_POINTERS"},
      {"align", problem.align, RAPT_ALIGN_OFFSET, "RAPT_ALIGN_BOTTOM_RIGHT, RAPT_ALIGN_TOP_LEFT or RAPT_ALIGN_OFFSET"},
      {"has_scale", problem.has_scale, 1, "0 or 1"},
      {"causal", problem.causal, 1, "0 or 1"},
      {"lse_base2", problem.lse_base2, 1, "0 or 1"},
      {"batch_invariant", problem.batch_invariant, 1, "0 or 1"}};
  for (const Setting& setting : settings) {
    if (setting.value < 0 || setting.value > setting.largest) {
      return fail(RAPT_INVALID_ARGUMENT, "%s is %d; use %s", setting.name, setting.value, setting.choices);
    }
  }
  for (const int32_t word : problem.reserved) {
    if (word != 0) return fail(RAPT_INVALID_ARGUMENT, "reserved holds %d; set the problem with RAPT_PROBLEM_INIT and leave it zero", word);
  }
  return RAPT_OK;
}

rapt_status check_scale(const rapt_problem& problem) {
  if (problem.has_scale == 0 && problem.scale != 0) {
    return fail(RAPT_INVALID_ARGUMENT, "scale is %g but has_scale is 0; set has_scale to 1 to use it, or scale to 0 for 1 / sqrt(head_dim)",
                problem.scale);
  }
  if (!std::isfinite(problem.scale) || std::fabs(problem.scale) > FLT_MAX) {
    return fail(RAPT_INVALID_ARGUMENT, "scale is %g; give a finite number that f32 can hold", problem.scale);
  }
  if (problem.softcap < 0 || !std::isfinite(problem.softcap)) {
    return fail(RAPT_INVALID_ARGUMENT, "softcap is %g; give a positive finite number, or 0 for none", static_cast<double>(problem.softcap));
  }
  return RAPT_OK;
}

rapt_status check_window(const rapt_problem& problem) {
  if (problem.window_left < -1) {
    return fail(RAPT_INVALID_ARGUMENT, "window_left is %" PRId64 "; give the keys back that a query sees, 0 or more, or -1 for no bound",
                problem.window_left);
  }
  if (problem.window_right < -1) {
    return fail(RAPT_INVALID_ARGUMENT, "window_right is %" PRId64 "; give the keys ahead that a query sees, 0 or more, or -1 for no bound",
                problem.window_right);
  }
  if (problem.align != RAPT_ALIGN_OFFSET && problem.offset != 0) {
    return fail(RAPT_INVALID_ARGUMENT, "offset is %" PRId64 " but align is not RAPT_ALIGN_OFFSET; set align to use it, or offset to 0",
                problem.offset);
  }
  // Further away ALiBi's slope * (j - i - offset) is no longer a number of its own in f64; without slopes any offset is legal.
  constexpr int64_t kExact = int64_t{1} << 53;
  if (problem.alibi.type != RAPT_NONE && (problem.offset > kExact || problem.offset < -kExact)) {
    return fail(RAPT_INVALID_ARGUMENT, "offset is %" PRId64 "; with alibi it is part of the scores: give one within 2^53", problem.offset);
  }
  return RAPT_OK;
}

}  // namespace

rapt_status check_settings(const rapt_problem& problem) {
  rapt_status status = check_choices(problem);
  if (status == RAPT_OK) status = check_scale(problem);
  if (status == RAPT_OK) status = check_window(problem);
  return status;
}

}  // namespace rapt::api
