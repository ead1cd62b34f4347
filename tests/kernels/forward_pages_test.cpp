// Keys on pages, emulated: the bits of keys that follow one another, wherever pages lie; and what is not mapped is as if masked.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using namespace workbench;
using conformance::same_bits;

class Pages : public testing::TestWithParam<Heads> {
 protected:
  Case fresh(const std::string& shape, const std::string& semantics, const std::string& layout) const {
    return make_case(parse_problem(fmt::format("{}:{},{}:{}:{}", types(GetParam())[0], shape, GetParam().text(), semantics, layout)));
  }
  static Outcome run_clean(const Case& data, int multiprocessors = 1) {
    Outcome outcome = run({80, 0, multiprocessors}, data);
    EXPECT_TRUE(outcome.ok()) << data.name << ": " << outcome.message;
    return outcome;
  }
  // 150 keys of which [from, to) are masked.
  Outcome masked(int from, int to) const {
    Case data = fresh(kShape, "mask=111k,sinks", "");
    for (int key = 0; key < 150; ++key) data.mask.as<unsigned char>()[key] = key < from || key >= to ? 1 : 0;
    return run_clean(data);
  }
  static constexpr const char* kShape = "b1,hq2,hkv1,sq9,sk150";
};

TEST_P(Pages, GiveTheBitsOfKeysThatFollowOneAnother) {
  for (const char* semantics : {"sinks", "causal=br,win=90:-1", "lens=random,cap=3"}) {
    const Outcome dense = run_clean(fresh("b2,hq2,hkv1,sq20,sk150", semantics, ""));
    for (const char* layout : {"page1", "page16", "page100", "page256", "list7", "list64", "pointers5", "pointers32"})
      EXPECT_TRUE(same_bits(run_clean(fresh("b2,hq2,hkv1,sq20,sk150", semantics, layout)), dense)) << layout << ", " << semantics;
  }
  const Outcome dense = run_clean(fresh("b2,hq4,hkv1,sq1,sk700", "lens=random", ""), 16);
  for (const char* layout : {"page16", "list48", "pointers5"})
    EXPECT_TRUE(same_bits(run_clean(fresh("b2,hq4,hkv1,sq1,sk700", "lens=random", layout), 16), dense)) << layout;
}

// Every page a place further in the pool, the last one first.
TEST_P(Pages, GiveTheSameBitsWhereverTheyLie) {
  Case data = fresh("b2,hq4,hkv2,sq9,sk150", "lens=random", "page16");
  const Outcome before = run_clean(data);
  const auto pages = static_cast<int32_t>(data.problem.k.shape[0]);
  for (Buffer Case::*pool : {&Case::k, &Case::v}) {
    const Buffer old = data.*pool;
    data.*pool = Buffer(old.size());
    const size_t page = old.size() / static_cast<size_t>(pages);
    std::memcpy((data.*pool).as<char>() + page, old.as<char>(), old.size() - page);
    std::memcpy((data.*pool).as<char>(), old.as<char>() + old.size() - page, page);
  }
  data.args.k = data.k.data();
  data.args.v = data.v.data();
  for (size_t i = 0; i < data.block_table.size() / sizeof(int32_t); ++i) {
    int32_t& number = data.block_table.as<int32_t>()[i];
    if (number >= 0 && number < pages) number = (number + 1) % pages;
  }
  EXPECT_TRUE(same_bits(run_clean(data), before));
}

TEST_P(Pages, ThatAreNotMappedHideTheirKeys) {
  const Outcome expected = masked(32, 64);
  for (const int32_t number : {-1, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), 1000}) {
    Case table = fresh(kShape, "sinks", "page16");
    table.block_table.as<int32_t>()[2] = table.block_table.as<int32_t>()[3] = number;
    EXPECT_TRUE(same_bits(run_clean(table), expected)) << number;
    Case list = fresh(kShape, "sinks", "list32");
    list.kv_indices.as<int32_t>()[1] = number == 1000 ? static_cast<int32_t>(list.problem.k.shape[0]) : number;
    EXPECT_TRUE(same_bits(run_clean(list), expected)) << number;
  }
  for (Buffer Case::*side : {&Case::k_pages, &Case::v_pages}) {
    Case pointers = fresh(kShape, "sinks", "pointers8");
    for (int page = 4; page < 8; ++page) (pointers.*side).as<const void*>()[page] = nullptr;
    EXPECT_TRUE(same_bits(run_clean(pointers), expected));
  }
}

TEST_P(Pages, PastTheEndOfAListHideTheirKeys) {
  Case list = fresh(kShape, "sinks", "list32");
  list.kv_indptr.as<int32_t>()[1] = 3;
  EXPECT_TRUE(same_bits(run_clean(list), masked(96, 150)));
  list.kv_indptr.as<int32_t>()[0] = -7;  // as if 0
  EXPECT_TRUE(same_bits(run_clean(list), masked(96, 150)));
  list.kv_indptr.as<int32_t>()[0] = 9;  // past its end
  EXPECT_TRUE(same_bits(run_clean(list), masked(0, 150)));
}

TEST_P(Pages, BringBadLengthsWithinBounds) {
  Case data = fresh(kShape, "sinks", "page16");
  const Outcome whole = run_clean(data);
  data.seqlens_kv.as<int32_t>()[0] = std::numeric_limits<int32_t>::max();
  EXPECT_TRUE(same_bits(run_clean(data), whole));
  data.seqlens_kv.as<int32_t>()[0] = -3;
  EXPECT_TRUE(same_bits(run_clean(data), masked(0, 150)));
  Case list = fresh(kShape, "sinks,seed=2", "list32");  // lengths by the last page
  ASSERT_EQ(list.args.seqlens_kv, nullptr);
  const Outcome listed = run_clean(list);
  list.kv_last_page_len.as<int32_t>()[0] = 1 << 30;
  EXPECT_TRUE(same_bits(run_clean(list), listed));
}

INSTANTIATE_TEST_SUITE_P(Emulated, Pages, testing::ValuesIn(first_and_last(whole_heads())), heads_name);

}  // namespace
}  // namespace rapt::emulated
