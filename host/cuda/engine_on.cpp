// A plan is a row of the table; a run fills its parameters and launches it. Nothing here allocates or waits.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/engine_on.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "cuda/cards.h"
#include "cuda/division.h"
#include "cuda/forward_params.h"

namespace rapt::gpu {
namespace {

using kernels::Variant;

// The architecture to plan for where none is asked for and no device is: explain tells what the newest would do.
constexpr int32_t kNewest = 90;

// Rows for sm_90a run on 9.0 alone; those for sm_80 run on all later devices too.
int rows_for(int32_t architecture) { return architecture == 90 ? 90 : 80; }

const Variant& row_of(const Machine& machine, int index) { return machine.forward()[static_cast<size_t>(index)]; }

bool encode_maps(const Machine& machine, const Variant& row, const kernels::Division& division, const rapt_problem& p,
                 const rapt_args& args, kernels::ForwardSm90Params& params, Text& fault) {
  return machine.encode(describe(row, division, p, args, Tensor::q), params.q, fault) &&
         machine.encode(describe(row, division, p, args, Tensor::k), params.k, fault) &&
         machine.encode(describe(row, division, p, args, Tensor::v), params.v, fault);
}

rapt_status verdict(const Machine& machine, int error, Text& fault) {
  if (error == 0) return RAPT_OK;
  machine.put_in_words(error, fault);
  return RAPT_CUDA_ERROR;
}

rapt_status launch(const Machine& machine, const Variant& row, const kernels::Division& division, const rapt_problem& p,
                   const rapt_args& args, void* workspace, void* stream, Text& fault) {
  kernels::ForwardSm90Params params = {};
  params.forward = fill_forward(division, p, args, workspace);
  const bool by_tma = row.architecture >= 90;
  if (by_tma && !encode_maps(machine, row, division, p, args, params, fault)) return RAPT_CUDA_ERROR;
  const void* given = by_tma ? static_cast<const void*>(&params) : &params.forward;
  const rapt_status status =
      verdict(machine, row.launch({given, {static_cast<unsigned>(forward_blocks(division, p)), 1, 1}, stream}), fault);
  if (status != RAPT_OK || division.splits == 1) return status;
  const kernels::MergeParams merge = fill_merge(division, p, args, workspace);
  return verdict(machine, machine.merge({&merge, {static_cast<unsigned>(merge_blocks(p)), 1, 1}, stream}), fault);
}

}  // namespace

static_assert(sizeof(Plan) <= sizeof Choice::state);

Plan plan_of(const Choice& choice) {
  Plan plan;
  std::memcpy(&plan, choice.state, sizeof plan);
  return plan;
}

bool runs_here(const Machine& machine, const Request& request, Text& why_not) {
  const Device* device = machine.device(request.architecture, why_not);
  if (device == nullptr) return false;
  if (device->architecture >= 80 && rows_for(device->architecture) >= request.architecture) return true;
  const int needed = std::max(request.architecture, 80);
  why_not.append("%s has compute capability %d.%d; kernels%s need %s, so use engine cpu", device->name, device->architecture / 10,
                 device->architecture % 10, needed == 90 ? " for sm_90a" : "", needed == 90 ? "9.0" : "8.0 or newer");
  return false;
}

const Device* device_for(const Machine& machine, const Request& request) {
  Text nobody(nullptr, 0);
  const Device* device = machine.device(request.architecture, nobody);
  return device != nullptr && rows_for(device->architecture) >= request.architecture ? device : nullptr;
}

bool choose(const Machine& machine, const Request& request, Choice& choice, Text& why_not) {
  const Device* device = device_for(machine, request);
  Plan plan = {};
  plan.device = device == nullptr ? 0 : device->architecture;
  plan.architecture = rows_for(request.architecture != 0 ? request.architecture : device != nullptr ? plan.device : kNewest);
  const int32_t multiprocessors = device == nullptr ? card_of(plan.architecture).multiprocessors : device->multiprocessors;
  if (!choose_forward(machine.forward(), plan.architecture, multiprocessors, request, plan.forward, why_not)) return false;
  const Variant& row = row_of(machine, plan.forward.row);
  if (device != nullptr && row.shared_bytes > device->shared_per_block) {
    why_not.append("kernel %s needs %d bytes of shared memory a block and %s has %lld; use engine cpu", row.name, row.shared_bytes,
                   device->name, static_cast<long long>(device->shared_per_block));
    return false;
  }
  std::memcpy(choice.state, &plan, sizeof plan);
  choice.workspace = workspace_bytes(plan.forward.division);
  std::snprintf(choice.kernel, sizeof choice.kernel, "%s/%s", machine.name, row.name);
  return true;
}

rapt_type bound_type(const rapt_problem& p) {
  const bool rounded = p.q.type == RAPT_F16 || p.q.type == RAPT_BF16;
  return p.o.type == RAPT_F32 && rounded ? p.q.type : p.o.type;
}

rapt_status run(const Machine& machine, const Request& request, const Choice& choice, const rapt_args& args, void* workspace, void* stream,
                Text& fault) {
  const Plan plan = plan_of(choice);
  const Device* device = machine.device(request.architecture, fault);
  if (device == nullptr) return RAPT_NO_DEVICE;
  if (device->architecture != plan.device) {
    fault.append("the plan was made on compute capability %d.%d and this thread's device %d has %d.%d; make a plan for it",
                 plan.device / 10, plan.device % 10, device->index, device->architecture / 10, device->architecture % 10);
    return RAPT_INVALID_ARGUMENT;
  }
  const auto rows = machine.forward();
  return launch(machine, row_for(rows, plan.forward, args), division_for(rows, plan.forward, args), request.problem, args, workspace,
                stream, fault);
}

}  // namespace rapt::gpu
