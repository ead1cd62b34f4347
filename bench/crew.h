// Threads that sleep until there is work: the baseline's, so that it pays no thread start.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace rapt::bench {

class Crew {
 public:
  explicit Crew(int threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // body(thread, unit) once for every unit in [0, units), whoever is free taking the next. The caller is thread 0.
  void run(int64_t units, const std::function<void(int thread, int64_t unit)>& body);

 private:
  void work(int thread);
  void wait_for_work(int thread);

  std::vector<std::thread> threads_;
  const std::function<void(int, int64_t)>* body_ = nullptr;
  int64_t units_ = 0;
  std::atomic<int64_t> next_{0};
  std::atomic<uint32_t> round_{0}, busy_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace rapt::bench
