// Lengths, head dimensions and grouped heads on both sides of every edge that a tile or a vector may have, against the judge.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <tuple>
#include <vector>

#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

const std::vector<int> kLengths = {0,  1,  2,  3,  7,  8,   9,   15,  16,  17,  31,  32,  33,  63,
                                   64, 65, 95, 96, 97, 127, 128, 129, 255, 256, 257, 511, 512, 513};
const std::vector<int> kHeadDims = {1,  2,   8,   15,  16,  17,  31,  32,  33,  40,  59,  64,  72, 80,
                                    96, 111, 112, 127, 128, 129, 160, 192, 224, 256, 257, 320, 512};
const std::vector<std::string> kTypes = {"f32", "f16", "bf16"};
const std::vector<std::string> kOrders = {"", "causal=br,", "causal=tl,"};

constexpr size_t kStep = test::kSanitized ? 5 : 1;  // through the second of two numbers

// One number of each table and a machine; the last varies fastest, so that a problem is judged once.
class Sizes : public testing::TestWithParam<std::tuple<int, Machine>> {
 protected:
  int size() const { return std::get<0>(GetParam()); }
  void expect_judged(const std::string& problem, int threads = 2) const {
    expect_judged_on(std::get<1>(GetParam()), *judged(problem), threads);
  }
};

std::string name(const testing::TestParamInfo<std::tuple<int, Machine>>& info) {
  return fmt::format("{}{}", std::get<1>(info.param).name, std::get<0>(info.param));
}

class SizesQueries : public Sizes {};
// Causal and not, so sq < sk and sq > sk meet both alignments.
TEST_P(SizesQueries, AgreeWithTheJudgeForEveryNumberOfKeys) {
  for (size_t turn = 0; turn < kLengths.size(); turn += kStep) {
    const int keys = kLengths[turn], order = (size() + static_cast<int>(turn)) % 3;
    const std::string& causal = kOrders[static_cast<size_t>(order)];
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq{},sk{},d8:{}seed={}", kTypes[turn % 3], size(), keys, causal, turn + 1));
    if (size() <= 65 || keys <= 65)
      expect_judged(fmt::format("f32:b1,hq2,hkv1,sq{},sk{},d24:causal=br,seed={}", size(), keys, turn + 1), 3);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesQueries, testing::Combine(testing::ValuesIn(kLengths), testing::ValuesIn(engine_machines())), name);

class SizesKeys : public Sizes {};
TEST_P(SizesKeys, AgreeWithTheJudgeWhenDecoding) {
  for (int rows = 1; rows <= 3; ++rows) {
    for (const std::string& type : kTypes) {
      expect_judged(fmt::format("{}:b2,hq4,hkv1,sq{},sk{},d64:causal=br", type, rows, size()));
      expect_judged(fmt::format("{}:b2,hq2,hkv2,sq{},sk{},d40:lens=random:page16", type, rows, size()), 3);
      expect_judged(fmt::format("{}:b1,hq2,hkv1,sq{},sk{},d128:win=100:0", type, rows, size()), 1);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesKeys, testing::Combine(testing::ValuesIn(kLengths), testing::ValuesIn(engine_machines())), name);

class SizesLoneRow : public Sizes {};
// Keys of the next run are scored beside the values of this one, as far as both runs go.
TEST_P(SizesLoneRow, AgreesWithTheJudgeAroundItsRunsOfKeys) {
  for (const std::string& type : kTypes) {
    for (const int head_dim : {40, 59, 64, 128}) expect_judged(fmt::format("{}:b1,hq1,hkv1,sq1,sk{},d{}", type, size(), head_dim), 1);
    expect_judged(fmt::format("{}:b2,hq2,hkv2,sq1,sk{},d128:lens=random:page16", type, size()), 3);
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq1,sk{},d64::page16", type, size()), 2);
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq1,sk{},d64,dv128:win=600:0:strided", type, size()), 1);
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq1,sk{},d33,dv24::strided", type, size()), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesLoneRow,
                         testing::Combine(testing::Values(513, 527, 528, 529, 767, 768, 769, 1023, 1024, 1025, 1040, 1551, 2049, 20501),
                                          testing::ValuesIn(engine_machines())),
                         name);

class SizesRowsOfManyKeys : public Sizes {};
// Where rows are read in place or packed, and their keys split.
TEST_P(SizesRowsOfManyKeys, AgreeWithTheJudge) {
  for (const int keys : {511, 512, 1025, 2047, 2048, 2049}) {
    const std::string& type = kTypes[static_cast<size_t>(keys) % 3];
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq{},sk{},d40:causal=br", type, size(), keys));
    expect_judged(fmt::format("f16:b2,hq1,hkv1,sq{},sk{},d16:lens=random:page16", size(), keys), 3);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesRowsOfManyKeys,
                         testing::Combine(testing::Values(10, 11, 16, 17, 20, 21, 28, 29, 33, 63, 64, 65),
                                          testing::ValuesIn(engine_machines())),
                         name);

class SizesLastRows : public Sizes {};
// Every number of rows that a tile may have left for its last micro-tiles, each height of these, against keys that all or some of them see
// from the beginning, the middle and the end of a panel on.
TEST_P(SizesLastRows, AgreeWithTheJudge) {
  int keys = size() + 7;
  for (const std::string& type : kTypes) {
    for (const char* seen : {"", "causal=br", "causal=tl", "causal=br,win=5:0", "win=40:9", "causal=br,alibi"}) {
      expect_judged(fmt::format("{}:b1,hq2,sq{},sk{},d40:{}", type, size(), keys, seen));
      keys += 17;
    }
    expect_judged(fmt::format("{}:b2,hq2,sq{},sk90,d144,dv56:causal=br,lens=edges:page16", type, size()), 3);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesLastRows, testing::Combine(testing::Range(37, 49), testing::ValuesIn(engine_machines())), name);

class SizesHeadDim : public Sizes {};
TEST_P(SizesHeadDim, AgreesWithTheJudgeInEveryType) {
  for (const std::string& type : kTypes) {
    expect_judged(fmt::format("{}:b1,hq2,hkv1,sq35,sk67,d{}:causal=br", type, size()));
    expect_judged(fmt::format("{}:b1,hq4,hkv1,sq1,sk67,d{}", type, size()), 3);
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq9,sk21,d{}::strided", type, size()), 1);
  }
}
TEST_P(SizesHeadDim, AgreesWithTheJudgeBesideEveryOtherOfTheValues) {
  for (size_t turn = 0; turn < kHeadDims.size(); turn += kStep) {
    const std::string& type = kTypes[(turn + static_cast<size_t>(size())) % 3];
    expect_judged(fmt::format("{}:b1,hq1,hkv1,sq5,sk19,d{},dv{}", type, size(), kHeadDims[turn]), 1);
    expect_judged(fmt::format("{}:b1,hq2,hkv1,sq1,sk19,d{},dv{}", type, size(), kHeadDims[turn]), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesHeadDim, testing::Combine(testing::ValuesIn(kHeadDims), testing::ValuesIn(engine_machines())),
                         name);

class SizesGroup : public Sizes {};
TEST_P(SizesGroup, AgreesWithTheJudgeForOneTwoAndThreeKvHeads) {
  for (int heads_kv = 1; heads_kv <= 3; ++heads_kv) {
    const int heads_q = heads_kv * size();
    for (int rows = 1; rows <= 3; ++rows) {
      const std::string& type = kTypes[static_cast<size_t>(rows - 1)];
      expect_judged(fmt::format("{}:b2,hq{},hkv{},sq{},sk41,d32:causal=br", type, heads_q, heads_kv, rows));
      expect_judged(fmt::format("{}:b1,hq{},hkv{},sq{},sk150,d16:alibi,sinks:page8", type, heads_q, heads_kv, rows), 3);
    }
    expect_judged(fmt::format("f32:b1,hq{},hkv{},sq37,sk37,d16:causal=br", heads_q, heads_kv));
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesGroup, testing::Combine(testing::Range(1, 17), testing::ValuesIn(engine_machines())), name);

// Rows around the largest tile of the cpu engine, keys around what one of its threads packs for itself, and sequences so unlike that some
// are done whole by one thread and others by all.
class SizesUnits : public testing::TestWithParam<Machine> {};
TEST_P(SizesUnits, AgreeWithTheJudgeAroundTheLargestTile) {
  for (const int rows : {191, 192, 193, 385}) {
    for (const int threads : {1, 2}) {
      expect_judged_on(GetParam(), *judged(fmt::format("f32:b1,hq2,sq{},sk70,d16:causal=br", rows)), threads);
      expect_judged_on(GetParam(), *judged(fmt::format("bf16:b17,hq2,sq{},sk40,d8", rows)), threads);
    }
  }
}
TEST_P(SizesUnits, AgreeWithTheJudgeAroundWhatAThreadPacksForItself) {
  for (const int keys : {1023, 1024, 1025, 1281}) {
    for (const int threads : {1, 2})
      expect_judged_on(GetParam(), *judged(fmt::format("f32:b1,hq3,sq70,sk{},d128:causal=br", keys)), threads);
  }
}
// Blocks of 256 keys that take each other's place, for tiles of up to 192 rows, or 384 if there is but one, which threads may share in
// halves.
TEST_P(SizesUnits, AgreeWithTheJudgeWhenATilePacksBlockByBlock) {
  size_t turn = 0;
  for (const int rows : {65, 127, 128, 191, 192, 193, 383, 384, 385}) {
    for (const int keys : {255, 257, 511, 512, 513, 770}) {
      const std::string& type = kTypes[turn++ % 3];
      const std::string causal = keys % 2 == 0 ? "" : "causal=br,";
      for (const int threads : {1, 2}) {
        expect_judged_on(GetParam(), *judged(fmt::format("{}:b1,hq2,sq{},sk{},d24:{}", type, rows, keys, causal)), threads);
        expect_judged_on(GetParam(), *judged(fmt::format("{}:b2,hq1,sq{},sk{},d16:lens=random,win=300:0:page16", type, rows, keys)),
                         threads);
      }
    }
  }
}
TEST_P(SizesUnits, AgreeWithTheJudgeWhenATileHasMoreKeysThanAThreadKeeps) {
  for (const int threads : {1, 2, 3}) expect_judged_on(GetParam(), *judged("f32:b1,hq8,sq70,sk2049,d512:causal=br"), threads);
}
TEST_P(SizesUnits, AgreeWithTheJudgeWhenSomeAreSmallAndSomeLarge) {
  for (const uint64_t seed : {1, 2, 3}) {
    const auto answer = judged(fmt::format("f32:b40,hq2,hkv1,sq90,sk300,d24:causal=br,lens=random,seed={}:ragged", seed));
    for (const int threads : {1, 2, 5}) expect_judged_on(GetParam(), *answer, threads);
  }
}
INSTANTIATE_TEST_SUITE_P(Machines, SizesUnits, testing::ValuesIn(engine_machines()),
                         [](const testing::TestParamInfo<Machine>& machine) { return machine.param.name; });

}  // namespace
}  // namespace rapt::conformance
