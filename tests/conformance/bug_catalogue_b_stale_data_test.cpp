// Catalogue section B: stale and uninitialised data. What a row may not see is poison, and the answer has the bits of a clean run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "workbench/scalar.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueB : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueB, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

// Zeros in k or v past every sequence's length.
void clean_past(const Case& data, const rapt_tensor& tensor, Buffer& buffer) {
  fill(tensor, buffer, [&](int64_t b, int64_t h, int64_t j, int64_t d) {
    return j < data.lens_kv[static_cast<size_t>(b)] ? at(tensor, buffer, b, h, j, d) : 0.0;
  });
}

TEST_P(BugCatalogueB, B01PoisonPastALengthChangesNoBit) {
  for (const char* type : kTypes) {
    for (const int rows : {1, 7, 40}) {
      Case data = case_of(fmt::format("{}:b4,hq2,hkv2,sq{},sk128,d64", type, rows));
      shorten_kv(data, {32, 64, 96, 48});
      expect_judged(data);
      const Outcome poisoned = run(data);
      clean_past(data, data.problem.k, data.k);
      clean_past(data, data.problem.v, data.v);
      EXPECT_TRUE(same_bits(poisoned, run(data))) << data.name;
    }
  }
}

TEST_P(BugCatalogueB, B02PoisonInTheTailOfKAloneChangesNoBit) {
  for (const int32_t length : {1, 7, 9, 15, 17, 31, 33, 63, 65, 95, 97, 127, 129}) {
    Case data = case_of(fmt::format("f32:b1,hq2,hkv1,sq33,sk160,d64:seed={}", length));
    shorten_kv(data, {length});
    clean_past(data, data.problem.v, data.v);
    const Outcome poisoned = run(data);
    clean_past(data, data.problem.k, data.k);
    EXPECT_TRUE(same_bits(poisoned, run(data))) << length;
    expect_judged(data);
  }
}

TEST_P(BugCatalogueB, B07MaskedNanIsNotThere) {
  for (const char* hidden_by : {"mask=111k", "bias=111k"}) {
    for (const char* type : kTypes) {
      Case data = case_of(fmt::format("{}:b1,hq1,sq2,sk2,d8:{}", type, hidden_by));
      if (data.problem.mask.type != RAPT_NONE) {
        fill(data.problem.mask, data.mask, [](auto, auto, auto, int64_t j) { return j == 0; });
      } else {
        fill(data.problem.bias, data.bias, [](auto, auto, auto, int64_t j) { return j == 0 ? 0.0 : -kInfinity; });
      }
      fill_k(data, [](auto, auto, int64_t j, auto) { return j == 0 ? 0.5 : kNan; });
      fill_v(data, [](auto, auto, int64_t j, int64_t d) { return j == 0 ? static_cast<double>(d) : kNan; });
      EXPECT_EQ(o_of(data, run(data)), (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7})) << data.name;
    }
  }
}

TEST_P(BugCatalogueB, B07NanAndInfinityInHiddenKeysOfWholeTilesAreNotThere) {
  for (const double poison : {kNan, kInfinity, -kInfinity}) {
    Case data = case_of("f32:b1,hq2,sq70,sk200,d32:mask=11qk");
    fill(data.problem.mask, data.mask, [](auto, auto, int64_t i, int64_t j) { return j % 3 != 1 && j < 150 && i != 5; });
    const Outcome clean = run(data);
    const auto hide = [&](const rapt_tensor& tensor, Buffer& buffer) {
      fill(tensor, buffer,
           [&](int64_t b, int64_t h, int64_t j, int64_t d) { return j % 3 != 1 && j < 150 ? at(tensor, buffer, b, h, j, d) : poison; });
    };
    hide(data.problem.k, data.k);
    hide(data.problem.v, data.v);
    EXPECT_TRUE(same_bits(clean, run(data))) << poison;
  }
}

TEST_P(BugCatalogueB, B07NanInWhatARowMaySeeDoesReachIt) {
  Case data = case_of("f32:b1,hq1,sq4,sk4,d16:causal=br");
  fill(data.problem.v, data.v,
       [&](int64_t b, int64_t h, int64_t j, int64_t d) { return j == 2 && d == 3 ? kNan : at(data.problem.v, data.v, b, h, j, d); });
  const Outcome outcome = run(data);
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t d = 0; d < 16; ++d) EXPECT_EQ(std::isnan(at(data.problem.o, outcome.o, 0, 0, i, d)), i >= 2 && d == 3) << i << " " << d;
  }
  expect_judged(data);
}

TEST_P(BugCatalogueB, B07WhatIsNotFiniteAndVisibleIsNotFiniteWhereTheJudgeSaysSo) {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    for (const char* shape : {"b1,hq2,hkv1,sq40,sk70,d24:causal=br", "b1,hq4,hkv1,sq1,sk70,d24", "b1,hq4,hkv1,sq3,sk1200,d40:causal=br"}) {
      for (rapt_tensor rapt_problem::*which : {&rapt_problem::q, &rapt_problem::k, &rapt_problem::v}) {
        Case data = case_of(fmt::format("f32:{}", shape));
        const rapt_tensor& tensor = data.problem.*which;
        Buffer& buffer = which == &rapt_problem::q ? data.q : which == &rapt_problem::k ? data.k : data.v;
        store(buffer.data(), tensor.type, offset_of(tensor, 0, 0, tensor.shape[2] / 2, 5), bad);
        data.name += fmt::format(" with one {} in {}", bad, which == &rapt_problem::q ? "q" : which == &rapt_problem::k ? "k" : "v");
        expect_judged(data);
      }
    }
  }
}

TEST_P(BugCatalogueB, B09OtherSequencesLastPagesDoNotLeak) {
  for (int batch = 1; batch <= 7; ++batch) {
    for (const int keys : {17, 33, 75, 197}) {
      const int rows = batch % 3 == 0 ? 3 : batch % 3 == 1 ? 7 : 17, page = keys % 2 == 0 ? 16 : 32;
      if (batch * keys * rows > 6000) continue;  // the judge takes its time
      expect_judged(fmt::format("bf16:b{},hq2,hkv1,sq{},sk{},d576,dv512:causal=br,lens=random:page{}", batch, rows, keys, page));
      expect_judged(fmt::format("f32:b{},hq1,hkv1,sq3,sk{},d576,dv512:lens=random,seed=2:page16", batch, keys));
    }
  }
}

TEST_P(BugCatalogueB, B09OneHundredAndFiftySevenSequencesKeepApart) {
  expect_judged("bf16:b157,hq1,hkv1,sq3,sk17,d576,dv512:lens=random:page16");
}

TEST(BugCatalogueBMap, B11TheMapWritesTheCellsItOwnsAndZerosPastALength) {
  Case data = case_of("f32:b3,hq2,hkv1,sq7,sk33,d8:causal=br,mask=1hqk");
  shorten_kv(data, {33, 5, 0});
  shorten_q(data, {7, 3, 2});
  for (const int32_t stage : {RAPT_STAGE_SCALED, RAPT_STAGE_SOFTCAPPED, RAPT_STAGE_MASKED, RAPT_STAGE_WEIGHTS}) {
    Buffer map(3 * 2 * 7 * 33 * sizeof(double));
    ASSERT_EQ(rapt_map(judging_context(), &data.problem, &data.args, stage, map.as<double>()), RAPT_OK) << rapt_last_error();
    EXPECT_TRUE(map.guards_intact());
    for (int64_t cell = 0; cell < 3 * 2 * 7 * 33; ++cell) {
      const int64_t j = cell % 33, i = cell / 33 % 7, b = cell / (33 * 7 * 2);
      const bool owned = i < data.lens_q[static_cast<size_t>(b)] && j < data.lens_kv[static_cast<size_t>(b)];
      const double value = map.as<double>()[cell];
      EXPECT_FALSE(std::isnan(value)) << cell;
      EXPECT_TRUE(owned || value == 0) << "stage " << stage << " b " << b << " i " << i << " j " << j;
    }
  }
}

TEST_P(BugCatalogueB, B12RowsPastTheLastSequenceAreNotWritten) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b2,hq3,sq9,sk12,d24::ragged", type));
    const int64_t used = data.args.cu_seqlens_q[2];
    rapt_problem& p = data.problem;
    // Five more tokens behind the last sequence, in every tensor that holds query tokens.
    const int64_t total = used + 5;
    const auto grow = [&](rapt_tensor& t) { t = rapt_dense(t.type, 1, t.shape[1], total, t.shape[3]); };
    grow(p.q), grow(p.o), grow(p.lse);
    data.q = Buffer(static_cast<size_t>(p.q.shape[1] * total * p.q.shape[3]) * rapt_type_size(p.q.type));
    data.args.q = data.q.data();
    fill(p.q, data.q, [&](auto, int64_t h, int64_t i, int64_t d) { return i < used ? static_cast<double>((h + i + d) % 5 - 2) : kNan; });
    const Outcome outcome = run(data);
    for (int64_t h = 0; h < 3; ++h) {
      for (int64_t i = used; i < total; ++i) {
        EXPECT_TRUE(std::isnan(at(p.lse, outcome.lse, 0, h, i, 0)));
        for (int64_t d = 0; d < 24; ++d) EXPECT_TRUE(std::isnan(at(p.o, outcome.o, 0, h, i, d)));
      }
    }
    expect_judged(data);
  }
}

TEST_P(BugCatalogueB, B14ALengthAboveTheDeclaredMaximumIsRefusedAndNothingWritten) {
  const auto refuse = [&](Case data, const char* what) {
    const Outcome outcome = run_engine(context(), data, GetParam().engine, false);
    EXPECT_EQ(outcome.status, RAPT_BAD_INDEX) << what;
    EXPECT_FALSE(outcome.message.empty()) << what;
    EXPECT_TRUE(same_bits(o_of(data, outcome), std::vector<double>(o_of(data, outcome).size(), kNan))) << what << " and o was written";
    EXPECT_TRUE(same_bits(lse_of(data, outcome), std::vector<double>(lse_of(data, outcome).size(), kNan)))
        << what << " and lse was written";
  };
  Case keys = case_of("f32:b2,hq2,sq2,sk16,d8");
  shorten_kv(keys, {16, 3});
  keys.seqlens_kv.as<int32_t>()[1] = 17;
  refuse(keys, "a length of 17 of 16 keys");
  keys.seqlens_kv.as<int32_t>()[1] = -1;
  refuse(keys, "a negative length");
  Case bounded = case_of("f32:b2,hq2,sq2,sk16,d8");
  shorten_kv(bounded, {11, 3});
  bounded.problem.max_seqlen_kv = 10;
  refuse(bounded, "a length above max_seqlen_kv");
  Case queries = case_of("f32:b2,hq2,sq2,sk16,d8");
  shorten_q(queries, {1, 2});
  queries.seqlens_q.as<int32_t>()[0] = 3;
  refuse(queries, "a length of 3 of 2 queries");
  Case paged = case_of("f32:b2,hq2,sq1,sk40,d8:lens=random:page16");
  const_cast<int32_t*>(paged.args.seqlens_kv)[0] = 41;
  refuse(paged, "a paged length of 41 of 40 keys");
}

}  // namespace
}  // namespace rapt::conformance
