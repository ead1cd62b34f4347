// A plan is a row of the table; a run fills its parameters and launches it. Nothing here allocates or waits.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/engine_on.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "cuda/select.h"

namespace rapt::gpu {
namespace {

using kernels::Variant;

// The architecture to plan for where no device is: explain tells what the newest would do.
constexpr int32_t kNewest = 90;

struct Plan {
  ForwardPlan forward;
  int32_t architecture;  // of the device it was made on
};
static_assert(sizeof(Plan) <= sizeof Choice::state);

Plan plan_of(const Choice& choice) {
  Plan plan;
  std::memcpy(&plan, choice.state, sizeof plan);
  return plan;
}

// Rows for sm_90a run on 9.0 alone; those for sm_80 run on all later devices too.
int rows_for(int32_t architecture) { return architecture == 90 ? 90 : 80; }

const Variant& row_of(const Machine& machine, int index) { return machine.forward()[static_cast<size_t>(index)]; }

bool encode_maps(const Machine& machine, const Variant& row, const rapt_problem& p, const rapt_args& args,
                 kernels::ForwardSm90Params& params, Text& fault) {
  return machine.encode(describe(row, p, args, Tensor::q), params.q, fault) &&
         machine.encode(describe(row, p, args, Tensor::k), params.k, fault) &&
         machine.encode(describe(row, p, args, Tensor::v), params.v, fault);
}

rapt_status launch(const Machine& machine, const Variant& row, const rapt_problem& p, const rapt_args& args, void* stream, Text& fault) {
  kernels::ForwardSm90Params params = {};
  params.forward = fill_forward(row, p, args);
  const bool by_tma = row.architecture >= 90;
  if (by_tma && !encode_maps(machine, row, p, args, params, fault)) return RAPT_CUDA_ERROR;
  const void* given = by_tma ? static_cast<const void*>(&params) : &params.forward;
  const int error = row.launch({given, {static_cast<unsigned>(forward_blocks(row, p)), 1, 1}, stream});
  if (error == 0) return RAPT_OK;
  machine.put_in_words(error, fault);
  return RAPT_CUDA_ERROR;
}

}  // namespace

bool runs_here(const Machine& machine, Text& why_not) {
  const Device* device = machine.device(why_not);
  if (device == nullptr) return false;
  if (device->architecture >= 80) return true;
  why_not.append("%s has compute capability %d.%d; kernels need 8.0 or newer, so use engine cpu", device->name, device->architecture / 10,
                 device->architecture % 10);
  return false;
}

bool choose(const Machine& machine, const Request& request, Choice& choice, Text& why_not) {
  Text nobody(nullptr, 0);
  const Device* device = machine.device(nobody);
  Plan plan = {};
  plan.architecture = device == nullptr ? kNewest : device->architecture;
  if (!choose_forward(machine.forward(), rows_for(plan.architecture), request, plan.forward, why_not)) return false;
  const Variant& row = row_of(machine, plan.forward.row);
  if (device != nullptr && row.shared_bytes > device->shared_per_block) {
    why_not.append("kernel %s needs %d bytes of shared memory a block and %s has %lld; use engine cpu", row.name, row.shared_bytes,
                   device->name, static_cast<long long>(device->shared_per_block));
    return false;
  }
  std::memcpy(choice.state, &plan, sizeof plan);
  choice.workspace = 0;
  std::snprintf(choice.kernel, sizeof choice.kernel, "%s/%s", machine.name, row.name);
  return true;
}

rapt_status run(const Machine& machine, const Request& request, const Choice& choice, const rapt_args& args, void* stream, Text& fault) {
  const Plan plan = plan_of(choice);
  const Device* device = machine.device(fault);
  if (device == nullptr) return RAPT_NO_DEVICE;
  if (device->architecture != plan.architecture) {
    fault.append("the plan was made on compute capability %d.%d and this thread's device %d has %d.%d; make a plan for it",
                 plan.architecture / 10, plan.architecture % 10, device->index, device->architecture / 10, device->architecture % 10);
    return RAPT_INVALID_ARGUMENT;
  }
  return launch(machine, row_for(machine.forward(), plan.forward, args), request.problem, args, stream, fault);
}

void explain(const Machine& machine, const Request& request, const Choice& choice, Text& text) {
  const Plan plan = plan_of(choice);
  const Variant &row = row_of(machine, plan.forward.row), &unaligned = row_of(machine, plan.forward.unaligned);
  Text nobody(nullptr, 0);
  const Device* device = machine.device(nobody);
  const int64_t blocks = forward_blocks(row, request.problem);
  if (device != nullptr)
    text.append("  device: %s, compute capability %d.%d, %d multiprocessors\n", device->name, device->architecture / 10,
                device->architecture % 10, device->multiprocessors);
  else
    text.append("  device: none here; this is what compute capability %d.%d would run\n", kNewest / 10, kNewest % 10);
  text.append("  row: %s for sm_%d%s, head_dim up to %d and %d\n", row.name, row.architecture, row.architecture == 90 ? "a" : " and newer",
              row.head_dim, row.head_dim_v);
  text.append("  tiles: %d queries x %d keys, %d in flight or in use; %d threads, %d bytes of shared memory a block\n", row.tile_q,
              row.tile_kv, row.stages, row.threads, row.shared_bytes);
  text.append("  grid: %lld blocks", static_cast<long long>(blocks));
  if (device != nullptr) text.append(", %.1f for each multiprocessor", static_cast<double>(blocks) / std::max(device->multiprocessors, 1));
  text.append("\n");
  if (unaligned.name != row.name) text.append("  unaligned: %s when q, k or v does not begin at a multiple of 16 bytes\n", unaligned.name);
}

bool variant_at(const Machine& machine, int32_t index, rapt_variant& variant) {
  const auto rows = machine.forward();
  if (index < 0 || static_cast<size_t>(index) >= rows.size()) return false;
  const Variant& row = rows[static_cast<size_t>(index)];
  variant.engine = machine.name;
  variant.name = row.name;
  variant.types = row.type == kernels::ElementType::bf16 ? "bf16" : "f16";
  variant.head_dims = row.head_dim <= 64 ? "up to 64" : "up to 128";
  variant.features = "causal align lse lse_base2 gqa head_dim_v strides seqlens ragged batch_invariant";
  Text nobody(nullptr, 0);
  const Device* device = machine.device(nobody);
  variant.unavailable = device == nullptr                                      ? "no CUDA device"
                        : row.architecture == 90 && device->architecture != 90 ? "needs compute capability 9.0"
                                                                               : "";
  return true;
}

}  // namespace rapt::gpu
