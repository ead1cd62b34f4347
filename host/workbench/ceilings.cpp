// Measures the FMA peak and the read bandwidth with short bursts that start together on all threads, and names the machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/ceilings.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <new>
#include <thread>

#include "workbench/ceilings_loops.h"

namespace rapt::workbench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) { return std::chrono::duration<double>(end - begin).count(); }

// Lets all threads through when the last one has come. They spin: a thread that wakes from sleep would start late.
class StartLine {
 public:
  explicit StartLine(int threads) : threads_(threads) {}
  void wait() {
    const int64_t turn = came_.fetch_add(1) / threads_;
    for (int spins = 0; came_.load(std::memory_order_acquire) < (turn + 1) * threads_; ++spins) {
      if (spins > 4096) std::this_thread::yield();
    }
  }

 private:
  const int threads_;
  std::atomic<int64_t> came_{0};
};

struct alignas(64) Lap {
  Clock::time_point begin, end;
};

// body(thread) on all threads at once, again and again: at most `count` times, at least three, and no longer than `limit` seconds.
// Returns the seconds of each time, from the first start to the last end.
template <class Body>
std::vector<double> time_together(int threads, int64_t count, double limit, const Body& body) {
  StartLine line(threads);
  std::vector<Lap> laps(static_cast<size_t>(threads * count));
  std::atomic<int64_t> stop{count};  // set by thread 0 before it comes to the line, so that all see it behind the line
  const Clock::time_point began = Clock::now();
  const auto run = [&](int thread) {
    for (int64_t i = 0; i < count; ++i) {
      if (thread == 0 && i >= 3 && seconds_between(began, Clock::now()) > limit) stop = i;
      line.wait();
      if (i >= stop) return;
      Lap& lap = laps[static_cast<size_t>(i * threads + thread)];
      lap.begin = Clock::now();
      body(thread);
      lap.end = Clock::now();
    }
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread& other : others) other.join();
  std::vector<double> seconds;
  for (auto lap = laps.begin(); lap != laps.begin() + stop * threads; lap += threads) {
    const auto first = std::min_element(lap, lap + threads, [](const Lap& a, const Lap& b) { return a.begin < b.begin; });
    const auto last = std::max_element(lap, lap + threads, [](const Lap& a, const Lap& b) { return a.end < b.end; });
    seconds.push_back(seconds_between(first->begin, last->end));
  }
  return seconds;
}

double shortest(const std::vector<double>& seconds) { return *std::min_element(seconds.begin(), seconds.end()); }

constexpr double kBurstSeconds = 0.4e-3;  // long enough for the clock to be exact, short enough to fall between two interruptions
constexpr double kReadSeconds = 0.1;      // for all passes of a bandwidth
constexpr int64_t kReadGrain = 4 * 64;    // elements: what every loop of CeilingLoops::sum divides evenly

// burst(rounds, sink) returns the FLOPs done: the best rate of bursts on all threads at once.
template <class Burst>
double peak_of(int threads, double seconds, const Burst& burst) {
  float unused = 0;
  int64_t rounds = 1024;
  while (shortest(time_together(1, 3, 1, [&](int) { burst(rounds, &unused); })) < kBurstSeconds / 2) rounds *= 2;
  const int64_t bursts = std::max<int64_t>(3, static_cast<int64_t>(seconds / kBurstSeconds));
  struct alignas(64) Result {
    float sink;
    double flops;
  };
  std::vector<Result> results(static_cast<size_t>(threads));
  const std::vector<double> times = time_together(threads, bursts, seconds, [&](int thread) {
    Result& result = results[static_cast<size_t>(thread)];
    result.flops = burst(rounds, &result.sink);
  });
  return threads * results[0].flops / shortest(times) * 1e-9;
}

}  // namespace

double fma_peak_gflops(int threads, const std::string& isa, double seconds) {
  const CeilingLoops& loops = ceiling_loops(isa);
  return peak_of(std::max(threads, 1), seconds, [&](int64_t rounds, float* sink) { return loops.fma(rounds, 0.999f, 0.001f, sink); });
}

double bf16_peak_gflops(int threads, const std::string& isa, double seconds) {
  const CeilingLoops& loops = ceiling_loops(isa);
  return loops.bf16 == nullptr ? 0 : peak_of(std::max(threads, 1), seconds, loops.bf16);
}

namespace {

std::vector<double> read_passes(const float* data, int64_t count, int threads, int64_t passes, int64_t repeats) {
  const CeilingLoops& loops = ceiling_loops("");
  const int64_t share = count / threads / kReadGrain * kReadGrain;
  std::atomic<float> sink{0};  // keeps the sums alive
  return time_together(threads, passes, kReadSeconds, [&](int thread) {
    float sum = 0;
    for (int64_t i = 0; i < repeats; ++i) sum += loops.sum(data + thread * share, share);
    sink.store(sum, std::memory_order_relaxed);
  });
}

}  // namespace

double read_seconds(const void* data, size_t bytes, int threads) {
  return read_passes(static_cast<const float*>(data), static_cast<int64_t>(bytes / sizeof(float)), std::max(threads, 1), 1, 1)[0];
}

double read_gbps(int threads, size_t bytes) {
  threads = std::max(threads, 1);
  const int64_t grain = kReadGrain * threads;
  const int64_t count = std::max<int64_t>(1, static_cast<int64_t>(bytes / sizeof(float)) / grain) * grain;
  const auto data = hwy::AllocateAligned<float>(static_cast<size_t>(count));
  if (data == nullptr) throw std::bad_alloc();
  std::fill_n(data.get(), count, 1.0f);
  const double total = static_cast<double>(count) * sizeof(float);
  const double once = shortest(read_passes(data.get(), count, threads, 3, 1));
  const int64_t repeats = std::max<int64_t>(1, static_cast<int64_t>(kBurstSeconds / once));
  const int64_t passes = std::clamp<int64_t>(static_cast<int64_t>(kReadSeconds / (once * static_cast<double>(repeats))), 5, 100);
  return total * static_cast<double>(repeats) / shortest(read_passes(data.get(), count, threads, passes, repeats)) * 1e-9;
}

std::string isa_name() { return ceiling_loops("").isa; }

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, name, family, model;
  const auto value = [&](const std::string& key, std::string& out) {
    if (out.empty() && line.rfind(key + "\t", 0) == 0 && line.find(": ") != std::string::npos) out = line.substr(line.find(": ") + 2);
  };
  while (std::getline(file, line)) value("model name", name), value("cpu family", family), value("model", model);
  if (name.empty()) return "unknown CPU";
  return family.empty() ? name : name + " (family " + family + " model " + model + ")";
}

double Trials::best() const { return seconds.empty() ? 0 : shortest(seconds); }

double Trials::p25() const {
  if (seconds.empty()) return 0;
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() - 1) / 4];
}

}  // namespace rapt::workbench
