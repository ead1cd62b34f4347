// rapt_scaling: several threads against one, beside what the machine itself allows: the same heads or sequences as independent parts, each
// run by one thread with a context of its own, all at once. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include "bench/interleave.h"
#include "workbench/run.h"
#include "workbench/scalar.h"
#include "workbench/workloads.h"

namespace rapt::bench {
namespace {

using workbench::Buffer, workbench::Case;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Processor time that the hypervisor gave to others; 0 where the system does not say.
double stolen_seconds() {
  std::ifstream file("/proc/stat");
  std::string name;
  double ticks[8] = {};  // user nice system idle iowait irq softirq steal, of 10 ms
  file >> name;
  for (double& t : ticks) file >> t;
  return ticks[7] * 0.01;
}

// Spins, on a core of its own; where threads outnumber cores the others get theirs.
template <class Done>
void spin_until(const Done& done) {
  for (int spins = 0; !done(); ++spins)
    if (spins > 4096) std::this_thread::yield();
}

// What a cache line takes from one core to another, best of short series: tells whether the two share a cache at that moment.
double line_nanoseconds() {
  constexpr int kSeries = 200, kTurns = 50, kStop = -1;
  alignas(64) std::atomic<int> line{0};
  std::thread other([&line] {
    for (int mine = 1;; mine += 2) {
      spin_until([&] { return line.load(std::memory_order_acquire) == mine || line.load() == kStop; });
      if (line.load() == kStop) return;
      line.store(mine + 1, std::memory_order_release);
    }
  });
  double best = 1;
  const double give_up = now() + 0.05;  // on a busy machine every turn may wait for a core
  for (int series = 0, mine = 0; series < kSeries && (series < 2 || now() < give_up); ++series) {
    const double begin = now();
    for (int turn = 0; turn < kTurns; ++turn, mine += 2) {
      line.store(mine + 1, std::memory_order_release);
      spin_until([&] { return line.load(std::memory_order_acquire) == mine + 2; });
    }
    best = std::min(best, now() - begin);
  }
  line.store(kStop);
  other.join();
  return best / (2 * kTurns) * 1e9;
}

// A dense case with outputs.
struct Whole {
  explicit Whole(const workbench::Problem& problem) : data(workbench::make_case(problem)), args(data.args) {
    const rapt_problem& p = data.problem;
    for (const rapt_tensor* t : {&p.mask, &p.bias, &p.alibi, &p.sinks})
      if (t->type != RAPT_NONE) throw std::invalid_argument("masks, biases and sinks are not cut into parts");
    if (p.q_layout != RAPT_Q_DENSE || p.kv_layout != RAPT_KV_DENSE || args.seqlens_q != nullptr || args.seqlens_kv != nullptr)
      throw std::invalid_argument("only dense problems of full lengths are cut into parts");
    args.o = place(p.o, o);
    if (p.lse.type != RAPT_NONE) args.lse = place(p.lse, lse);
  }
  static void* place(const rapt_tensor& t, Buffer& buffer) {
    buffer = Buffer(static_cast<size_t>(workbench::extent(t)) * rapt_type_size(t.type));
    return buffer.data();
  }
  Case data;
  Buffer o, lse;
  rapt_args args;
};

// One of `parts` parts, cut along the sequences or else the heads.
class Part {
 public:
  Part(rapt_context* context, const Whole& whole, int part, int parts) : args_(whole.args) {
    rapt_problem p = whole.data.problem;
    p.engine = RAPT_ENGINE_CPU;
    const int dim = p.q.shape[0] % parts == 0 ? 0 : 1;
    if (p.k.shape[dim] % parts != 0) throw std::invalid_argument(fmt::format("neither sequences nor heads divide into {} parts", parts));
    const auto cut = [=](rapt_tensor& t, auto& data) {
      if (t.type == RAPT_NONE) return;
      t.shape[dim] /= parts;
      const int64_t bytes = part * t.shape[dim] * t.strides[dim] * static_cast<int64_t>(rapt_type_size(t.type));
      data = const_cast<char*>(static_cast<const char*>(data)) + bytes;
    };
    cut(p.q, args_.q), cut(p.k, args_.k), cut(p.v, args_.v), cut(p.o, args_.o), cut(p.lse, args_.lse);
    p.batch = 0;  // as the tensors say
    if (rapt_plan_create(context, &p, &plan_) != RAPT_OK) throw std::runtime_error(rapt_last_error());
    workspace_ = Buffer(rapt_plan_workspace(plan_));
  }
  ~Part() { rapt_plan_destroy(plan_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  double seconds() {
    const double begin = now();
    if (rapt_run(plan_, &args_, workspace_.data(), workspace_.size(), nullptr) != RAPT_OK) throw std::runtime_error(rapt_last_error());
    return now() - begin;
  }

 private:
  rapt_plan* plan_ = nullptr;
  rapt_args args_;
  Buffer workspace_;
};

// All parts at once, each on its own thread: from the start line, where they spin, to the end of the slowest.
class Parts {
 public:
  Parts(const Whole& whole, int threads, const std::string& isa) : seconds_(static_cast<size_t>(threads)) {
    for (int t = 0; t < threads; ++t) {
      contexts_.push_back(workbench::make_context(1, isa));
      parts_.push_back(std::make_unique<Part>(contexts_.back().get(), whole, t, threads));
    }
    for (size_t t = 1; t < parts_.size(); ++t) threads_.emplace_back([this, t] { serve(t); });
  }
  ~Parts() {
    stop_ = true;
    begin_.release(others());
    for (std::thread& thread : threads_) thread.join();
  }
  double seconds() {
    at_line_ = 0;
    begin_.release(others());
    run(0);
    for (std::ptrdiff_t t = 0; t < others(); ++t) end_.acquire();
    return *std::max_element(seconds_.begin(), seconds_.end());
  }

 private:
  std::ptrdiff_t others() const { return static_cast<std::ptrdiff_t>(threads_.size()); }
  void run(size_t t) {
    ++at_line_;
    spin_until([this] { return at_line_ >= parts_.size(); });
    seconds_[t] = parts_[t]->seconds();
  }
  void serve(size_t t) {
    for (begin_.acquire(); !stop_; begin_.acquire()) {
      run(t);
      end_.release();
    }
  }

  std::vector<workbench::Context> contexts_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<double> seconds_;
  std::counting_semaphore<> begin_{0}, end_{0};
  std::atomic<size_t> at_line_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;  // last: they use the others
};

struct Options {
  std::vector<std::string> names = {"prefill"};
  int threads = std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  std::string isa;
  int rounds = 20;
  double seconds = 0.5;
};

std::string measure(const workbench::Problem& problem, const Options& options) {
  const Whole whole(problem), little(workbench::parse_problem("f32:hq8,sq128,d64:nolse"));
  const workbench::Context one = workbench::make_context(1, options.isa), several = workbench::make_context(options.threads, options.isa);
  Part alone(one.get(), whole, 0, 1), ours(several.get(), whole, 0, 1), waker(several.get(), little, 0, 1);
  Parts parts(whole, options.threads, options.isa);
  const auto awake = [&] {
    waker.seconds();
    return ours.seconds();
  };
  const auto asleep = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return ours.seconds();
  };
  std::vector<Contender> contenders = {{"one", [&] { return alone.seconds(); }, {}},
                                       {"awake", awake, {}},
                                       {"asleep", asleep, {}},
                                       {"parts", [&] { return parts.seconds(); }, {}}};
  const double line = line_nanoseconds(), stolen = stolen_seconds(), begin = now();
  interleave(contenders, options.rounds, options.seconds);
  const double stolen_cores = (stolen_seconds() - stolen) / (now() - begin);
  const workbench::Trials& base = contenders[0].trials;
  std::string cells;
  for (size_t i = 1; i < contenders.size(); ++i) {
    const workbench::Trials& trials = contenders[i].trials;
    cells += fmt::format(" {:.2f} ({:.2f}) |", base.best() / trials.best(), base.p25() / trials.p25());
  }
  return fmt::format("| `{}` | {:.4g} ({:.4g}) |{} {:.0f}, {:.0f} | {:.2f} |", workbench::print_problem(problem), base.best() * 1e3,
                     base.p25() * 1e3, cells, line, line_nanoseconds(), stolen_cores);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Several threads against one, and against as many independent calls at once: a Markdown row a workload, best time and in "
      "brackets the 25th percentile."};
  app.add_option("workloads", options.names, "prefill (default), short, ..., or problem strings");
  app.add_option("--threads", options.threads, "default: one a core")->check(CLI::Range(2, 1024));
  app.add_option("--isa", options.isa, "no instruction set above this: avx512_bf16, avx512, avx2, sse4, scalar, neon");
  app.add_option("--rounds", options.rounds, "at least so many trials of each (default 20)");
  app.add_option("--seconds", options.seconds, "and more while this lasts (default 0.5)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  fmt::print("Times faster than one thread: {} threads awake, the same asleep before, and as many independent calls.\n\n", options.threads);
  fmt::print("| problem | one thread, ms | awake | asleep | independent | a line, ns, before and after | stolen, cores |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  for (const std::string& name : options.names) {
    for (const workbench::Workload& workload : workbench::workloads_called(name)) {
      fmt::print("{}\n", measure(workload.problem, options));
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace rapt::bench

int main(int argc, char** argv) {
  try {
    return rapt::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapt_scaling: {}\n", error.what());
    return 2;
  }
}
