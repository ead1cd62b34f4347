// The engine over a machine: plans, runs and explains with the kernel table, whoever runs it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/machine.h"

namespace rapt::gpu {

bool runs_here(const Machine& machine, Text& why_not);
bool choose(const Machine& machine, const Request& request, Choice& choice, Text& why_not);
rapt_status run(const Machine& machine, const Request& request, const Choice& choice, const rapt_args& args, void* stream, Text& fault);
void explain(const Machine& machine, const Request& request, const Choice& choice, Text& text);
bool variant_at(const Machine& machine, int32_t index, rapt_variant& variant);

template <const Machine& kMachine>
constexpr Engine engine_on(int32_t id) {
  return {kMachine.name,
          id,
          false,
          [](Text& why_not) { return runs_here(kMachine, why_not); },
          [](const Request& request, Choice& choice, Text& why_not) { return choose(kMachine, request, choice, why_not); },
          [](const Request& request, const Choice& choice, const rapt_args& args, void*, const rapt_executor&, void* stream, Text& fault) {
            return run(kMachine, request, choice, args, stream, fault);
          },
          [](const Request& request, const Choice& choice, Text& text) { explain(kMachine, request, choice, text); },
          [](int32_t index, rapt_variant& variant) { return variant_at(kMachine, index, variant); }};
}

}  // namespace rapt::gpu
