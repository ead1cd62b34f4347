// The judge as an engine: takes everything that has a meaning, shares the rows out among the threads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "reference/engine.h"

#include <algorithm>

#include "reference/forward.h"

namespace rapt::reference {
namespace {

bool choose(const Request& request, Choice& choice, Text& why_not) {
  const rapt_problem& problem = request.problem;
  const struct {
    const char* name;
    rapt_type type;
  } operands[] = {{"q", problem.q.type}, {"k", problem.k.type}, {"v", problem.v.type}, {"o", problem.o.type}};
  for (const auto& operand : operands) {
    if (is_float(operand.type)) continue;
    why_not.append("%s has type number %d, which has no kernel; give f32, f16, bf16 or f64", operand.name, static_cast<int>(operand.type));
    return false;
  }
  int64_t workspace = desk_bytes(problem);
  if (workspace < 0 || __builtin_mul_overflow(workspace, static_cast<int64_t>(std::max(request.threads, 1)), &workspace)) {
    why_not.append("a row of %lld scores does not fit in memory; lower max_seqlen_kv", static_cast<long long>(problem.max_seqlen_kv));
    return false;
  }
  std::snprintf(choice.kernel, sizeof choice.kernel, "reference/f64 three passes");
  choice.workspace = static_cast<size_t>(workspace);
  return true;
}

struct Run {
  Call call;
  void* workspace;
  int32_t threads;
  MissingPage missing;
};

// Rows are dealt like cards, so that a causal problem is shared fairly. Which thread computes a row changes none of its bits.
void run_thread(void* state, int32_t thread) {
  Run& run = *static_cast<Run*>(state);
  const rapt_problem& problem = run.call.problem;
  const Desk desk = desk_at(problem, run.workspace, thread);
  int64_t turn = 0;
  for (int64_t b = 0; b < problem.batch; ++b) {
    const Sequence sequence = sequence_at(run.call, b);
    for (int64_t head = 0; head < problem.q.shape[1]; ++head) {
      for (int64_t i = 0; i < sequence.len_q; ++i) {
        if (turn++ % run.threads == thread) forward_row({run.call, sequence, head, i}, desk, run.missing);
      }
    }
  }
}

rapt_status run(const Request& request, const Choice&, const rapt_args& args, void* workspace, const rapt_executor& executor, void*,
                Text& fault) {
  Run state{{request.problem, args}, workspace, std::max(request.threads, 1), {}};
  executor.parallel(executor.user, state.threads, run_thread, &state);
  return state.missing.verdict(state.call, fault);
}

void explain(const Request& request, const Choice& choice, Text& text) {
  text.append("  arithmetic: f64, one query row at a time, three passes; o and lse rounded once\n");
  text.append("  work: rows dealt to %d threads\n", static_cast<int>(request.threads));
  text.append("  workspace: %zu bytes, a row of scores and of each operand for every thread\n", choice.workspace);
}

bool variant_at(int32_t index, rapt_variant& variant) {
  if (index != 0) return false;
  variant.engine = "reference";
  variant.name = "f64";
  variant.types = "f32 f16 bf16 f64";
  variant.head_dims = "any";
  variant.features =
      "causal align window mask bias alibi softcap sinks lse lse_base2 strides gqa head_dim_v mixed_types seqlens ragged block_table "
      "page_list "
      "page_pointers batch_invariant map";
  variant.unavailable = "";
  return true;
}

}  // namespace

const Engine kEngine = {"reference", RAPT_ENGINE_REFERENCE, true, nullptr, choose, run, explain, variant_at};

}  // namespace rapt::reference
