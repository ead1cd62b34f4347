// Contexts: how many threads, whose threads, and which machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/context.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "api/read_struct.h"
#include "api/status.h"
#include "cpu/engine.h"

namespace rapt::api {
namespace {

// One per core that this process may use.
int32_t default_threads() {
  cpu_set_t set;
  int32_t cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : static_cast<int32_t>(std::thread::hardware_concurrency());
  return std::clamp(cores, 1, ThreadPool::kMaxThreads);
}

rapt_status threads_from_environment(int32_t& threads) {
  const char* text = std::getenv("RAPT_THREADS");
  threads = default_threads();
  if (text == nullptr || *text == '\0') return RAPT_OK;
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  if (*end != '\0' || number < 1 || number > ThreadPool::kMaxThreads) {
    return fail(RAPT_INVALID_ARGUMENT, "the environment variable RAPT_THREADS is \"%.40s\"; set it to a number from 1 to %d, or unset it",
                text, ThreadPool::kMaxThreads);
  }
  threads = static_cast<int32_t>(number);
  return RAPT_OK;
}

rapt_status check_executor(const rapt_context_options& options) {
  const rapt_executor& executor = options.executor;
  if (executor.reserved != 0) {
    return fail(RAPT_INVALID_ARGUMENT, "options.executor.reserved is %d; set it to 0", executor.reserved);
  }
  if (executor.parallel == nullptr) {
    if (executor.threads == 0 && executor.user == nullptr) return RAPT_OK;
    return fail(RAPT_INVALID_ARGUMENT, "options.executor has %d threads but its parallel is NULL; set parallel, or zero the executor",
                executor.threads);
  }
  if (executor.threads < 1 || executor.threads > ThreadPool::kMaxThreads) {
    return fail(RAPT_INVALID_ARGUMENT, "options.executor.threads is %d; give the number of bodies that may run at once, 1 to %d",
                executor.threads, ThreadPool::kMaxThreads);
  }
  if (options.threads != 0 && options.threads != executor.threads) {
    return fail(RAPT_INVALID_ARGUMENT, "options.threads is %d but options.executor.threads is %d; set options.threads to 0",
                options.threads, executor.threads);
  }
  return RAPT_OK;
}

rapt_status check_options(const rapt_context_options& options) {
  if (options.reserved != 0) return fail(RAPT_INVALID_ARGUMENT, "options.reserved is %d; set it to 0", options.reserved);
  if (options.threads < 0 || options.threads > ThreadPool::kMaxThreads) {
    return fail(RAPT_INVALID_ARGUMENT, "options.threads is %d; give 1 to %d, or 0 for one a core", options.threads,
                ThreadPool::kMaxThreads);
  }
  return check_executor(options);
}

rapt_status choose_isa(const char* max_isa, const char*& isa) {
  const char* origin = "options.max_isa";
  if (max_isa == nullptr) {
    origin = "the environment variable RAPT_MAX_ISA";
    max_isa = std::getenv("RAPT_MAX_ISA");
    if (max_isa != nullptr && *max_isa == '\0') max_isa = nullptr;
  }
  isa = cpu::best_isa(max_isa);
  if (isa != nullptr) return RAPT_OK;
  return fail(RAPT_INVALID_ARGUMENT, "%s is \"%.40s\", which names no machine of the cpu engine; use one of %s", origin,
              max_isa == nullptr ? "" : max_isa, cpu::isa_names());
}

rapt_status choose_architecture(const char* arch, int32_t& architecture) {
  architecture = arch == nullptr ? 0 : std::strcmp(arch, "sm_80") == 0 ? 80 : std::strcmp(arch, "sm_90a") == 0 ? 90 : -1;
  if (architecture >= 0) return RAPT_OK;
  return fail(RAPT_INVALID_ARGUMENT, "options.arch is \"%.40s\", for which there are no GPU kernels; use one of sm_80, sm_90a", arch);
}

void run_on_pool(void* user, int32_t threads, ThreadPool::Body body, void* state) {
  static_cast<ThreadPool*>(user)->parallel(threads, body, state);
}

rapt_status create(const rapt_context_options* given, rapt_context** context) {
  rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
  rapt_status status = RAPT_OK;
  if (given != nullptr) status = read_struct("options", given, options);
  if (status == RAPT_OK) status = check_options(options);
  const char* isa = nullptr;
  if (status == RAPT_OK) status = choose_isa(options.max_isa, isa);
  int32_t architecture = 0;
  if (status == RAPT_OK) status = choose_architecture(options.arch, architecture);
  int32_t threads = options.threads;
  const bool own_threads = options.executor.parallel == nullptr;
  if (status == RAPT_OK && own_threads && threads == 0) status = threads_from_environment(threads);
  if (status != RAPT_OK) return status;

  auto created = std::make_unique<rapt_context>();
  created->isa = isa;
  created->architecture = architecture;
  created->executor = options.executor;
  if (own_threads) {
    created->pool = std::make_unique<ThreadPool>(threads);
    created->executor = {created->pool.get(), threads, 0, run_on_pool};
  }
  *context = created.release();
  return RAPT_OK;
}

}  // namespace
}  // namespace rapt::api

rapt_status rapt_context_create(const rapt_context_options* options, rapt_context** context) {
  if (context == nullptr) return rapt::api::fail(RAPT_INVALID_ARGUMENT, "context is NULL; give the address of a rapt_context*");
  *context = nullptr;
  return rapt::api::guarded("rapt_context_create", [&] { return rapt::api::create(options, context); });
}

void rapt_context_destroy(rapt_context* context) { delete context; }

int32_t rapt_context_threads(const rapt_context* context) { return context == nullptr ? 0 : context->executor.threads; }

const char* rapt_context_isa(const rapt_context* context) { return context == nullptr ? "" : context->isa; }
