// Machines from the table of compiled kernels, contexts kept for the life of the process, judgements kept for a while.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/machines.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>
#include <mutex>
#include <ostream>

namespace rapt::conformance {

using namespace workbench;

std::vector<Machine> machines() {
  std::vector<Machine> all = {{RAPT_ENGINE_REFERENCE, "", "Reference"}};
  rapt_variant row = {};
  row.struct_size = sizeof row;
  for (int32_t index = 0; rapt_variant_at(index, &row) == 1; ++index) {
    const std::string engine = row.engine, name = row.name;
    if (engine == "reference" || row.unavailable[0] != '\0') continue;
    Machine machine = {engine == "cuda" ? RAPT_ENGINE_CUDA : RAPT_ENGINE_CPU, engine == "cpu" ? name : "", engine + name};
    if (engine == "cuda") machine.name = engine;
    machine.name[0] = static_cast<char>(std::toupper(machine.name[0]));
    if (machine.isa == name) machine.name[engine.size()] = static_cast<char>(std::toupper(name[0]));
    const auto same = [&](const Machine& other) { return other.name == machine.name; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(machine);
  }
  return all;
}

std::vector<Machine> engine_machines() {
  std::vector<Machine> all = machines();
  all.erase(all.begin());
  return all;
}

std::string machine_name(const testing::TestParamInfo<Machine>& info) { return info.param.name; }

std::ostream& operator<<(std::ostream& stream, const Machine& machine) { return stream << machine.name; }

rapt_context* context_of(const Machine& machine, int threads) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, int>, Context> contexts;
  const std::lock_guard lock(mutex);
  Context& context = contexts[{machine.isa, threads}];
  if (!context) context = make_context(threads, machine.isa);
  return context.get();
}

rapt_context* judging_context() { return context_of({RAPT_ENGINE_REFERENCE, "", "Reference"}, 2); }

std::shared_ptr<const Judged> judged(const std::string& problem) {
  constexpr size_t kKept = 128;
  static std::deque<std::pair<std::string, std::shared_ptr<const Judged>>> latest;
  for (const auto& [text, answer] : latest) {
    if (text == problem) return answer;
  }
  auto answer = std::make_shared<Judged>();
  answer->data = make_case(parse_problem(problem));
  answer->exact = judge(judging_context(), answer->data);
  latest.emplace_front(problem, answer);
  if (latest.size() > kKept) latest.pop_back();
  return answer;
}

Outcome run_on(const Machine& machine, const Case& data, int threads) {
  Outcome outcome = run_engine(context_of(machine, threads), data, machine.engine);
  EXPECT_TRUE(outcome.ok()) << machine.name << ": " << data.name << ": " << rapt_status_name(outcome.status) << ": " << outcome.message;
  return outcome;
}

void expect_judged_on(const Machine& machine, const Judged& answer, int threads) {
  const Outcome outcome = run_on(machine, answer.data, threads);
  if (!outcome.ok()) return;
  const Verdict verdict = compare(answer.data, judged_for(judging_context(), answer.data, machine.engine, answer.exact), outcome);
  EXPECT_TRUE(verdict.pass) << machine.name << ": " << verdict.message;
}

void Conformance::expect_judged(const Case& data, int threads) const {
  expect_judged_on(GetParam(), {data, judge(judging_context(), data)}, threads);
}

rapt_status Conformance::plan_status(const Case& data, std::string* sentence) const {
  rapt_problem problem = data.problem;
  problem.engine = GetParam().engine;
  rapt_plan* plan = nullptr;
  const rapt_status status = rapt_plan_create(context(), &problem, &plan);
  if (sentence != nullptr) *sentence = status == RAPT_OK ? "" : rapt_last_error();
  rapt_plan_destroy(plan);
  return status;
}

}  // namespace rapt::conformance
