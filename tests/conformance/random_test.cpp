// A hundred thousand seeded random problems against the judge. A failure prints the line that replays it.
// RAPT_RANDOM_COUNT problems from RAPT_RANDOM_SEED on, on every machine in turn; both are printed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/conformance/machines.h"
#include "workbench/suites.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

constexpr uint64_t kDefaultSeed = 1, kDefaultCount = 100000;
constexpr size_t kMostPrinted = 20;

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

// What one worker shares with the others.
struct Campaign {
  std::vector<Machine> machines = engine_machines();
  uint64_t first = setting("RAPT_RANDOM_SEED", kDefaultSeed), count = setting("RAPT_RANDOM_COUNT", kDefaultCount);
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  std::vector<std::string> failures;
  double worst = 0;
};

// Every problem meets two machines: the best, and one of the others in turn; every fourth on several threads.
void try_seed(Campaign& campaign, uint64_t seed) {
  const Problem problem = random_problem(seed);
  const Case data = make_case(problem);
  const Judgement exact = judge(context_of({RAPT_ENGINE_REFERENCE, "", "Reference"}, 1), data);
  const size_t others = campaign.machines.size() - 1;
  for (const size_t which : {size_t{0}, others == 0 ? 0 : 1 + seed % others}) {
    const Machine& machine = campaign.machines[which];
    const Outcome outcome = run_engine(context_of(machine, seed % 4 == 0 ? 3 : 1), data, machine.engine, which == 0 || seed % 8 == 0);
    Verdict verdict;
    if (outcome.ok()) verdict = compare(data, exact, outcome);
    const std::lock_guard lock(campaign.mutex);
    campaign.worst = std::max(campaign.worst, verdict.worst);
    if (outcome.ok() && verdict.pass) continue;
    const std::string reason = outcome.ok() ? verdict.message : fmt::format("{} {}", rapt_status_name(outcome.status), outcome.message);
    campaign.failures.push_back(fmt::format("rapt validate '{}'    on {}: {}", print_problem(problem), machine.name, reason));
  }
}

void work(Campaign& campaign) {
  while (true) {
    const uint64_t index = campaign.next++;
    if (index >= campaign.count) return;
    try {
      try_seed(campaign, campaign.first + index);
    } catch (const std::exception& error) {
      const std::lock_guard lock(campaign.mutex);
      campaign.failures.push_back(fmt::format("seed {}: {}", campaign.first + index, error.what()));
    }
  }
}

TEST(RandomProblems, AgreeWithTheJudgeOnEveryMachine) {
  Campaign campaign;
  ASSERT_FALSE(campaign.machines.empty());
  fmt::print("seeds {} to {}, {} problems\n", campaign.first, campaign.first + campaign.count - 1, campaign.count);
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < std::max(1u, std::thread::hardware_concurrency()); ++worker) {
    workers.emplace_back([&campaign] { work(campaign); });
  }
  for (std::thread& worker : workers) worker.join();
  fmt::print("worst error: {:.3f} of the bound\n", campaign.worst);
  for (size_t i = 0; i < std::min(kMostPrinted, campaign.failures.size()); ++i) ADD_FAILURE() << campaign.failures[i];
  EXPECT_EQ(campaign.failures.size(), 0u) << "of " << campaign.count;
}

}  // namespace
}  // namespace rapt::conformance
