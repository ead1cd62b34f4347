// The context's own threads: every body once, whoever calls, however busy.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace rapt::api {
namespace {

using Counts = std::array<std::atomic<int>, 64>;
void count(void* state, int32_t thread) { (*static_cast<Counts*>(state))[thread].fetch_add(1); }

void expect_each_once(const Counts& counts, int32_t bodies, int times = 1) {
  for (int32_t t = 0; t < 64; ++t) ASSERT_EQ(counts[t].load(), t < bodies ? times : 0) << "body " << t << " of " << bodies;
}

TEST(ThreadPool, RunsEachBodyOnceForAnyCount) {
  for (const int32_t threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (int32_t bodies = 0; bodies <= 40; ++bodies) {
      Counts counts{};
      pool.parallel(bodies, count, &counts);
      expect_each_once(counts, bodies);
    }
  }
}

TEST(ThreadPool, LosesNoBodyInManyShortJobs) {
  ThreadPool pool(3);
  Counts counts{};
  constexpr int kJobs = 20000;
  for (int job = 0; job < kJobs; ++job) pool.parallel(3, count, &counts);
  expect_each_once(counts, 3, kJobs);
}

TEST(ThreadPool, WakesSleepingWorkers) {
  ThreadPool pool(2);
  struct Meeting {
    std::atomic<int> here{0};
    std::atomic<bool> met{false};
  };
  for (int job = 0; job < 5; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // well past the spinning
    Meeting meeting;
    const auto meet = [](void* state, int32_t) {
      Meeting& m = *static_cast<Meeting*>(state);
      m.here.fetch_add(1);
      const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (m.here.load() < 2 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
      if (m.here.load() == 2) m.met = true;
    };
    pool.parallel(2, meet, &meeting);
    EXPECT_TRUE(meeting.met);
  }
}

TEST(ThreadPool, ReturnsWhenTheLastBodyIsDone) {
  ThreadPool pool(2);
  struct State {
    std::atomic<bool> begun{false}, done{false};
  } state;
  const auto body = [](void* given, int32_t thread) {
    State& s = *static_cast<State*>(given);
    if (thread == 1) {  // the worker's: the caller's first body leaves it to it
      s.begun = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      s.done = true;
      return;
    }
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!s.begun.load() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  };
  pool.parallel(2, body, &state);
  EXPECT_TRUE(state.done);
}

TEST(ThreadPool, NestedCallsRunOnTheThreadTheyComeFrom) {
  ThreadPool pool(3);
  struct State {
    ThreadPool& pool;
    Counts inner{};
    std::atomic<int> strangers{0};
  } state{pool};
  struct Inner {
    State& state;
    std::thread::id caller;
  };
  const auto outer = [](void* given, int32_t) {
    State& s = *static_cast<State*>(given);
    Inner inner{s, std::this_thread::get_id()};
    const auto body = [](void* in, int32_t thread) {
      Inner& i = *static_cast<Inner*>(in);
      i.state.inner[thread].fetch_add(1);
      if (std::this_thread::get_id() != i.caller) i.state.strangers.fetch_add(1);
    };
    s.pool.parallel(4, body, &inner);
  };
  pool.parallel(3, outer, &state);
  expect_each_once(state.inner, 4, 3);
  EXPECT_EQ(state.strangers, 0);
}

TEST(ThreadPool, ServesSeveralCallersAtOnce) {
  ThreadPool pool(2);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&pool] {
      Counts counts{};
      for (int job = 0; job < 3000; ++job) pool.parallel(5, count, &counts);
      expect_each_once(counts, 5, 3000);
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST(ThreadPool, CallerDoesWhatABusyWorkerCannot) {
  ThreadPool pool(2);
  struct State {
    std::atomic<bool> release{false};
    std::atomic<int> done{0};
  } state;
  // One of the two threads is held in its first body until all the others are done: the other one must take them all.
  const auto body = [](void* given, int32_t thread) {
    State& s = *static_cast<State*>(given);
    if (thread == 1) {
      const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (s.done.load() < 7 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    }
    s.done.fetch_add(1);
  };
  const auto start = std::chrono::steady_clock::now();
  pool.parallel(8, body, &state);
  EXPECT_EQ(state.done, 8);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(ThreadPool, IdleWorkersUseNoProcessorTime) {
  ThreadPool pool(4);
  Counts counts{};
  pool.parallel(4, count, &counts);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 0.02);
}

TEST(ThreadPool, WorksInAForkedChildWithoutItsThreads) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork of several threads";
#endif
  auto pool = std::make_unique<ThreadPool>(3);
  const pid_t child = fork();
  if (child == 0) {
    Counts counts{};
    pool->parallel(3, count, &counts);
    pool.reset();
    _exit(counts[0] == 1 && counts[1] == 1 && counts[2] == 1 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace rapt::api
