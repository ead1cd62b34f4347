// Problem strings: what they mean, that they survive a round trip, and what is said about bad ones; and the lists made of them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/problem.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "workbench/random.h"
#include "workbench/suites.h"

namespace rapt::workbench {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_problem(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

void expect_refused(const std::string& text, const std::string& culprit, const std::string& advice) {
  const std::string sentence = refusal(text);
  EXPECT_NE(sentence.find(culprit), std::string::npos) << text << " -> " << sentence;
  EXPECT_NE(sentence.find(advice), std::string::npos) << text << " -> " << sentence;
}

TEST(ProblemString, ReadsTheExampleOfTheHeader) {
  Problem expected;
  expected.q_type = expected.k_type = expected.v_type = expected.o_type = RAPT_BF16;
  expected.batch = 4, expected.heads_q = 32, expected.heads_kv = 8, expected.seqlen_q = 1, expected.seqlen_kv = 8192;
  expected.head_dim = expected.head_dim_v = 128;
  expected.causal = true;
  expected.kv_layout = RAPT_KV_BLOCK_TABLE;
  expected.page_size = 16;
  EXPECT_EQ(parse_problem("bf16:b4,hq32,hkv8,sq1,sk8192,d128:causal=br,win=-1:-1,cap=0:page16"), expected);
  EXPECT_EQ(print_problem(expected), "bf16:b4,hq32,hkv8,sq1,sk8192,d128:causal=br:page16");
}

TEST(ProblemString, ReadsEveryWord) {
  const Problem p = parse_problem(
      "f32/f16/bf16/f64:b2,hq6,hkv3,sq5,sk7,d8,dv9:causal=-3,win=4:2,cap=0.5,scale=-1.25,mask=b1qk,bias=1h1k/bf16,alibi=batch,sinks,nolse,"
      "lse2,invariant,lens=edges,data=large,seed=18446744073709551615:strided,ragged,pointers7");
  Problem e;
  e.q_type = RAPT_F32, e.k_type = RAPT_F16, e.v_type = RAPT_BF16, e.o_type = RAPT_F64;
  e.batch = 2, e.heads_q = 6, e.heads_kv = 3, e.seqlen_q = 5, e.seqlen_kv = 7, e.head_dim = 8, e.head_dim_v = 9;
  e.causal = true, e.align = RAPT_ALIGN_OFFSET, e.offset = -3, e.window_left = 4, e.window_right = 2, e.softcap = 0.5F, e.scale = -1.25;
  e.mask = "b1qk", e.bias = "1h1k", e.bias_type = RAPT_BF16, e.alibi = e.alibi_per_batch = e.sinks = true, e.lse = false;
  e.lse_base2 = e.batch_invariant = true, e.lengths = "edges", e.distribution = "large", e.seed = ~uint64_t{0};
  e.layout = Problem::Layout::strided, e.ragged_q = true, e.kv_layout = RAPT_KV_PAGE_POINTERS, e.page_size = 7;
  EXPECT_EQ(p, e);
}

TEST(ProblemString, FillsInWhatShapeLeavesOut) {
  const Problem p = parse_problem("f16:hq3,sq5,d7");
  EXPECT_EQ(p.batch, 1);
  EXPECT_EQ(p.heads_kv, 3);
  EXPECT_EQ(p.seqlen_kv, 5);
  EXPECT_EQ(p.head_dim_v, 7);
  EXPECT_EQ(p.o_type, RAPT_F16);
  EXPECT_TRUE(p.lse);
}

TEST(ProblemString, AcceptsLayoutWithoutSemantics) {
  EXPECT_EQ(parse_problem("f32:sq4,d8:bshd,page16"), parse_problem("f32:sq4,d8::page16,bshd"));
  EXPECT_EQ(parse_problem("f32:sq4,d8"), parse_problem("f32:sq4,d8::"));
}

TEST(ProblemString, RaggedIsBothUnlessKeysArePaged) {
  const auto kv = [](const char* layout) { return parse_problem(std::string("f32:sq4,d8:") + layout).kv_layout; };
  EXPECT_EQ(kv("ragged"), RAPT_KV_RAGGED);
  EXPECT_EQ(kv("raggedq"), RAPT_KV_DENSE);
  EXPECT_EQ(kv("raggedkv"), RAPT_KV_RAGGED);
  EXPECT_EQ(kv("ragged,list3"), RAPT_KV_PAGE_LIST);
  EXPECT_EQ(kv("list3,ragged"), RAPT_KV_PAGE_LIST);
  EXPECT_FALSE(parse_problem("f32:sq4,d8:raggedkv").ragged_q);
  EXPECT_TRUE(parse_problem("f32:sq4,d8:raggedq").ragged_q);
}

// What random_problem leaves out of its supply because not every engine takes it, or because the grammar allows more.
void stretch(Random& random, Problem& p) {
  const int64_t far[] = {-1, 0, 1, 4096, INT64_MAX, INT64_MIN};
  const rapt_type types[] = {RAPT_F32, RAPT_F16, RAPT_BF16, RAPT_F64};
  p.q_type = types[random.below(4)], p.bias_type = p.bias.empty() ? RAPT_F32 : types[random.below(4)];
  p.window_left = far[random.below(6)], p.window_right = far[random.below(6)];
  if (p.align == RAPT_ALIGN_OFFSET) p.offset = static_cast<int64_t>(random.next());
  p.batch_invariant = random.chance(0.5), p.lse_base2 = random.chance(0.5), p.lse = random.chance(0.5);
  if (random.chance(0.5)) p.scale = (random.uniform() - 0.5) * 1e3;
  if (random.chance(0.5)) p.softcap = static_cast<float>(random.uniform() * 1e-3);
  if (random.chance(0.5)) p.seed = random.next();
  if (random.chance(0.1)) p.heads_kv = random.between(1, 9);
}

TEST(ProblemString, SurvivesARoundTripForTenThousandProblems) {
  std::set<std::string> different;
  for (uint64_t seed = 0; seed < 10000; ++seed) {
    Random random(seed);
    Problem p = random_problem(seed);
    if (seed % 2 == 1) stretch(random, p);
    const std::string text = print_problem(p);
    ASSERT_EQ(parse_problem(text), p) << text;
    ASSERT_EQ(print_problem(parse_problem(text)), text);
    different.insert(text);
  }
  EXPECT_GT(different.size(), 9900U);
}

TEST(ProblemString, NamesTheTypeThatIsWrong) {
  expect_refused("f31:sq4,d8", "\"f31\"", "f32, f16, bf16 or f64");
  expect_refused("f32/f16:sq4,d8", "TYPE \"f32/f16\"", "four as q/k/v/o");
  expect_refused(":sq4,d8", "type \"\"", "f32, f16, bf16 or f64");
  expect_refused("f32", "\"f32\" has no SHAPE", "TYPE:SHAPE");
  expect_refused("", "no SHAPE", "TYPE:SHAPE");
}

TEST(ProblemString, NamesTheShapeThatIsWrong) {
  expect_refused("f32:sq4", "lacks d", "at least sq and d");
  expect_refused("f32:d8", "lacks sq", "at least sq and d");
  expect_refused("f32:sq4,d8,x5", "\"x5\" is unknown", "b, hq, hkv, sq, sk, d and dv");
  expect_refused("f32:sq4,,d8", "\"\" is unknown", "b, hq");
  expect_refused("f32:sq4,d0", "\"d0\"", "from 1 to 2147483647");
  expect_refused("f32:sq-4,d8", "\"sq-4\"", "from 0 to 2147483647");
  expect_refused("f32:sq4,d8,hq0", "\"hq0\"", "from 1");
  expect_refused("f32:sq4,d8k", "\"d8k\"", "whole number");
  expect_refused("f32:sq,d8", "\"sq\"", "as in sq8");
  expect_refused("f32:sq4,d99999999999999999999", "\"d99999999999999999999\"", "2147483647");
  expect_refused("f32:sq4,d8,sq5", "\"sq5\" sets sq a second time", "leave one");
}

TEST(ProblemString, NamesTheSemanticsThatAreWrong) {
  const std::string shape = "f32:sq4,d8:";
  expect_refused(shape + "causal=up", "\"causal=up\"", "br (bottom-right), tl (top-left) or an offset");
  expect_refused(shape + "align", "\"align\"", "br, tl or an offset");
  expect_refused(shape + "causal=br,align=tl", "align", "without causal");
  expect_refused(shape + "win=3", "\"win=3\"", "LEFT:RIGHT");
  expect_refused(shape + "win=3:x", "\"win=3:x\"", "-1 for unbounded");
  expect_refused(shape + "win=-1,cap=3", "\"win=-1\"", "LEFT:RIGHT");
  expect_refused(shape + "cap=nan", "\"cap=nan\"", "finite number");
  expect_refused(shape + "scale=inf", "\"scale=inf\"", "finite number");
  expect_refused(shape + "scale=", "\"scale=\"", "finite number");
  expect_refused(shape + "mask=bhkq", "\"mask=bhkq\"", "pattern of bhqk");
  expect_refused(shape + "mask=bhq", "\"mask=bhq\"", "pattern of bhqk");
  expect_refused(shape + "bias=bhqk/i8", "\"i8\"", "f32, f16, bf16 or f64");
  expect_refused(shape + "bias=bhqk/f16/f16", "\"bias=bhqk/f16/f16\"", "pattern of bhqk");
  expect_refused(shape + "alibi=head", "\"alibi=head\"", "batch");
  expect_refused(shape + "sinks=1", "\"sinks=1\"", "no value");
  expect_refused(shape + "lens=some", "\"lens=some\"", "full, random or edges");
  expect_refused(shape + "data=zero", "\"data=zero\"", "normal, peaked, outliers");
  expect_refused(shape + "seed=-1", "\"seed=-1\"", "whole number from 0");
  expect_refused(shape + "casual=br", "\"casual=br\" is unknown", "causal align win");
  expect_refused(shape + "cap=1,cap=2", "\"cap=2\" sets cap a second time", "leave one");
}

TEST(ProblemString, NamesTheLayoutThatIsWrong) {
  const std::string shape = "f32:sq4,d8:";
  expect_refused(shape + "page", "\"page\"", "the keys a page holds, from 1");
  expect_refused(shape + "list0", "\"list0\"", "from 1, as in list16");
  expect_refused(shape + "pointers-2", "\"pointers-2\"", "pointers16");
  expect_refused(shape + "page16,list16", "\"list16\" sets the layout of k and v a second time", "leave one");
  expect_refused(shape + "raggedkv,page16", "\"page16\" sets the layout of k and v a second time", "leave one");
  expect_refused(shape + "bshd,strided", "\"strided\" sets the order of dimensions a second time", "leave one");
  expect_refused(shape + "bhds", "\"bhds\" is unknown", "bhsd bshd strided");
  expect_refused(shape + "causal=br:page16:seed=1", "more than four parts", "TYPE:SHAPE[:SEMANTICS][:LAYOUT]");
}

TEST(ProblemString, SaysOfAnUnknownTypeNumberThatItHasNoName) {
  EXPECT_THROW(print_type(RAPT_BOOL), std::invalid_argument);
  EXPECT_EQ(print_type(parse_type("f64")), "f64");
}

// Pairs that step 3 of the header leaves visible, one by one.
double counted_pairs(const Problem& p) {
  const int64_t offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : p.align == RAPT_ALIGN_TOP_LEFT ? 0 : p.seqlen_kv - p.seqlen_q;
  double pairs = 0;
  for (int64_t i = 0; i < p.seqlen_q; ++i) {
    for (int64_t j = 0; j < p.seqlen_kv; ++j) {
      const bool causal = !p.causal || j <= i + offset, left = p.window_left < 0 || i + offset - p.window_left <= j;
      if (causal && left && (p.window_right < 0 || j <= i + offset + p.window_right)) ++pairs;
    }
  }
  return pairs;
}

TEST(ProblemWork, CountsTwoOperationsPerVisiblePairAndElement) {
  EXPECT_EQ(flops(parse_problem("f32:b2,hq3,sq5,sk7,d8,dv4")), 2.0 * 12 * 6 * 35);
  EXPECT_EQ(flops(parse_problem("f32:sq4,d8:causal=br")), 2.0 * 16 * 10);
  EXPECT_EQ(flops(parse_problem("f32:sq2,sk5,d8:causal=br")), 2.0 * 16 * 9);
  EXPECT_EQ(flops(parse_problem("f32:sq5,sk2,d8:causal=br")), 2.0 * 16 * 3);
  EXPECT_EQ(flops(parse_problem("f32:sq1,sk0,d8")), 0.0);
  EXPECT_EQ(flops(parse_problem("f32:sq4,d8:win=9223372036854775807:9223372036854775807")), 2.0 * 16 * 16);
  EXPECT_EQ(flops(parse_problem("f32:sq5,sk2,d8:win=9223372036854775807:-1")), 2.0 * 16 * 10);
  EXPECT_EQ(flops(parse_problem("f32:sq4,d8:causal=-9223372036854775808")), 0.0);
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Problem p = random_problem(seed);
    const double heads = static_cast<double>(p.batch * p.heads_q), width = static_cast<double>(p.head_dim + p.head_dim_v);
    ASSERT_EQ(flops(p), 2.0 * width * heads * counted_pairs(p)) << print_problem(p);
  }
}

TEST(ProblemWork, CountsEveryByteOnce) {
  EXPECT_EQ(unique_bytes(parse_problem("f32/f16/f64/bf16:b2,hq6,hkv3,sq5,sk7,d8,dv9")),
            4.0 * 2 * 6 * 5 * 8 + 2.0 * 2 * 3 * 7 * 8 + 8.0 * 2 * 3 * 7 * 9 + 2.0 * 2 * 6 * 5 * 9);
}

TEST(Suites, HoldDifferentProblemsThatEveryEngineMayTake) {
  EXPECT_EQ(suite_names(), (std::vector<std::string>{"tiny", "smoke", "full"}));
  EXPECT_GE(suite("smoke").size(), 60U);
  EXPECT_GE(suite("full").size(), 1500U);
  for (const std::string& name : suite_names()) {
    std::set<std::string> seen;
    for (const Problem& p : suite(name)) {
      const std::string text = print_problem(p);
      EXPECT_TRUE(seen.insert(text).second) << name << " has twice " << text;
      EXPECT_EQ(p.heads_q % p.heads_kv, 0) << text;
      EXPECT_EQ(parse_problem(text), p);
    }
  }
  EXPECT_THROW(suite("most"), std::invalid_argument);
}

TEST(Suites, SmokeUsesEveryWordOfTheGrammarThatTheCpuTakes) {
  std::string all;
  for (const Problem& p : suite("smoke")) all += print_problem(p) + "\n";
  for (const char* word : {"f16",         "bf16",          "/",          "hkv",        "dv",           "causal=br",   "causal=tl",
                           "causal=-",    "align",         "win",        "cap",        "scale",        "mask",        "bias",
                           "alibi",       "alibi=batch",   "sinks",      "nolse",      "lse2",         "lens=random", "lens=edges",
                           "data=peaked", "data=outliers", "data=equal", "data=large", "data=uniform", "bshd",        "strided",
                           "ragged",      "raggedq",       "raggedkv",   "page",       "list",         "pointers"}) {
    EXPECT_NE(all.find(word), std::string::npos) << word;
  }
}

TEST(Suites, PresetsAreModelsWithRealHeads) {
  for (const std::string& name : preset_names()) EXPECT_FALSE(preset(name).empty()) << name;
  EXPECT_EQ(preset("llama3.1")[0].heads_kv, 8);
  EXPECT_THROW(preset("llama"), std::invalid_argument);
}

TEST(RandomProblems, AreTheSameOnEveryMachine) {
  uint64_t hash = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    for (const char letter : print_problem(random_problem(seed))) hash = seed_of({hash, static_cast<uint64_t>(letter)});
  }
  EXPECT_EQ(hash, 2560458542155384125U);
}

TEST(RandomProblems, CoverEveryFieldAndStaySmall) {
  std::set<std::string> words;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const Problem p = random_problem(seed);
    const double pairs = static_cast<double>(p.batch * p.heads_q) * static_cast<double>(p.seqlen_q) * static_cast<double>(p.seqlen_kv);
    ASSERT_LE(pairs * static_cast<double>(p.head_dim + p.head_dim_v), 150000) << print_problem(p);
    words.insert({p.lengths, p.distribution, "kv" + std::to_string(p.kv_layout), "order" + std::to_string(static_cast<int>(p.layout))});
    if (p.causal) words.insert("causal");
    if (p.ragged_q) words.insert("raggedq");
    if (!p.mask.empty()) words.insert("mask");
    if (!p.bias.empty()) words.insert("bias");
    if (p.softcap > 0) words.insert("cap");
    if (p.scale) words.insert("scale");
    if (p.alibi_per_batch) words.insert("alibi");
    if (p.sinks) words.insert("sinks");
    if (!p.lse) words.insert("nolse");
    if (p.lse_base2) words.insert("lse2");
    if (p.window_left >= 0) words.insert("left");
    if (p.window_right >= 0) words.insert("right");
    words.insert("align" + std::to_string(p.align));
  }
  EXPECT_EQ(words.size(), 3U + 6U + 5U + 3U + 12U + 3U);
}

}  // namespace
}  // namespace rapt::workbench
