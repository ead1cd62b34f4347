// Runs under suspicion, themselves on trial: fake engines that cheat in one way each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "tests/support/constant_answer.h"

namespace rapt::workbench {
namespace {

constexpr size_t kWorkspace = 256;

Case make(const std::string& text) { return make_case(parse_problem(text)); }

// A guard band is out of bounds on purpose: AddressSanitizer would stop the write before the harness could tell of it.
__attribute__((no_sanitize("address"))) void write_byte(const void* data, int64_t at) {
  auto* byte = static_cast<volatile unsigned char*>(const_cast<void*>(data)) + at;
  *byte = static_cast<unsigned char>(*byte ^ 0x55);
}

// An engine that answers 1 everywhere and then does something it should not.
using Misdeed = std::function<void(const Case&, const rapt_args&, unsigned char* workspace)>;

std::string caught(const std::string& text, const Misdeed& misdeed) {
  const Case c = make(text);
  const Outcome outcome = run_call(c, kWorkspace, [&](const rapt_args& args, void* workspace, size_t bytes, std::string&) {
    EXPECT_EQ(bytes, kWorkspace);
    answer(c, args, 1.0);
    misdeed(c, args, static_cast<unsigned char*>(workspace));
    return rapt_status{RAPT_OK};
  });
  EXPECT_EQ(outcome.ok(), outcome.message.empty());
  return outcome.message;
}

const char* const kDense = "f32:b2,hq2,sq3,sk5,d4";

TEST(SuspiciousRun, AcquitsAnHonestEngineInEveryLayout) {
  for (const char* layout : {"", ":bshd", ":strided", ":ragged", ":page2", ":list2", ":pointers2"}) {
    EXPECT_EQ(caught(std::string("f16:b3,hq2,sq3,sk5,d4:lens=random") + layout, [](auto&&...) {}), "");
  }
  EXPECT_EQ(caught("f32:sq3,d4:nolse", [](auto&&...) {}), "");
}

TEST(SuspiciousRun, CatchesWritesAroundOutputsAndWorkspace) {
  EXPECT_EQ(caught(kDense, [](const Case&, const rapt_args& a, auto) { write_byte(a.o, 2 * 2 * 3 * 4 * 4); }),
            "something was written before or after o");
  EXPECT_EQ(caught(kDense, [](const Case&, const rapt_args& a, auto) { write_byte(a.o, -1); }), "something was written before or after o");
  EXPECT_EQ(caught(kDense, [](const Case&, const rapt_args& a, auto) { write_byte(a.lse, 2 * 2 * 3 * 4); }),
            "something was written before or after lse");
  EXPECT_EQ(caught(kDense, [](const Case&, const rapt_args&, unsigned char* w) { write_byte(w, kWorkspace); }),
            "something was written before or after the workspace");
  EXPECT_EQ(caught(kDense, [](const Case&, const rapt_args& a, auto) { write_byte(a.q, -3); }),
            "something was written before or after an input");
}

TEST(SuspiciousRun, CatchesAChangedInputOfEachKind) {
  const std::string text = "f32:b2,hq2,sq3,sk5,d4:mask=bhqk,bias=bhqk,alibi,sinks,lens=random";
  const auto tampering = [](const void* rapt_args::*field) {
    return [field](const Case&, const rapt_args& a, auto) { write_byte(a.*field, 0); };
  };
  for (const auto field :
       {&rapt_args::q, &rapt_args::k, &rapt_args::v, &rapt_args::mask, &rapt_args::bias, &rapt_args::alibi, &rapt_args::sinks}) {
    EXPECT_EQ(caught(text, tampering(field)), "an input was changed");
  }
  EXPECT_EQ(caught(text, [](const Case&, const rapt_args& a, auto) { write_byte(a.seqlens_kv, 0); }), "an input was changed");
  EXPECT_EQ(caught("f32:b2,sq3,d4:ragged", [](const Case&, const rapt_args& a, auto) { write_byte(a.cu_seqlens_q, 0); }),
            "an input was changed");
  EXPECT_EQ(caught("f32:b2,sq3,d4:page2", [](const Case&, const rapt_args& a, auto) { write_byte(a.block_table, 0); }),
            "an input was changed");
  EXPECT_EQ(caught("f32:b2,sq3,d4:list2", [](const Case&, const rapt_args& a, auto) { write_byte(a.kv_indices, 0); }),
            "an input was changed");
  EXPECT_EQ(caught("f32:b2,sq3,d4:pointers2", [](const Case&, const rapt_args& a, auto) { write_byte(a.v_pages, 0); }),
            "an input was changed");
}

TEST(SuspiciousRun, CatchesWritesIntoGapsAndPastLengths) {
  const auto one_float = [](void* data, int64_t at) { static_cast<float*>(data)[at] = 0; };
  EXPECT_NE(
      caught("f32:hq2,sq3,d4:strided", [&](const Case&, const rapt_args& a, auto) { one_float(a.o, 4); }).find("element 4 of o's buffer"),
      std::string::npos);
  EXPECT_NE(
      caught("f32:b2,hq2,sq3,d4:strided", [&](const Case& c, const rapt_args& a, auto) { one_float(a.lse, c.problem.lse.strides[2] - 1); })
          .find("of lse's buffer"),
      std::string::npos);
  EXPECT_NE(caught("f32:b9,sq3,d4:lens=edges",
                   [&](const Case& c, const rapt_args& a, auto) {
                     for (size_t b = 0; b < 9; ++b) {
                       if (c.lens_q[b] == 1) one_float(a.o, static_cast<int64_t>(b) * 12 + 4);
                     }
                   })
                .find("past a sequence's length"),
            std::string::npos);
  EXPECT_NE(caught("f32:b2,sq3,d4:ragged", [&](const Case&, const rapt_args& a, auto) { one_float(a.o, 6 * 4); })
                .find("element 24 of o's buffer"),
            std::string::npos);
}

TEST(SuspiciousRun, CatchesAnAnswerThatDependsOnTheWorkspace) {
  const std::string in_o =
      caught(kDense, [](const Case&, const rapt_args& a, unsigned char* w) { store(a.o, RAPT_F32, 7, w[9] == 0 ? 2.0 : 1.0); });
  EXPECT_EQ(in_o, "two runs differ: element 7 of o's buffer is 1 with the workspace full of 0xFF and 2 with zeros");
  const std::string in_lse = caught(
      kDense, [](const Case&, const rapt_args& a, unsigned char* w) { store(a.lse, RAPT_F32, 2, w[9] != 0 && w[9] != 0xFF ? 2.0 : 1.0); });
  EXPECT_EQ(in_lse, "two runs differ: element 2 of lse's buffer is 1 with the workspace full of 0xFF and 2 with noise");
}

TEST(SuspiciousRun, CatchesAnAnswerThatDependsOnTheRun) {
  int runs = 0;
  const std::string message =
      caught(kDense, [&runs](const Case&, const rapt_args& a, auto) { store(a.o, RAPT_F32, 0, ++runs == 3 ? 1.5 : 1.0); });
  EXPECT_NE(message.find("two runs differ: element 0 of o's buffer"), std::string::npos) << message;
}

TEST(SuspiciousRun, PassesOnARefusalAndWhatElseItCaught) {
  const Case c = make(kDense);
  const auto refuse = [](const rapt_args&, void*, size_t, std::string& sentence) {
    sentence = "no such thing";
    return rapt_status{RAPT_UNSUPPORTED};
  };
  EXPECT_EQ(run_call(c, 0, refuse).status, RAPT_UNSUPPORTED);
  EXPECT_EQ(run_call(c, 0, refuse).message, "no such thing");
  const auto refuse_and_spoil = [&](const rapt_args& args, void* workspace, size_t bytes, std::string& sentence) {
    write_byte(args.q, 0);
    return refuse(args, workspace, bytes, sentence);
  };
  EXPECT_EQ(run_call(c, 0, refuse_and_spoil).message, "no such thing; and an input was changed");
}

TEST(SuspiciousRun, GivesPoisonedOutputsAndThreeFillingsOfTheWorkspace) {
  const Case c = make(kDense);
  std::string fillings;
  const auto look = [&](const rapt_args& args, void* workspace, size_t bytes, std::string&) {
    EXPECT_EQ(static_cast<const uint32_t*>(args.o)[47], 0xFFFFFFFFu);
    EXPECT_EQ(static_cast<const uint32_t*>(args.lse)[11], 0xFFFFFFFFu);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(workspace) % 64, 0U);
    const auto* first = static_cast<const unsigned char*>(workspace);
    const bool same = std::all_of(first, first + bytes, [first](unsigned char byte) { return byte == *first; });
    fillings += !same ? "noise " : *first == 0 ? "zeros " : "ones ";
    answer(c, args, 1.0);
    return rapt_status{RAPT_OK};
  };
  run_call(c, kWorkspace, look);
  EXPECT_EQ(fillings, "ones zeros noise ");
  run_call(c, kWorkspace, look, false);
  EXPECT_EQ(fillings, "ones zeros noise ones ");
  const Outcome without = run_call(c, 0, [](const rapt_args&, void* workspace, size_t, std::string&) {
    return rapt_status{workspace == nullptr ? RAPT_OK : RAPT_INTERNAL};
  });
  EXPECT_EQ(without.status, RAPT_OK);
}

TEST(Contexts, RefuseSettingsInTheLibrarysWords) {
  EXPECT_EQ(rapt_context_threads(make_context(3).get()), 3);
  try {
    make_context(1, "sse9");
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("sse9"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace rapt::workbench
