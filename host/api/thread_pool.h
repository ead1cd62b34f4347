// The context's own threads. A job is `count` bodies; the caller and the workers claim them one by one from a single word, so a body
// whose worker does not wake in time (a busy machine, a child after fork) is done by the caller instead of being waited for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace rapt::api {

class ThreadPool {
 public:
  using Body = void (*)(void* state, int32_t thread);

  static constexpr int32_t kMaxThreads = 1024;

  explicit ThreadPool(int32_t threads);  // the caller's among them: starts threads - 1 workers. May throw std::bad_alloc, std::system_error
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Calls body(state, t) once for each t in [0, count) and returns when all are done. Allocates nothing. While the pool is busy (another
  // caller's job, or a call from within a body) the bodies run one after another on the calling thread.
  void parallel(int32_t count, Body body, void* state);

 private:
  // One job's progress in one word: generation (32 bits) | count (16) | next body to claim (16). Who claims a body has proof that the
  // job is not over and that body_ and state_ are still its own; nobody reads them before.
  using Ticket = uint64_t;
  static uint32_t count_of(Ticket ticket) { return static_cast<uint32_t>(ticket >> 16) & 0xFFFF; }
  static uint32_t next_of(Ticket ticket) { return static_cast<uint32_t>(ticket) & 0xFFFF; }

  void work();          // a worker's life
  void claim_bodies();  // until the job has none left
  void publish(uint32_t count);
  void wait_until_done();
  void stop();

  Body body_ = nullptr;
  void* state_ = nullptr;
  alignas(64) std::atomic<Ticket> ticket_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};  // what idle workers sleep on
  alignas(64) std::atomic<uint32_t> unfinished_{0};  // bodies of the job; what its caller sleeps on
  alignas(64) std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
};

}  // namespace rapt::api
