// The CPU engine's table: what it takes, what it refuses and why, and what it says about a plan.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/engine.h"

#include <cstring>
#include <type_traits>

#include "cpu/run.h"

namespace rapt::cpu {
namespace {

static_assert(sizeof(Plan) <= sizeof(Choice::state) && std::is_trivially_copyable_v<Plan>);

const char* name_of(rapt_type type) {
  switch (type) {
    case RAPT_F32: return "f32";
    case RAPT_F16: return "f16";
    case RAPT_BF16: return "bf16";
    case RAPT_F64: return "f64";
    case RAPT_E4M3: return "e4m3";
    case RAPT_E5M2: return "e5m2";
    case RAPT_I8: return "i8";
    default: return "unknown";
  }
}

bool takes_type(const char* tensor, const rapt_tensor& t, bool halves, Text& why_not) {
  const bool taken = t.type == RAPT_NONE || t.type == RAPT_F32 || (halves && (t.type == RAPT_F16 || t.type == RAPT_BF16));
  if (!taken)
    why_not.append("%s is %s; the cpu engine takes %s. Convert it, or use engine reference for f64", tensor, name_of(t.type),
                   halves ? "f32, f16 and bf16" : "f32");
  return taken;
}

Plan plan_of(const Choice& choice) {
  Plan plan;
  std::memcpy(&plan, choice.state, sizeof plan);
  return plan;
}

bool choose(const Request& request, Choice& choice, Text& why_not) {
  const rapt_problem& p = request.problem;
  if (!takes_type("q", p.q, true, why_not) || !takes_type("k", p.k, true, why_not) || !takes_type("v", p.v, true, why_not) ||
      !takes_type("o", p.o, true, why_not) || !takes_type("bias", p.bias, true, why_not) || !takes_type("lse", p.lse, false, why_not) ||
      !takes_type("alibi", p.alibi, false, why_not) || !takes_type("sinks", p.sinks, false, why_not))
    return false;
  const Machine* machine = machine_named(request.isa);
  if (machine == nullptr || !machine_runs_here(*machine)) {
    why_not.append("isa %s is not one this CPU runs; leave max_isa unset", request.isa);
    return false;
  }
  const Plan plan = make_plan(p, *machine, request.threads);
  std::memcpy(choice.state, &plan, sizeof plan);
  choice.workspace = plan.bytes;
  std::snprintf(choice.kernel, sizeof choice.kernel, "cpu/%s %s d%lld", machine->name, plan.own_slot.bytes > 0 ? "prefill" : "decode",
                static_cast<long long>(p.q.shape[3]));
  return true;
}

rapt_status run_choice(const Request& request, const Choice& choice, const rapt_args& args, void* workspace, const rapt_executor& executor,
                       void*, Text& fault) {
  return run(plan_of(choice), request.problem, args, workspace, executor, fault);
}

void explain(const Request& request, const Choice& choice, Text& text) {
  const Plan plan = plan_of(choice);
  const rapt_problem& p = request.problem;
  text.append("  machine: %s, panels of %lld keys, prefill multiplies %s, %d of %d threads\n", plan.machine->name,
              static_cast<long long>(plan.machine->panel), plan.path->operands, plan.threads, request.threads);
  text.append(
      "  prefill: for more than %lld rows (queries x %lld heads of a group) a sequence; tiles of %lld rows (%lld if it is the only one) x "
      "%lld keys\n",
      static_cast<long long>(plan.cut.in_place_rows), static_cast<long long>(p.q.shape[1] / std::max<int64_t>(p.k.shape[1], 1)),
      static_cast<long long>(kTileRows), static_cast<long long>(kLoneTileRows), static_cast<long long>(kBlock));
  text.append("  decode: up to %lld rows a sequence, %lld against %lld keys or more; K and V read in place, once for %lld rows\n",
              static_cast<long long>(plan.cut.in_place_rows), static_cast<long long>(plan.cut.most_in_place_rows),
              static_cast<long long>(kManyKeys), static_cast<long long>(kDecodeRows));
  text.append("  splits: up to %lld rows split their keys into at most %lld parts of at least %lld\n", static_cast<long long>(kSplitRows),
              static_cast<long long>(plan.splits), static_cast<long long>(kMinSplitKeys));
  text.append(
      "  packed: K and V by each thread for itself, just before they are used, %.1f MiB; by all for all %lld of %lld (sequence, kv head) "
      "pairs at a time, %.1f MiB each\n",
      static_cast<double>(plan.own_slot.bytes) / (1 << 20), static_cast<long long>(plan.pack_slots), static_cast<long long>(plan.units),
      static_cast<double>(plan.slot.bytes) / (1 << 20));
  text.append("  same bits: whatever the batch, the threads and the pages\n");
}

bool variant_at(int32_t index, rapt_variant& variant) {
  const Machine* machine = machine_at(index);
  if (machine == nullptr) return false;
  variant.engine = "cpu";
  variant.name = machine->name;
  variant.types = "f32 f16 bf16";
  variant.head_dims = "any";
  variant.features =
      "causal align window mask bias alibi softcap sinks lse lse_base2 gqa head_dim_v mixed_types strides seqlens ragged block_table "
      "page_list page_pointers batch_invariant split_kv";
  variant.unavailable = machine_runs_here(*machine) ? "" : "this CPU lacks the instructions";
  return true;
}

}  // namespace

const Engine kEngine = {"cpu", RAPT_ENGINE_CPU, true, nullptr, choose, run_choice, explain, variant_at};

}  // namespace rapt::cpu
