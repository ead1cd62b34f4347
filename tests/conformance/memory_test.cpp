// A run allocates nothing and makes no thread; a plan's workspace stays small however long the keys are.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <fmt/format.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "tests/conformance/planned.h"
#include "tests/support/sanitized.h"

#if defined(__GLIBC__) && !RAPT_SANITIZED
#define RAPT_COUNTS_ALLOCATIONS 1
#else
#define RAPT_COUNTS_ALLOCATIONS 0  // a sanitizer owns malloc
#endif

namespace {
std::atomic<int64_t> allocations{0}, threads_made{0};
}

#if RAPT_COUNTS_ALLOCATIONS
// This program's own malloc, which counts and hands over to glibc's. operator new comes here too.
extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) { return ++allocations, __libc_malloc(bytes); }
void* calloc(size_t count, size_t bytes) { return ++allocations, __libc_calloc(count, bytes); }
void* realloc(void* memory, size_t bytes) { return ++allocations, __libc_realloc(memory, bytes); }
void* memalign(size_t alignment, size_t bytes) { return ++allocations, __libc_memalign(alignment, bytes); }
void* aligned_alloc(size_t alignment, size_t bytes) { return ++allocations, __libc_memalign(alignment, bytes); }
int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  *memory = (++allocations, __libc_memalign(alignment, bytes));
  return *memory == nullptr ? ENOMEM : 0;
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return ++threads_made, create(thread, attributes, start, argument);
}
}
#endif

namespace rapt::conformance {
namespace {

using namespace workbench;

class Memory : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, Memory, testing::ValuesIn(engine_machines()), machine_name);

TEST_P(Memory, ARunAllocatesNothingAndMakesNoThread) {
  if (RAPT_COUNTS_ALLOCATIONS == 0) GTEST_SKIP() << "malloc is not ours to count here";
  const int64_t before_probe = allocations;
  int* volatile probe = new int(1);  // volatile, lest the pair be optimised away
  delete probe;
  ASSERT_GT(allocations, before_probe) << "the counter counts nothing";
  for (const char* problem :
       {"f32:b2,hq4,hkv2,sq70,sk130,d64:causal=br", "bf16:b2,hq8,hkv2,sq1,sk3000,d64:lens=random:page16",
        "f16:b2,hq8,hkv2,sq9,sk900,d40:mask=bhqk,alibi,sinks,cap=5:ragged", "f32:b2,hq8,hkv2,sq1,sk9000,d33:win=5000:0:strided"}) {
    const Case data = case_of(problem);
    for (const int threads : {1, 3}) {
      const Planned planned(context(threads), data, GetParam().engine);
      ASSERT_EQ(planned.status(), RAPT_OK) << planned.sentence();
      Planned::Desk desk = planned.desk();
      const int64_t allocated = allocations, made = threads_made;
      const rapt_status status = planned.run(desk);
      EXPECT_EQ(allocations, allocated) << problem << " on " << threads << " threads";
      EXPECT_EQ(threads_made, made) << problem << " on " << threads << " threads";
      EXPECT_EQ(status, RAPT_OK) << rapt_last_error();
    }
  }
}

TEST_P(Memory, ARunThatRefusesAllocatesNothingEither) {
  if (RAPT_COUNTS_ALLOCATIONS == 0) GTEST_SKIP() << "malloc is not ours to count here";
  Case data = case_of("f32:b2,hq2,hkv1,sq1,sk40,d16::page16");
  data.block_table.as<int32_t>()[0] = 1 << 20;
  const Planned planned(context(), data, GetParam().engine);
  Planned::Desk desk = planned.desk();
  const int64_t allocated = allocations;
  const rapt_status status = planned.run(desk);
  EXPECT_EQ(allocations, allocated);
  EXPECT_EQ(status, RAPT_BAD_INDEX);
}

size_t workspace_of(rapt_context* context, int32_t engine, rapt_problem problem) {
  problem.engine = engine;
  rapt_plan* plan = nullptr;
  EXPECT_EQ(rapt_plan_create(context, &problem, &plan), RAPT_OK) << rapt_last_error();
  const size_t bytes = plan == nullptr ? 0 : rapt_plan_workspace(plan);
  rapt_plan_destroy(plan);
  return bytes;
}

TEST_P(Memory, AHundredAndTwentyEightThousandTokensNeedLessThanAGibibyte) {
  constexpr int64_t kTokens = 131072;
  for (const rapt_type type : {RAPT_F32, RAPT_F16, RAPT_BF16}) {
    for (const int threads : {1, 2, 64}) {
      rapt_problem problem = dense_problem(type, 1, 1, 1, kTokens, kTokens, 128, 128);
      problem.causal = 1;
      EXPECT_LT(workspace_of(context(threads), GetParam().engine, problem), size_t{1} << 30) << threads << " threads";
      EXPECT_LT(workspace_of(context(threads), GetParam().engine, dense_problem(type, 1, 1, 1, 1, kTokens, 128, 128)), size_t{1} << 30);
      EXPECT_LT(workspace_of(context(threads), GetParam().engine, dense_problem(type, 8, 32, 8, 1, kTokens, 128, 128)), size_t{1} << 30);
    }
  }
}

// No term of rows x keys: four times the rows and keys is about four times the workspace at most, never sixteen.
TEST_P(Memory, WorkspaceGrowsNoFasterThanTheTensors) {
  rapt_problem small = dense_problem(RAPT_F32, 1, 2, 2, 16384, 16384, 64, 64),
               large = dense_problem(RAPT_F32, 1, 2, 2, 65536, 65536, 64, 64);
  const size_t a = workspace_of(context(), GetParam().engine, small), b = workspace_of(context(), GetParam().engine, large);
  EXPECT_LE(b, 4 * a + (size_t{1} << 20));
}

TEST_P(Memory, AHundredAndTwentyEightThousandKeysAgreeWithTheJudge) {
  expect_judged("f32:b1,hq1,hkv1,sq3,sk131072,d128:causal=br,nolse", 2);
}

// Resident memory at its highest since the last reset, in bytes; 0 where the system does not say.
size_t peak_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

TEST_P(Memory, ARunTouchesNoMemoryBesideItsWorkspace) {
  const Case data = case_of("f32:b1,hq1,hkv1,sq2048,d64:causal=br");
  const Planned planned(context(), data, GetParam().engine);
  Planned::Desk desk = planned.desk();  // poisoned, so resident already
  ASSERT_EQ(planned.run(desk), RAPT_OK);
  std::ofstream("/proc/self/clear_refs") << "5";
  const size_t before = peak_resident();
  if (before == 0) GTEST_SKIP() << "/proc does not tell the peak of resident memory";
  ASSERT_EQ(planned.run(desk), RAPT_OK);
  EXPECT_LE(peak_resident() - before, size_t{2} << 20);
}

}  // namespace
}  // namespace rapt::conformance
