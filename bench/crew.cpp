// A round is announced by a counter that sleeping threads watch, and is over when the last of them has come back.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/crew.h"

namespace rapt::bench {

Crew::Crew(int threads) {
  for (int thread = 1; thread < threads; ++thread) threads_.emplace_back([this, thread] { wait_for_work(thread); });
}

Crew::~Crew() {
  stop_ = true;
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::wait_for_work(int thread) {
  for (uint32_t seen = 0;; ++seen) {
    round_.wait(seen);
    if (stop_) return;
    work(thread);
    if (busy_.fetch_sub(1) == 1) busy_.notify_one();
  }
}

void Crew::work(int thread) {
  for (int64_t unit = next_.fetch_add(1); unit < units_; unit = next_.fetch_add(1)) (*body_)(thread, unit);
}

void Crew::run(int64_t units, const std::function<void(int, int64_t)>& body) {
  body_ = &body;
  units_ = units;
  next_ = 0;
  busy_ = static_cast<uint32_t>(threads_.size());
  round_.fetch_add(1);
  round_.notify_all();
  work(0);
  for (uint32_t left = busy_; left > 0; left = busy_) busy_.wait(left);
}

}  // namespace rapt::bench
