// Plans, three runs under three policies, and the judge's verdict.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/emulated_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "api/check_problem.h"
#include "cuda/engine_on.h"
#include "emulated/machine.h"
#include "tests/conformance/machines.h"

namespace rapt::emulated {

using namespace workbench;

namespace {

struct Planned {
  Request request;
  Choice choice;
  std::string why_not;
};

Planned plan_for(const Machine& machine, const rapt_problem& problem) {
  Planned planned = {};
  char sentence[400];
  Text why_not(sentence, sizeof sentence);
  planned.request.architecture = machine.architecture;
  set_multiprocessors(machine.multiprocessors);
  if (api::check_problem(&problem, api::Outputs::kRequired, planned.request.problem) != RAPT_OK) {
    planned.why_not = rapt_last_error();
  } else if (!gpu::choose(kMachine, planned.request, planned.choice, why_not)) {
    planned.why_not = sentence;
  }
  return planned;
}

// What the engine, the emulator or the bank counter has to say.
std::string launch(const Planned& planned, const rapt_args& args, int misalign, kernels::EmulatedCall& call) {
  char sentence[400];
  Text fault(sentence, sizeof sentence);
  const rapt_status status = run(planned.request, planned.choice, args, misalign, call, fault);
  if (!call.report.clean()) return call.report.text();
  if (status != RAPT_OK) return sentence;
  return call.report.bank_conflicts == 0 ? "" : "ldmatrix met bank conflicts: " + std::to_string(call.report.bank_conflicts);
}

}  // namespace

std::string Heads::text() const { return fmt::format("d{},dv{}", head_dim, head_dim_v); }

std::string Heads::problem(const std::string& type, const std::string& shape, const std::string& rest) const {
  const bool more = !rest.empty() && rest[0] != ':';
  return fmt::format("{}:{},{}:{}{}", type, shape, text(), softcap ? more ? "cap=3," : "cap=3" : "", rest);
}

namespace {

Heads heads_of(const kernels::Variant& row) {
  return {row.architecture, row.head_dim, row.head_dim_v, row.type == kernels::ElementType::f32, row.softcap, row.whole};
}

template <class Wanted>
std::vector<Heads> heads_of_rows(const Wanted& wanted) {
  std::set<Heads> found;
  for (const kernels::Variant& row : kernels::emulated_forward()) {
    if (wanted(row)) found.insert(heads_of(row));
  }
  return {found.begin(), found.end()};
}

}  // namespace

std::vector<Heads> plain_heads() {
  return heads_of_rows([](const kernels::Variant& row) { return !row.whole; });
}
std::vector<Heads> window_heads() {
  return heads_of_rows([](const kernels::Variant& row) { return row.window && !row.whole; });
}
std::vector<Heads> packed_heads() {
  return heads_of_rows([](const kernels::Variant& row) { return row.packs && !row.whole; });
}
std::vector<Heads> softcap_heads() {
  return heads_of_rows([](const kernels::Variant& row) { return row.softcap; });
}
std::vector<Heads> whole_heads() {
  return heads_of_rows([](const kernels::Variant& row) { return row.whole; });
}
std::vector<Heads> first_and_last(const std::vector<Heads>& heads) { return {heads.front(), heads.back()}; }

std::vector<const char*> types(const Heads& heads) {
  std::vector<const char*> found;
  for (const kernels::Variant& row : kernels::emulated_forward()) {
    if (heads_of(row) == heads)
      found.push_back(row.type == kernels::ElementType::bf16 ? "bf16" : row.type == kernels::ElementType::f16 ? "f16" : "f32");
  }
  return found;
}

std::string heads_name(const testing::TestParamInfo<Heads>& info) {
  const auto [architecture, head_dim, head_dim_v, f32, softcap, whole] = info.param;
  const std::string value = head_dim_v == head_dim ? "" : fmt::format("Value{}", head_dim_v);
  return fmt::format("Sm{}HeadDim{}{}{}{}", architecture, head_dim, value, f32 ? "F32" : "", softcap ? "Softcap" : "");
}

Chosen choose(const Machine& machine, const rapt_problem& problem) {
  const Planned planned = plan_for(machine, problem);
  if (!planned.why_not.empty()) return {"", planned.why_not};
  return {std::string(planned.choice.kernel).substr(sizeof "emulated"), "", gpu::plan_of(planned.choice).forward.division,
          planned.choice.workspace};  // the name without "emulated/"
}

std::string launch_on(const Machine& machine, const rapt_problem& problem, const rapt_args& args) {
  const Planned planned = plan_for(machine, problem);
  if (!planned.why_not.empty()) return planned.why_not;
  kernels::EmulatedCall call;
  call.options = machine.options;
  char sentence[400];
  Text fault(sentence, sizeof sentence);
  const rapt_status status = gpu::run(kMachine, planned.request, planned.choice, args, nullptr, &call, fault);
  return !call.report.clean() ? call.report.text() : status != RAPT_OK ? sentence : "";
}

Outcome run(const Machine& machine, const Case& data, emu::Report* last) {
  const Planned planned = plan_for(machine, data.problem);
  if (!planned.why_not.empty()) {
    Outcome refused;
    refused.status = RAPT_UNSUPPORTED;
    refused.message = planned.why_not;
    return refused;
  }
  unsigned turn = 0;
  std::string kernel;
  const auto call = [&](const rapt_args& host, void*, size_t, std::string& sentence) -> rapt_status {
    kernels::EmulatedCall emulated;
    emulated.options = policy(machine.options, turn++);
    sentence = launch(planned, host, machine.misalign, emulated);
    kernel = emulated.kernel;
    if (last != nullptr) *last = emulated.report;
    return sentence.empty() ? RAPT_OK : RAPT_INTERNAL;
  };
  Outcome outcome = run_call(data, 0, call);
  outcome.kernel = kernel;
  return outcome;
}

testing::AssertionResult agrees_with_the_judge(const Machine& machine, const Case& data) {
  const Outcome outcome = run(machine, data);
  if (!outcome.ok()) return testing::AssertionFailure() << data.name << " on " << outcome.kernel << ": " << outcome.message;
  const Verdict verdict = compare(data, judge(conformance::judging_context(), data, RAPT_ENGINE_CUDA), outcome);
  if (!verdict.pass) return testing::AssertionFailure() << outcome.kernel << ": " << verdict.message;
  return testing::AssertionSuccess() << outcome.kernel << ": " << data.name << ": worst error " << verdict.worst << " of the bound";
}

testing::AssertionResult agrees_with_the_judge(const Machine& machine, const std::string& problem) {
  return agrees_with_the_judge(machine, make_case(parse_problem(problem)));
}

}  // namespace rapt::emulated
