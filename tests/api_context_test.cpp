// Contexts: options, environment, the caller's threads instead of ours, many callers at once.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

// Sets a variable for the length of a scope.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~Environment() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

ContextOwner create(const rapt_context_options& options) {
  rapt_context* context = nullptr;
  EXPECT_EQ(rapt_context_create(&options, &context), RAPT_OK) << rapt_last_error();
  return ContextOwner(context);
}

void expect_refused(const rapt_context_options& options, const std::string& says) {
  rapt_context* context = reinterpret_cast<rapt_context*>(1);
  EXPECT_EQ(rapt_context_create(&options, &context), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(context, nullptr);
  EXPECT_NE(std::string(rapt_last_error()).find(says), std::string::npos) << rapt_last_error();
}

constexpr rapt_context_options kDefaults = RAPT_CONTEXT_OPTIONS_INIT;

TEST(Context, HasTheThreadsAskedForOrOneACore) {
  unsetenv("RAPT_THREADS");
  rapt_context* context = nullptr;
  ASSERT_EQ(rapt_context_create(nullptr, &context), RAPT_OK) << rapt_last_error();
  EXPECT_GE(rapt_context_threads(context), 1);
  EXPECT_LE(rapt_context_threads(context), static_cast<int32_t>(std::thread::hardware_concurrency()));
  rapt_context_destroy(context);
  EXPECT_EQ(rapt_context_threads(make_context(3).get()), 3);
  EXPECT_EQ(rapt_context_threads(nullptr), 0);
  EXPECT_STREQ(rapt_context_isa(nullptr), "");
  rapt_context_destroy(nullptr);
}

TEST(Context, EnvironmentSetsThreadsWhereOptionsDoNot) {
  const Environment threads("RAPT_THREADS", "5");
  EXPECT_EQ(rapt_context_threads(create(kDefaults).get()), 5);
  EXPECT_EQ(rapt_context_threads(make_context(2).get()), 2);
  for (const char* wrong : {"0", "-1", "two", "3x", "1e3", "99999999999999999999", "1025"}) {
    const Environment bad("RAPT_THREADS", wrong);
    expect_refused(kDefaults, "the environment variable RAPT_THREADS is \"" + std::string(wrong) + "\"");
    make_context(1);  // not asked
  }
  const Environment none("RAPT_THREADS", "");
  EXPECT_GE(rapt_context_threads(create(kDefaults).get()), 1);
}

TEST(Context, MaxIsaHoldsTheMachineDown) {
  unsetenv("RAPT_MAX_ISA");
  const std::string best = rapt_context_isa(create(kDefaults).get());
  EXPECT_NE(best, "");
  rapt_context_options options = kDefaults;
  options.max_isa = "scalar";
  EXPECT_STREQ(rapt_context_isa(create(options).get()), "scalar");
  const Environment isa("RAPT_MAX_ISA", "scalar");
  EXPECT_STREQ(rapt_context_isa(create(kDefaults).get()), "scalar");
  options.max_isa = best.c_str();
  EXPECT_EQ(rapt_context_isa(create(options).get()), best);
  options.max_isa = "mmx";
  expect_refused(options, "options.max_isa is \"mmx\"");
  const Environment wrong("RAPT_MAX_ISA", "avx9000");
  expect_refused(kDefaults, "the environment variable RAPT_MAX_ISA is \"avx9000\"");
}

TEST(Context, ArchIsThatOfGpuKernels) {
  rapt_context_options options = kDefaults;
  for (const char* arch : {"sm_80", "sm_90a"}) {
    options.arch = arch;
    const ContextOwner context = create(options);
    rapt_problem problem = small_problem();
    problem.q.type = problem.k.type = problem.v.type = problem.o.type = RAPT_BF16;
    std::string text(4096, '\0');
    rapt_explain(context.get(), &problem, text.data(), text.size());
    EXPECT_NE(text.find(std::string("row: forward_") + (options.arch[3] == '8' ? "sm80" : "sm")), std::string::npos) << text;
  }
  options.arch = "sm_70";
  expect_refused(options, "options.arch is \"sm_70\"");
  options.arch = "";
  expect_refused(options, "options.arch is \"\"");
}

TEST(Context, TakesTheOptionsOfCallersThatKnowNoArch) {
  rapt_context_options options = kDefaults;
  options.struct_size = 48, options.arch = "what lies behind a shorter struct";
  create(options);
}

void sequential(void*, int32_t threads, void (*body)(void*, int32_t), void* state) {
  for (int32_t t = 0; t < threads; ++t) body(state, t);
}

TEST(Context, RefusesOptionsThatContradict) {
  rapt_context_options options = kDefaults;
  options.struct_size = 0;
  expect_refused(options, "options.struct_size is 0");
  options = kDefaults, options.threads = -2;
  expect_refused(options, "options.threads is -2");
  options.threads = 1025;
  expect_refused(options, "options.threads is 1025; give 1 to 1024");
  options = kDefaults, options.reserved = 1;
  expect_refused(options, "options.reserved is 1");
  options = kDefaults, options.executor = {nullptr, 2, 1, sequential};
  expect_refused(options, "options.executor.reserved is 1");
  options.executor = {nullptr, 0, 0, sequential};
  expect_refused(options, "options.executor.threads is 0");
  options.executor = {nullptr, 2, 0, nullptr};
  expect_refused(options, "its parallel is NULL");
  options.executor = {nullptr, 2, 0, sequential}, options.threads = 3;
  expect_refused(options, "options.threads is 3 but options.executor.threads is 2");
  EXPECT_EQ(rapt_context_create(&kDefaults, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "context is NULL; give the address of a rapt_context*");
}

// Work for more than one thread: several heads of a few hundred rows.
struct Work {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  std::vector<float> inputs = std::vector<float>(4 * 300 * 32);

  Work() {
    problem.q = problem.k = problem.v = problem.o = rapt_dense(RAPT_F32, 1, 4, 300, 32);
    for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = static_cast<float>(i * 2654435761u % 1000) / 500.0f - 1.0f;
  }
  std::vector<float> run(const rapt_plan* plan) const {
    std::vector<float> o(inputs.size(), SmallData::kUntouched);
    rapt_args args = RAPT_ARGS_INIT;
    args.q = args.k = args.v = inputs.data(), args.o = o.data();
    const Workspace workspace(rapt_plan_workspace(plan));
    EXPECT_EQ(rapt_run(plan, &args, workspace.data, rapt_plan_workspace(plan), nullptr), RAPT_OK) << rapt_last_error();
    return o;
  }
  std::vector<float> run(const ContextOwner& context) const { return run(make_plan(context, problem).get()); }
};

struct Hook {
  std::atomic<int> calls{0};
  static void backwards(void* user, int32_t threads, void (*body)(void*, int32_t), void* state) {
    static_cast<Hook*>(user)->calls.fetch_add(1);
    for (int32_t t = threads - 1; t >= 0; --t) body(state, t);
  }
  static void own_threads(void* user, int32_t threads, void (*body)(void*, int32_t), void* state) {
    static_cast<Hook*>(user)->calls.fetch_add(1);
    std::vector<std::thread> team;
    for (int32_t t = 0; t < threads; ++t) team.emplace_back(body, state, t);
    for (std::thread& thread : team) thread.join();
  }
  static void nested(void* user, int32_t threads, void (*body)(void*, int32_t), void* state) {
    static_cast<Hook*>(user)->calls.fetch_add(1);
    static const Work work;
    static const ContextOwner inner = make_context(2);
    work.run(inner);
    sequential(nullptr, threads, body, state);
  }
};

TEST(Context, ExecutorOfTheCallerGivesTheSameBits) {
  const Work work;
  const std::vector<float> expected = work.run(make_context(3));
  for (const auto parallel : {Hook::backwards, Hook::own_threads, Hook::nested}) {
    Hook hook;
    rapt_context_options options = kDefaults;
    options.executor = {&hook, 3, 0, parallel};
    const ContextOwner context = create(options);
    EXPECT_EQ(rapt_context_threads(context.get()), 3);
    EXPECT_EQ(work.run(context), expected);
    EXPECT_GE(hook.calls, 1) << "the executor was not used";
  }
}

TEST(Context, OneContextServesManyThreadsAtOnce) {
  const Work work;
  const ContextOwner context = make_context(2);
  const PlanOwner plan = make_plan(context, work.problem);
  const std::vector<float> expected = work.run(plan.get());
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(work.run(plan.get()), expected);
        EXPECT_EQ(work.run(context), expected);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace rapt::testing
