// The engine over a machine: plans, runs and explains with the kernel table, whoever runs it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/machine.h"
#include "cuda/merge_parts.h"
#include "cuda/select.h"

namespace rapt::gpu {

struct Plan {
  ForwardPlan forward;
  int32_t architecture;  // whose rows it was chosen from: 80 or 90
  int32_t device;        // the architecture of the device it was made on; 0: there was none
};
Plan plan_of(const Choice& choice);

bool runs_here(const Machine& machine, const Request& request, Text& why_not);
// The device here if it can run rows for the architecture asked for; nullptr: plans are made for the common card (cards.h).
const Device* device_for(const Machine& machine, const Request& request);
bool choose(const Machine& machine, const Request& request, Choice& choice, Text& why_not);
rapt_status run(const Machine& machine, const Request& request, const Choice& choice, const rapt_args& args, void* workspace, void* stream,
                Text& fault);
void explain(const Machine& machine, const Request& request, const Choice& choice, Text& text);
bool variant_at(const Machine& machine, int32_t index, rapt_variant& variant);
rapt_type bound_type(const rapt_problem& problem);  // of o: weights are rounded to the type of q

template <const Machine& kMachine>
constexpr Engine engine_on(int32_t id) {
  return {kMachine.name,
          id,
          false,
          [](const Request& request, Text& why_not) { return runs_here(kMachine, request, why_not); },
          [](const Request& request, Choice& choice, Text& why_not) { return choose(kMachine, request, choice, why_not); },
          [](const Request& request, const Choice& choice, const rapt_args& args, void* workspace, const rapt_executor&, void* stream,
             Text& fault) { return run(kMachine, request, choice, args, workspace, stream, fault); },
          [](const Request& request, const Choice& choice, Text& text) { explain(kMachine, request, choice, text); },
          [](int32_t index, rapt_variant& variant) { return variant_at(kMachine, index, variant); },
          bound_type,
          kMachine.has_memory,
          [](const rapt_partial* parts, int32_t count, const rapt_partial& result, void* stream, Text& fault) {
            return merge_parts(kMachine, parts, count, result, stream, fault);
          }};
}

}  // namespace rapt::gpu
