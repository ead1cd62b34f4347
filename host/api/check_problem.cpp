// From the caller's problem to one that engines can trust.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/check_problem.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "api/check_tensor.h"
#include "api/read_struct.h"

namespace rapt::api {
namespace {

int64_t saturating_sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return a < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

// Offsets and windows beyond every position are brought near, so that i + offset - left and i + offset + right cannot overflow. Visibility
// stays the same for each i in [0, max_seqlen_q) and j in [0, max_seqlen_kv); so does ALiBi, which keeps its offset.
void bring_near(rapt_problem& p) {
  const int64_t far = p.max_seqlen_q + p.max_seqlen_kv;  // |j - i| is less
  const int64_t given = p.offset;                        // 0 unless align is RAPT_ALIGN_OFFSET
  const bool keep = p.alibi.type != RAPT_NONE;           // its offset is within 2^53
  if (!keep) p.offset = std::clamp(given, -far, far);
  const int64_t limit = keep ? far + std::abs(given) : far;
  if (p.window_left >= 0) p.window_left = p.offset - std::clamp(saturating_sum(given, -p.window_left), -limit, limit);
  if (p.window_right >= 0) p.window_right = std::clamp(saturating_sum(given, p.window_right), -limit, limit) - p.offset;
}

}  // namespace

rapt_status check_problem(const rapt_problem* given, Outputs outputs, rapt_problem& checked) {
  checked = RAPT_PROBLEM_INIT;
  rapt_status status = read_struct("problem", given, checked);
  if (status == RAPT_OK) status = check_settings(checked);
  if (status == RAPT_OK) status = check_shapes(checked, outputs);
  if (status != RAPT_OK) return status;

  if (checked.has_scale == 0) checked.scale = 1.0 / std::sqrt(static_cast<double>(checked.q.shape[3]));
  checked.has_scale = 1;
  bring_near(checked);
  for (rapt_tensor* tensor :
       {&checked.q, &checked.k, &checked.v, &checked.o, &checked.lse, &checked.mask, &checked.bias, &checked.alibi, &checked.sinks}) {
    normalise(*tensor);
  }
  return RAPT_OK;
}

bool is_empty_work(const rapt_problem& checked) {
  return checked.batch == 0 || checked.q.shape[1] == 0 || checked.q.shape[2] == 0 || checked.max_seqlen_q == 0;
}

}  // namespace rapt::api

void rapt_problem_init(rapt_problem* problem, size_t struct_size) {
  if (problem == nullptr || struct_size < sizeof(size_t)) return;
  std::memset(static_cast<void*>(problem), 0, struct_size);
  problem->struct_size = struct_size;
  if (struct_size < rapt::api::kFirstSize<rapt_problem>) return;  // was never released: plans refuse it
  problem->window_left = -1;
  problem->window_right = -1;
}
