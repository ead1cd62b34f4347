// Same call, same bits: over repeats, callers, executors and page placements; and, where asked for, whatever the neighbours and threads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>
#include <thread>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "tests/conformance/planned.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class Determinism : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, Determinism, testing::ValuesIn(machines()), machine_name);

// Each with work for several threads: an engine need not wake any for less.
const char* const kProblems[] = {"f32:b2,hq4,hkv2,sq65,sk130,d40:causal=br", "bf16:b3,hq8,hkv2,sq1,sk2100,d64:lens=random:page16",
                                 "f16:b1,hq4,hkv1,sq1,sk20000,d32:sinks", "f32:b6,hq4,hkv2,sq20,sk200,d24:alibi,cap=5,lens=edges:ragged"};

TEST_P(Determinism, AThousandRunsGiveTheSameBits) {
  for (const char* problem : kProblems) {
    const Case data = case_of(problem);
    const Planned planned(context(), data, GetParam().engine);
    ASSERT_EQ(planned.status(), RAPT_OK) << planned.sentence();
    Planned::Desk first = planned.desk(), again = planned.desk();
    ASSERT_EQ(planned.run(first), RAPT_OK) << rapt_last_error();
    const int repeats = test::kSanitized || GetParam().engine == RAPT_ENGINE_REFERENCE ? 20 : 1000;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      again.outcome.o.fill(static_cast<unsigned char>(0xFF));
      again.outcome.lse.fill(static_cast<unsigned char>(0xFF));
      ASSERT_EQ(planned.run(again), RAPT_OK) << rapt_last_error();
      ASSERT_TRUE(same_bits(first.outcome, again.outcome)) << problem << " run " << repeat;
    }
  }
}

TEST_P(Determinism, TwoContextsOfAKindGiveTheSameBits) {
  for (const char* problem : kProblems) {
    const Case data = case_of(problem);
    const Context other = make_context(kThreads, GetParam().isa);
    EXPECT_TRUE(same_bits(run(data), run_engine(other.get(), data, GetParam().engine))) << problem;
  }
}

TEST_P(Determinism, SeveralCallersOfOnePlanDoNotDisturbEachOther) {
  for (const char* problem : kProblems) {
    const Case data = case_of(problem);
    const Planned planned(context(), data, GetParam().engine);
    ASSERT_EQ(planned.status(), RAPT_OK) << planned.sentence();
    Planned::Desk expected = planned.desk();
    ASSERT_EQ(planned.run(expected), RAPT_OK);
    std::vector<Planned::Desk> desks;
    for (int caller = 0; caller < 4; ++caller) desks.push_back(planned.desk());
    std::vector<std::thread> callers;
    for (Planned::Desk& desk : desks) {
      callers.emplace_back([&planned, &desk] {
        for (int repeat = 0; repeat < 10; ++repeat) planned.run(desk);
      });
    }
    for (std::thread& caller : callers) caller.join();
    for (const Planned::Desk& desk : desks) {
      EXPECT_EQ(desk.outcome.status, RAPT_OK);
      EXPECT_TRUE(same_bits(expected.outcome, desk.outcome)) << problem;
    }
  }
}

void in_order(void*, int32_t threads, void (*body)(void*, int32_t), void* state) {
  for (int32_t t = 0; t < threads; ++t) body(state, t);
}
void in_reverse(void*, int32_t threads, void (*body)(void*, int32_t), void* state) {
  for (int32_t t = threads - 1; t >= 0; --t) body(state, t);
}
void on_fresh_threads(void*, int32_t threads, void (*body)(void*, int32_t), void* state) {
  std::vector<std::thread> all;
  for (int32_t t = 0; t < threads; ++t) all.emplace_back(body, state, t);
  for (std::thread& thread : all) thread.join();
}

TEST_P(Determinism, AnyExecutorThatRunsEveryBodyGivesTheBitsOfOwnThreads) {
  for (const char* problem : kProblems) {
    const Case data = case_of(problem);
    for (const int threads : {1, 3, 8}) {
      const Outcome expected = run(data, threads);
      for (const auto parallel : {in_order, in_reverse, on_fresh_threads}) {
        rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
        options.max_isa = GetParam().isa.empty() ? nullptr : GetParam().isa.c_str();
        options.executor = {nullptr, threads, 0, parallel};
        rapt_context* created = nullptr;
        ASSERT_EQ(rapt_context_create(&options, &created), RAPT_OK) << rapt_last_error();
        const Context own(created);
        const Outcome outcome = run_engine(own.get(), data, GetParam().engine);
        EXPECT_TRUE(outcome.ok()) << outcome.message;
        EXPECT_TRUE(same_bits(expected, outcome)) << problem << " " << threads << " threads";
      }
    }
  }
}

TEST_P(Determinism, AnyNumberOfThreadsAgreesWithTheJudge) {
  for (const char* problem : kProblems) {
    for (const int threads : {1, 2, 3, 7, 16}) expect_judged(problem, threads);
  }
}

TEST_P(Determinism, WherePagesLieChangesNoBit) {
  for (const char* type : {"f32", "f16", "bf16"}) {
    const Case data = case_of(fmt::format("{}:b3,hq4,hkv2,sq2,sk90,d40:lens=random,causal=br:page16", type));
    const Outcome expected = run(data);
    for (const int64_t step : {1, 2, 5}) {
      Case moved = case_of(data.name);
      const int64_t pages = data.problem.k.shape[0];
      const auto place = [&](int64_t page) { return (page + step) % pages; };
      const auto move = [&](const rapt_tensor& tensor, const Buffer& from, Buffer& to) {
        const auto bytes = static_cast<int64_t>(rapt_type_size(tensor.type)) * tensor.strides[0];
        for (int64_t page = 0; page < pages; ++page) {
          const int64_t count = std::min(bytes, static_cast<int64_t>(from.size()) - std::max(page, place(page)) * bytes);
          std::memcpy(to.as<char>() + place(page) * bytes, from.as<char>() + page * bytes, static_cast<size_t>(count));
        }
      };
      move(data.problem.k, data.k, moved.k);
      move(data.problem.v, data.v, moved.v);
      for (size_t entry = 0; entry < data.block_table.size() / sizeof(int32_t); ++entry) {
        const int32_t page = data.block_table.as<int32_t>()[entry];
        if (page >= 0 && page < pages) moved.block_table.as<int32_t>()[entry] = static_cast<int32_t>(place(page));
      }
      EXPECT_TRUE(same_bits(expected, run(moved))) << type << " moved by " << step;
    }
  }
}

// Sequence b of a dense batch, as a problem of its own.
Case alone(const Case& batch, int64_t b) {
  Case one = batch;
  const auto pick = [&](rapt_tensor& tensor, const void*& data) {
    if (data != nullptr) data = static_cast<const char*>(data) + b * tensor.strides[0] * static_cast<int64_t>(rapt_type_size(tensor.type));
    tensor.shape[0] = 1;
    tensor.bytes = 0;
  };
  const void* none = nullptr;
  pick(one.problem.q, one.args.q), pick(one.problem.k, one.args.k), pick(one.problem.v, one.args.v);
  pick(one.problem.o, none), pick(one.problem.lse, none);
  one.problem.batch = 0;
  if (one.args.seqlens_kv != nullptr) one.args.seqlens_kv += b;
  if (one.args.seqlens_q != nullptr) one.args.seqlens_q += b;
  one.lens_q.assign(1, batch.lens_q[static_cast<size_t>(b)]);
  one.lens_kv.assign(1, batch.lens_kv[static_cast<size_t>(b)]);
  one.name += fmt::format(", sequence {} alone", b);
  return one;
}

TEST_P(Determinism, ARowAloneHasTheBitsOfTheRowInABatchOfSixtyFour) {
  for (const char* shape : {"f32:b64,hq4,hkv2,sq1,sk700,d32", "bf16:b64,hq4,hkv1,sq3,sk90,d40", "f16:b64,hq2,hkv2,sq40,sk60,d16",
                            "f32:b64,hq2,hkv1,sq1,sk1300,d16:win=300:0"}) {
    const bool window = std::string(shape).find("win=") != std::string::npos;
    const Case batch = case_of(fmt::format("{}{}lens=random,causal=br,invariant", shape, window ? "," : ":"));
    if (plan_status(batch) == RAPT_UNSUPPORTED) GTEST_SKIP() << "this engine does not promise batch invariance, and says so";
    const std::vector<double> together = o_of(batch, run(batch, 3));
    const size_t size = together.size() / 64;
    for (const int64_t b : {0, 1, 17, 31, 62, 63}) {
      const std::vector<double> row(together.begin() + b * static_cast<int64_t>(size),
                                    together.begin() + (b + 1) * static_cast<int64_t>(size));
      for (const int threads : {1, 3, 7}) {
        const Case one = alone(batch, b);
        EXPECT_TRUE(same_bits(row, o_of(one, run(one, threads)))) << one.name << " on " << threads << " threads";
      }
    }
  }
}

// Heads enough for each thread one, which it packs for itself while those that have none help; fewer heads than threads, which all pack and
// share; both in one call, where some sequences have more keys than a thread packs for itself; halves of a tile; parts of the keys.
TEST_P(Determinism, ThreadsThatShareHeadsGiveTheBitsOfOne) {
  if (GetParam().engine != RAPT_ENGINE_CPU) GTEST_SKIP() << "other engines have no threads that share";
  const int repeats = test::kSanitized ? 3 : 20;
  for (const char* problem :
       {"f32:b1,hq3,sq200,sk300,d64:invariant", "bf16:b3,hq4,hkv2,sq150,sk280,d32:causal=br,lens=random,invariant:ragged",
        "f16:b4,hq4,sq66,sk300,d256:lens=random,invariant", "f32:b5,hq1,sq97,sk513,d40:win=200:20,lens=edges,invariant",
        "bf16:b12,hq8,hkv4,sq70,sk60,d16:lens=random,invariant", "bf16:b2,hq2,sq103,sk230,d72:causal=br,win=40:0,invariant",
        "f32:b1,hq3,sq202,sk300,d24:win=150:3,invariant", "f32:b1,hq3,sq205,sk320,d24:win=100:3,invariant",
        "f32:b1,hq3,sq150,sk600,d32:invariant", "f16:b1,hq2,sq40,sk2100,d24:causal=br,invariant:page16"}) {
    const Case data = case_of(problem);
    const Outcome expected = run(data, 1);
    for (const int threads : {2, 3, 5, 16}) {
      const Planned planned(context(threads), data, GetParam().engine);
      ASSERT_EQ(planned.status(), RAPT_OK) << planned.sentence();
      Planned::Desk desk = planned.desk();
      for (int repeat = 0; repeat < repeats; ++repeat) {
        desk.outcome.o.fill(static_cast<unsigned char>(0xFF));
        ASSERT_EQ(planned.run(desk), RAPT_OK) << rapt_last_error();
        ASSERT_TRUE(same_bits(expected, desk.outcome)) << problem << " on " << threads << " threads, run " << repeat;
      }
    }
  }
}

TEST_P(Determinism, BatchInvariantBitsDoNotDependOnTheNumberOfThreads) {
  for (const char* problem :
       {"f32:b1,hq8,hkv2,sq1,sk9000,d64:invariant", "bf16:b2,hq8,hkv2,sq2,sk2500,d64:invariant,lens=random:page16",
        "f16:b2,hq8,hkv2,sq11,sk4500,d32:invariant,causal=br", "f32:b4,hq4,hkv2,sq70,sk120,d40:invariant,causal=br,lens=random"}) {
    const Case data = case_of(problem);
    if (plan_status(data) == RAPT_UNSUPPORTED) GTEST_SKIP() << "this engine does not promise batch invariance, and says so";
    const Outcome expected = run(data, 1);
    for (const int threads : {2, 3, 7}) EXPECT_TRUE(same_bits(expected, run(data, threads))) << problem << " on " << threads << " threads";
    expect_judged(problem);
  }
}

}  // namespace
}  // namespace rapt::conformance
