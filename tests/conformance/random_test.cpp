// A hundred thousand seeded random problems against the judge, and larger ones on many threads. A failure prints the line that replays it.
// RAPT_RANDOM_COUNT problems from RAPT_RANDOM_SEED on; both are printed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/conformance/machines.h"
#include "workbench/suites.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

constexpr uint64_t kDefaultSeed = 1, kDefaultCount = test::kSanitized ? 4000 : 100000;
constexpr uint64_t kLargeOf = 100;  // one large problem for so many small ones
constexpr size_t kMostPrinted = 20;

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Attempt {
  Machine machine;
  int threads;
  bool suspicious;
};

// What the workers share.
struct Campaign {
  std::vector<Machine> machines = engine_machines();
  uint64_t first = setting("RAPT_RANDOM_SEED", kDefaultSeed), count = setting("RAPT_RANDOM_COUNT", kDefaultCount);
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  std::vector<std::string> failures;
  double worst = 0;

  void attempt(const Attempt& attempt, const Case& data, const Judgement& exact) {
    const Outcome outcome = run_engine(context_of(attempt.machine, attempt.threads), data, attempt.machine.engine, attempt.suspicious);
    const auto own = [&] { return judged_for(context_of(attempt.machine, attempt.threads), data, attempt.machine.engine, exact); };
    const Verdict verdict = outcome.ok() ? compare(data, own(), outcome) : Verdict{};
    const std::lock_guard lock(mutex);
    if (std::isfinite(verdict.worst)) worst = std::max(worst, verdict.worst);
    if (outcome.ok() && verdict.pass) return;
    const std::string reason = outcome.ok() ? fmt::format("{}: {:.3g} times the bound", verdict.worst_element, verdict.worst)
                                            : fmt::format("{} {}", rapt_status_name(outcome.status), outcome.message);
    const std::string isa = attempt.machine.isa.empty() ? "" : "RAPT_MAX_ISA=" + attempt.machine.isa + " ";
    failures.push_back(fmt::format("{}RAPT_THREADS={} rapt validate '{}'\n  {}", isa, attempt.threads, data.name, reason));
  }
};

const Machine kJudge = {RAPT_ENGINE_REFERENCE, "", "Reference"};

// A problem of about a millisecond, on the best machine and on one of the others.
void try_small(Campaign& campaign, uint64_t seed) {
  const Case data = make_case(random_problem(seed));
  const Judgement exact = judge(context_of(kJudge, 1), data);
  campaign.attempt({campaign.machines[0], 1, true}, data, exact);
  const size_t others = campaign.machines.size() - 1;
  if (others > 0) campaign.attempt({campaign.machines[1 + seed % others], 1, seed % 8 == 0}, data, exact);
}

// The same features with so many sequences, or keys, that engines wake many threads.
Problem grown(Problem p) {
  constexpr double kWorkForManyThreads = 2e7;  // multiply-adds count as two
  const auto work = [&p] {
    return 2.0 * static_cast<double>(p.batch * p.heads_q * (p.head_dim + p.head_dim_v)) * static_cast<double>(p.seqlen_q * p.seqlen_kv);
  };
  while (work() > 0 && work() < kWorkForManyThreads) {
    if (p.batch < 24) {
      p.batch = 2 * p.batch + 1;
    } else {
      p.seqlen_kv *= 2;
    }
  }
  if (p.lengths == "full" && p.seed % 3 != 0) p.lengths = "random";
  return p;
}

void try_large(Campaign& campaign, uint64_t seed) {
  const Case data = make_case(grown(random_problem(seed)));
  const Judgement exact = judge(context_of(kJudge, 1), data);
  for (const int threads : {2, 3 + static_cast<int>(seed % 6)}) {
    campaign.attempt({campaign.machines[seed % campaign.machines.size()], threads, true}, data, exact);
  }
}

void work(Campaign& campaign, void (*attempt)(Campaign&, uint64_t)) {
  for (uint64_t index = campaign.next++; index < campaign.count; index = campaign.next++) {
    try {
      attempt(campaign, campaign.first + index);
    } catch (const std::exception& error) {
      const std::lock_guard lock(campaign.mutex);
      campaign.failures.push_back(fmt::format("seed {}: {}", campaign.first + index, error.what()));
    }
  }
}

void run(Campaign& campaign, void (*attempt)(Campaign&, uint64_t)) {
  ASSERT_FALSE(campaign.machines.empty());
  fmt::print("seeds {} to {}, {} problems\n", campaign.first, campaign.first + campaign.count - 1, campaign.count);
  std::fflush(stdout);
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < std::max(1u, std::thread::hardware_concurrency()); ++worker) {
    workers.emplace_back([&campaign, attempt] { work(campaign, attempt); });
  }
  for (std::thread& worker : workers) worker.join();
  fmt::print("worst error: {:.3f} of the bound\n", campaign.worst);
  for (size_t i = 0; i < std::min(kMostPrinted, campaign.failures.size()); ++i) ADD_FAILURE() << campaign.failures[i];
  EXPECT_EQ(campaign.failures.size(), 0u) << "of " << campaign.count;
}

TEST(RandomProblems, AgreeWithTheJudgeOnEveryMachine) {
  Campaign campaign;
  run(campaign, try_small);
}

TEST(RandomProblems, AgreeWithTheJudgeOnManyThreads) {
  Campaign campaign;
  campaign.count = (campaign.count + kLargeOf - 1) / kLargeOf;
  run(campaign, try_large);
}

}  // namespace
}  // namespace rapt::conformance
