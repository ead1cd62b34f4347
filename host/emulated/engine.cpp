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

std::mutex one_launch_at_a_time;  // the emulator watches all registered memory at once
unsigned turn = 0;

// Runs on so many threads, and once more on one if there was a finding: then the first finding is always the same.
template <class Run>
rapt_status in_turn(int32_t threads, Text& fault, Run&& run) {
  const std::lock_guard lock(one_launch_at_a_time);
  kernels::EmulatedCall call;
  call.options = policy({}, turn++ % kPolicies);
  call.options.os_threads = threads;
  const rapt_status status = run(call);
  if (call.report.clean()) return status;
  call.options.os_threads = 1;
  kernels::EmulatedCall again = call;
  run(again);
  put_in_words(again.report.clean() ? call : again, fault);
  return RAPT_INTERNAL;
}

rapt_status run_copies(const Request& request, const Choice& choice, const rapt_args& args, void*, const rapt_executor&, void*,
                       Text& fault) {
  try {
    return in_turn(request.threads, fault, [&](kernels::EmulatedCall& call) { return run(request, choice, args, 0, call, fault); });
  } catch (const std::bad_alloc&) {
    fault.append("out of memory for copies of the tensors and what the emulator remembers of each byte; make the problem smaller");
    return RAPT_OUT_OF_MEMORY;
  }
}

// Runs register their copies, and may be under way on another thread.
bool has_memory(const void* pointer) {
  const std::lock_guard lock(one_launch_at_a_time);
  return kMachine.has_memory(pointer);
}

// Of parts in the emulator's memory, which its tests alone have.
rapt_status merge(const rapt_partial* parts, int32_t count, const rapt_partial& result, void*, Text& fault) {
  return in_turn(1, fault, [&](kernels::EmulatedCall& call) {
    call.report = {};
    call.kernel = "merge_parts";
    return gpu::merge_parts(kMachine, parts, count, result, &call, fault);
  });
}

constexpr Engine engine() {
  Engine engine = gpu::engine_on<kMachine>(RAPT_ENGINE_EMULATED);
  engine.host_memory = true;
  engine.run = run_copies;
  engine.has_memory = has_memory;
  engine.merge = merge;
  engine.variant_at = [](int32_t, rapt_variant&) { return false; };  // cuda lists them
  return engine;
}

}  // namespace

const Engine kEngine = engine();

}  // namespace rapt::emulated
