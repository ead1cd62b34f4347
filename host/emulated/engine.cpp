// Each run is one launch under suspicion; runs that follow each other land copies and schedule warps in three different ways.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/engine.h"

#include <mutex>
#include <new>

#include "cuda/engine_on.h"
#include "emulated/machine.h"
#include "tests/emulator/policies.h"

namespace rapt::emulated {
namespace {

// The first finding, which the others may follow from.
void put_in_words(const kernels::EmulatedCall& call, Text& fault) {
  fault.append("kernel %s, %s: %s", call.kernel, emu::name(call.options).c_str(), call.report.findings.front().text().c_str());
  if (call.report.total > 1) fault.append("\n  and %llu more", static_cast<unsigned long long>(call.report.total - 1));
}

rapt_status run_in_turn(const Request& request, const Choice& choice, const rapt_args& args, Text& fault) {
  static std::mutex one_launch_at_a_time;  // the emulator watches all registered memory at once
  static unsigned turn = 0;
  const std::lock_guard lock(one_launch_at_a_time);
  kernels::EmulatedCall call;
  call.options = policy({}, turn++ % kPolicies);
  call.options.os_threads = request.threads;
  const rapt_status status = run(request, choice, args, 0, call, fault);
  if (call.report.clean()) return status;
  call.options.os_threads = 1;  // again, so that the first finding is always the same one
  kernels::EmulatedCall again = call;
  run(request, choice, args, 0, again, fault);
  put_in_words(again.report.clean() ? call : again, fault);
  return RAPT_INTERNAL;
}

rapt_status run_copies(const Request& request, const Choice& choice, const rapt_args& args, void*, const rapt_executor&, void*,
                       Text& fault) {
  try {
    return run_in_turn(request, choice, args, fault);
  } catch (const std::bad_alloc&) {
    fault.append("out of memory for copies of the tensors and what the emulator remembers of each byte; make the problem smaller");
    return RAPT_OUT_OF_MEMORY;
  }
}

constexpr Engine engine() {
  Engine engine = gpu::engine_on<kMachine>(RAPT_ENGINE_EMULATED);
  engine.host_memory = true;
  engine.run = run_copies;
  engine.variant_at = [](int32_t, rapt_variant&) { return false; };  // cuda lists them
  return engine;
}

}  // namespace

const Engine kEngine = engine();

}  // namespace rapt::emulated
