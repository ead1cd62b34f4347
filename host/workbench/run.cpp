// Three runs that must agree, and everything around them that must not have moved.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/run.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "workbench/placement.h"
#include "workbench/random.h"
#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

struct PlanDeleter {
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};

enum class Prefill { ones, zeros, noise };

void prefill(Buffer& workspace, Prefill how) {
  workspace.fill(how == Prefill::zeros ? 0x00 : 0xFF);
  if (how != Prefill::noise) return;
  Random random(1);
  for (size_t at = 0; at < workspace.size(); ++at) workspace.as<unsigned char>()[at] = static_cast<unsigned char>(random.next());
}

Buffer output(const rapt_tensor& tensor) {
  return tensor.type == RAPT_NONE ? Buffer() : Buffer(static_cast<size_t>(extent(tensor)) * rapt_type_size(tensor.type));
}

// The first element outside the tensor's own, or past a sequence's length, that is no longer 0xFF; -1 if there is none.
int64_t stray_write(const Case& data, const rapt_tensor& tensor, const Buffer& buffer) {
  const auto bytes = static_cast<int64_t>(rapt_type_size(tensor.type));
  std::vector<char> own(static_cast<size_t>(extent(tensor)), 0);
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    for (int64_t h = 0; h < tensor.shape[1]; ++h) {
      for (int64_t i = 0; i < data.lens_q[b]; ++i) {
        std::memset(own.data() + query_row(data, tensor, static_cast<int64_t>(b), h, i), 1, static_cast<size_t>(tensor.shape[3]));
      }
    }
  }
  for (size_t at = 0; at < own.size(); ++at) {
    if (own[at] != 0) continue;
    for (int64_t byte = 0; byte < bytes; ++byte) {
      if (buffer.as<unsigned char>()[static_cast<int64_t>(at) * bytes + byte] != 0xFF) return static_cast<int64_t>(at);
    }
  }
  return -1;
}

int64_t first_difference(const Buffer& a, const Buffer& b, rapt_type type) {
  if (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size()) == 0) return -1;
  size_t at = 0;
  while (a.as<unsigned char>()[at] == b.as<unsigned char>()[at]) ++at;
  return static_cast<int64_t>(at / rapt_type_size(type));
}

// What the harness caught around one run; empty if nothing.
std::string caught(const Case& data, uint64_t inputs_before, const Buffer& workspace, const Outcome& outcome) {
  if (!outcome.o.guards_intact()) return "something was written before or after o";
  if (!outcome.lse.guards_intact()) return "something was written before or after lse";
  if (!workspace.guards_intact()) return "something was written before or after the workspace";
  if (!data.guards_intact()) return "something was written before or after an input";
  if (data.hash() != inputs_before) return "an input was changed";
  const int64_t stray_o = stray_write(data, data.problem.o, outcome.o);
  if (stray_o >= 0) return fmt::format("element {} of o's buffer was written, which is a gap or past a sequence's length", stray_o);
  const int64_t stray_lse = data.problem.lse.type == RAPT_NONE ? -1 : stray_write(data, data.problem.lse, outcome.lse);
  if (stray_lse >= 0) return fmt::format("element {} of lse's buffer was written, which is a gap or past a sequence's length", stray_lse);
  return "";
}

// One run into the buffers of the outcome, whose status and message it sets.
using RunInto = std::function<void(Outcome& outcome, Buffer& workspace)>;

Outcome run_once(const Case& data, Buffer& workspace, const RunInto& run) {
  Outcome outcome;
  outcome.o = output(data.problem.o);
  outcome.lse = output(data.problem.lse);
  run(outcome, workspace);
  return outcome;
}

std::string differing(const Outcome& first, const Outcome& again, const rapt_problem& problem, const char* prefilled) {
  const int64_t in_o = first_difference(first.o, again.o, problem.o.type);
  const int64_t in_lse = in_o >= 0 ? -1 : first_difference(first.lse, again.lse, problem.lse.type);
  if (in_o < 0 && in_lse < 0) return "";
  const Buffer &a = in_o >= 0 ? first.o : first.lse, &b = in_o >= 0 ? again.o : again.lse;
  const rapt_type type = in_o >= 0 ? problem.o.type : problem.lse.type;
  const int64_t at = in_o >= 0 ? in_o : in_lse;
  return fmt::format("two runs differ: element {} of {}'s buffer is {} with the workspace full of 0xFF and {} with {}", at,
                     in_o >= 0 ? "o" : "lse", load(a.data(), type, at), load(b.data(), type, at), prefilled);
}

Outcome run_under_suspicion(const Case& data, Buffer& workspace, const RunInto& run) {
  const uint64_t inputs = data.hash();
  Outcome first;
  const struct {
    Prefill how;
    const char* name;
  } prefills[] = {{Prefill::ones, "0xFF"}, {Prefill::zeros, "zeros"}, {Prefill::noise, "noise"}};
  for (const auto& [how, name] : prefills) {
    prefill(workspace, how);
    Outcome outcome = run_once(data, workspace, run);
    const std::string surprise = caught(data, inputs, workspace, outcome);
    if (!surprise.empty()) outcome.message += (outcome.message.empty() ? "" : "; and ") + surprise;
    if (!outcome.ok()) return outcome;
    if (how == Prefill::ones) {
      first = outcome;
    } else if (first.message = differing(first, outcome, data.problem, name); !first.message.empty()) {
      return first;
    }
  }
  return first;
}

Outcome run_into(const Case& data, size_t workspace_bytes, const RunInto& run, bool suspicious) {
  Buffer workspace(workspace_bytes);
  return suspicious ? run_under_suspicion(data, workspace, run) : run_once(data, workspace, run);
}

}  // namespace

Context make_context(int threads, const std::string& max_isa, const std::string& arch) {
  rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
  options.threads = threads;
  options.max_isa = max_isa.empty() ? nullptr : max_isa.c_str();
  options.arch = arch.empty() ? nullptr : arch.c_str();
  rapt_context* context = nullptr;
  if (rapt_context_create(&options, &context) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  return Context(context);
}

Outcome run_call(const Case& data, size_t workspace_bytes, const Call& call, bool suspicious) {
  const auto run = [&](Outcome& outcome, Buffer& workspace) {
    rapt_args args = data.args;
    args.o = outcome.o.data();
    args.lse = outcome.lse.data();
    outcome.status = call(args, workspace.size() > 0 ? workspace.data() : nullptr, workspace.size(), outcome.message);
  };
  return run_into(data, workspace_bytes, run, suspicious);
}

Outcome run_engine(rapt_context* context, const Case& data, int32_t engine, bool suspicious) {
  rapt_problem problem = data.problem;
  problem.engine = engine;
  rapt_plan* created = nullptr;
  if (const rapt_status status = rapt_plan_create(context, &problem, &created); status != RAPT_OK) {
    Outcome refused;
    refused.status = status;
    refused.message = rapt_last_error();
    return refused;
  }
  const std::unique_ptr<rapt_plan, PlanDeleter> plan(created);
  const auto run = [&](Outcome& into, Buffer& workspace) {
    const std::unique_ptr<Placement> placement = place(plan.get(), data, into.o, into.lse, workspace);
    into.status = placement->run();
    if (into.status != RAPT_OK) into.message = rapt_last_error();
    const std::string surprise = placement->bring_back(suspicious);
    if (into.message.empty()) into.message = surprise;
  };
  Outcome outcome = run_into(data, rapt_plan_workspace(plan.get()), run, suspicious);
  outcome.kernel = rapt_plan_kernel(plan.get());
  return outcome;
}

}  // namespace rapt::workbench
