// The context's own threads: claim, spin for some microseconds, sleep.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/thread_pool.h"

#include <pthread.h>

#include <chrono>
#include <csignal>

namespace rapt::api {
namespace {

// Long enough to catch the next call of a model's layer, short enough to cost a busy machine nothing it would notice.
constexpr std::chrono::microseconds kSpin{30};

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Returns once `word` differs from `value`: spins first, then sleeps in the kernel.
void wait_while_equal(const std::atomic<uint32_t>& word, uint32_t value) {
  const auto give_up = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (word.load(std::memory_order_acquire) != value) return;
      pause_briefly();
    }
  } while (std::chrono::steady_clock::now() < give_up);
  word.wait(value, std::memory_order_acquire);
}

// The application's signal handlers belong on its own threads: what is started in this scope has all signals blocked.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

ThreadPool::ThreadPool(int32_t threads) {
  const SignalsBlocked blocked;
  try {
    workers_.reserve(static_cast<size_t>(threads - 1));
    for (int32_t t = 1; t < threads; ++t) workers_.emplace_back([this] { work(); });
  } catch (...) {
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  stopping_.store(true, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::parallel(int32_t count, Body body, void* state) {
  const bool alone = count <= 1 || count > 0xFFFF || workers_.empty();
  if (alone || busy_.test_and_set(std::memory_order_acquire)) {
    for (int32_t t = 0; t < count; ++t) body(state, t);
    return;
  }
  body_ = body;
  state_ = state;
  publish(static_cast<uint32_t>(count));
  claim_bodies();
  wait_until_done();
  busy_.clear(std::memory_order_release);
}

void ThreadPool::publish(uint32_t count) {
  const uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
  unfinished_.store(count, std::memory_order_relaxed);
  ticket_.store(static_cast<Ticket>(generation) << 32 | static_cast<Ticket>(count) << 16, std::memory_order_release);
  generation_.store(generation, std::memory_order_release);  // after the ticket: who sees it finds the job
  if (count > workers_.size()) {
    generation_.notify_all();
  } else {
    for (uint32_t t = 1; t < count; ++t) generation_.notify_one();
  }
}

void ThreadPool::claim_bodies() {
  Ticket ticket = ticket_.load(std::memory_order_acquire);
  while (next_of(ticket) < count_of(ticket)) {
    if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    body_(state_, static_cast<int32_t>(next_of(ticket)));
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    ticket = ticket_.load(std::memory_order_acquire);
  }
}

void ThreadPool::wait_until_done() {
  for (uint32_t left = unfinished_.load(std::memory_order_acquire); left != 0; left = unfinished_.load(std::memory_order_acquire)) {
    wait_while_equal(unfinished_, left);
  }
}

void ThreadPool::work() {
  while (true) {
    const uint32_t generation = generation_.load(std::memory_order_acquire);  // before claiming: a later job ends the wait below
    if (stopping_.load(std::memory_order_acquire)) return;
    claim_bodies();
    wait_while_equal(generation_, generation);
  }
}

}  // namespace rapt::api
