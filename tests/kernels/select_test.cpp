// Which row takes which problem, and what is said about those that none takes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/conformance/edit.h"
#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using conformance::dense_problem;

std::string row(int architecture, const rapt_problem& problem) {
  const Chosen chosen = choose({architecture}, problem);
  EXPECT_EQ(chosen.why_not, "");
  return chosen.row;
}
std::string why_not(const rapt_problem& problem) { return choose({90}, problem).why_not; }

TEST(Select, TakesTheSmallestHeadThatFitsOnTheNewestMachineThereIs) {
  EXPECT_EQ(row(90, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 64, 64)), "forward_sm90_bf16_d64");
  EXPECT_EQ(row(90, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 64, 128)), "forward_sm90_f16_d128");
  EXPECT_EQ(row(90, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 40, 16)), "forward_sm90_f16_d64");
  EXPECT_EQ(row(90, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 192, 128)), "forward_sm90_bf16_d192_dv128");
  EXPECT_EQ(row(90, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 129, 128)), "forward_sm80_f16_d192_dv128");  // rows of 258 bytes
  EXPECT_EQ(row(90, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 192, 136)), "forward_sm90_f16_d256");
  EXPECT_EQ(row(90, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 256, 256)), "forward_sm90_bf16_d256");
  EXPECT_EQ(row(80, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 128, 128)), "forward_sm80_bf16_d128");
  EXPECT_EQ(row(89, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 64, 64)), "forward_sm80_f16_d64");
}

TEST(Select, HasARowForEveryHeadUpTo256) {
  EXPECT_EQ(row(80, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 65, 80)), "forward_sm80_bf16_d80");
  EXPECT_EQ(row(86, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 96, 81)), "forward_sm80_f16_d96");
  EXPECT_EQ(row(89, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 192, 128)), "forward_sm80_bf16_d192_dv128");
  EXPECT_EQ(row(89, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 129, 129)), "forward_sm80_bf16_d192");
  EXPECT_EQ(row(120, dense_problem(RAPT_F16, 1, 2, 1, 9, 9, 1, 193)), "forward_sm80_f16_d256");
  EXPECT_EQ(row(80, dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 256, 256)), "forward_sm80_bf16_d256");
  EXPECT_EQ(row(90, dense_problem(RAPT_F32, 1, 2, 1, 9, 9, 64, 1)), "forward_sm80_f32_d64");
  EXPECT_EQ(row(86, dense_problem(RAPT_F32, 1, 2, 1, 9, 9, 65, 64)), "forward_sm80_f32_d128");
  EXPECT_EQ(row(80, dense_problem(RAPT_F32, 1, 2, 1, 9, 9, 192, 128)), "forward_sm80_f32_d256");
}

// What a block may have on sm_86, 89 and 120; other machines have more.
TEST(Select, RowsForEveryMachineStayWithin99KiB) {
  for (const kernels::Variant& row : kernels::emulated_forward()) {
    if (row.architecture == 80) {
      EXPECT_LE(row.shared_bytes, 99 << 10) << row.name;
    }
  }
}

TEST(Select, LeavesWhatTmaCannotAddressToTheOlderRows) {
  rapt_problem problem = dense_problem(RAPT_BF16, 2, 2, 1, 9, 9, 64, 64);
  problem.v.strides[2] = 65;
  problem.v.strides[0] = problem.v.strides[1] = 9 * 65;
  EXPECT_EQ(row(90, problem), "forward_sm80_bf16_d64");
  problem = dense_problem(RAPT_BF16, 2, 2, 1, 9, 9, 64, 64);
  problem.k.strides[0] = 0;  // one K for the whole batch
  EXPECT_EQ(row(90, problem), "forward_sm80_bf16_d64");
  problem = dense_problem(RAPT_BF16, 2, 2, 1, 9, 0, 64, 64);
  EXPECT_EQ(row(90, problem), "forward_sm80_bf16_d64");
  problem = dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 60, 64);  // rows of 120 bytes
  EXPECT_EQ(row(90, problem), "forward_sm80_bf16_d64");
}

TEST(Select, GivesWhatPlainRowsDoNotTakeToWholeOnes) {
  const auto expect_whole = [](const char* text) {
    const workbench::Case data = workbench::make_case(workbench::parse_problem(text));
    EXPECT_EQ(row(90, data.problem), "forward_sm80_bf16_d64_whole") << text;
  };
  for (const char* feature : {"cap=2,sinks", "mask=bhqk", "bias=111k", "alibi", "sinks", ":page4", ":list4", ":pointers4"})
    expect_whole(("bf16:b1,hq2,hkv1,sq9,sk9,d64:" + std::string(feature)).c_str());
  for (const char* feature : {"win=3:-1", "win=3:0"}) {
    const workbench::Case data = workbench::make_case(workbench::parse_problem("bf16:b1,hq2,hkv1,sq9,sk9,d64:" + std::string(feature)));
    EXPECT_EQ(row(90, data.problem), "forward_sm90_bf16_d64") << feature;
    EXPECT_EQ(row(80, data.problem), "forward_sm80_bf16_d64_whole") << feature;
  }
  for (const auto& [problem, name] : {std::pair("bf16:b1,hq2,hkv1,sq9,sk9,d64:cap=2", "forward_sm90_bf16_d64_softcap"),
                                      {"f16:b1,hq2,hkv1,sq9,sk9,d192,dv128:cap=2,win=3:0", "forward_sm90_f16_d192_dv128_softcap"},
                                      {"bf16:b1,hq2,hkv1,sq9,sk9,d200:cap=2", "forward_sm90_bf16_d256_softcap"},
                                      {"bf16:b1,hq2,hkv1,sq9,sk600,d128:cap=2", "forward_sm80_bf16_d128_whole"},  // few rows, many keys
                                      {"f32:b1,hq2,hkv1,sq9,sk9,d64:cap=2", "forward_sm80_f32_d64_whole"}}) {
    const workbench::Case capped = workbench::make_case(workbench::parse_problem(problem));
    EXPECT_EQ(row(90, capped.problem), name) << problem;
    EXPECT_NE(row(80, capped.problem).find("_whole"), std::string::npos) << problem;
  }
  // A window that ends and does not begin is like causal.
  const workbench::Case data = workbench::make_case(workbench::parse_problem("bf16:b1,hq2,hkv1,sq9,sk9,d64:win=-1:3"));
  EXPECT_EQ(row(90, data.problem), "forward_sm90_bf16_d64");
}

TEST(Select, PacksHeadsAndSplitsKeysWhereRowsAreFew) {
  const auto chosen = [](int multiprocessors, const char* text) {
    return choose({80, 0, multiprocessors}, workbench::make_case(workbench::parse_problem(text)).problem);
  };
  Chosen decode = chosen(108, "bf16:b1,hq8,hkv2,sq1,sk4096,d128");
  EXPECT_EQ(decode.row, "forward_sm80_bf16_d128_whole");
  EXPECT_EQ(decode.division.pack, 4);
  EXPECT_EQ(decode.division.splits, 16);
  EXPECT_EQ(decode.division.split_keys, 256);
  EXPECT_EQ(decode.workspace, 16u * 8 * (128 + 1) * 4);
  decode = chosen(4, "bf16:b1,hq8,hkv2,sq1,sk4096,d128");  // two blocks for each
  EXPECT_EQ(decode.division.splits, 4);
  EXPECT_EQ(decode.division.split_keys, 1024);
  decode = chosen(108, "bf16:b1,hq8,hkv2,sq1,sk4096,d128:invariant");
  EXPECT_EQ(decode.division.pack, 4);
  EXPECT_EQ(decode.division.splits, 1);
  EXPECT_EQ(decode.workspace, 0u);
  decode = chosen(108, "bf16:b1,hq8,hkv2,sq1,sk4096,d128:win=999:0");  // 1000 keys and a tile, which may touch a split more
  EXPECT_EQ(decode.division.splits, 5);
  EXPECT_EQ(decode.division.split_keys, 320);
  EXPECT_EQ(chosen(108, "bf16:b1,hq8,hkv2,sq1,sk400,d128").row, "forward_sm80_bf16_d128");
  EXPECT_EQ(chosen(108, "bf16:b1,hq8,hkv2,sq300,sk4096,d128").row, "forward_sm80_bf16_d128");
  EXPECT_EQ(chosen(108, "bf16:b1,hq8,hkv2,sq320,sk4096,d128:sinks").division.pack, 1);
}

TEST(Select, PacksHeadsOnHopperWhereThatMakesFewerTiles) {
  const auto chosen = [](const char* text) { return choose({90}, workbench::make_case(workbench::parse_problem(text)).problem); };
  Chosen few = chosen("bf16:b1,hq8,hkv2,sq32,sk400,d128");
  EXPECT_EQ(few.row, "forward_sm90_bf16_d128");
  EXPECT_EQ(few.division.pack, 4);
  EXPECT_EQ(few.division.tile_rows, 128);
  few = chosen("f16:b1,hq6,hkv2,sq22,sk400,d64:cap=2");
  EXPECT_EQ(few.row, "forward_sm90_f16_d64_softcap");
  EXPECT_EQ(few.division.pack, 3);
  EXPECT_EQ(few.division.tile_rows, 126);
  EXPECT_EQ(chosen("bf16:b1,hq8,hkv2,sq128,sk400,d128").division.pack, 1);
  EXPECT_EQ(chosen("bf16:b1,hq3,hkv1,sq127,sk400,d128").division.pack, 1);  // 381 rows, three tiles of 128, or four of 126
  EXPECT_EQ(chosen("bf16:b1,hq129,hkv1,sq1,sk400,d128").division.pack, 1);
  EXPECT_EQ(chosen("bf16:b1,hq8,hkv2,sq16,sk4096,d128").row, "forward_sm80_bf16_d128_whole");  // few rows, many keys
  rapt_problem far = dense_problem(RAPT_BF16, 1, 8, 2, 9, 9, 64, 64);
  EXPECT_EQ(choose({90}, far).division.pack, 4);
  far.q.strides[1] = int64_t{1} << 37;  // elements; four of them are a tebibyte
  EXPECT_EQ(choose({90}, far).division.pack, 1);
  EXPECT_EQ(row(90, far), "forward_sm90_bf16_d64");
}

TEST(Select, RefusesWithASentence) {
  rapt_problem problem = dense_problem(RAPT_F32, 1, 2, 1, 9, 9, 64, 64);
  problem.v.type = RAPT_F16;
  EXPECT_EQ(why_not(problem), "q, k and v are not all bf16, all f16 or all f32; convert them, or use engine cpu");
  problem = dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 64, 64);
  problem.o.type = RAPT_F16;
  EXPECT_EQ(why_not(problem), "o is neither f32 nor of the type of q; convert it afterwards, or use engine cpu");
  problem.o.type = RAPT_BF16;
  problem.softcap = 3e38f;
  EXPECT_EQ(why_not(problem), "softcap 3e+38 times log2(e) does not fit f32; leave it out, as it is beyond every score");
  problem.softcap = 0;
  problem.bias = rapt_dense(RAPT_F64, 1, 1, 9, 9);
  EXPECT_EQ(why_not(problem), "bias is f64; give f32, f16 or bf16, or use engine reference");
  problem.bias = {};
  problem.sinks = rapt_dense(RAPT_F64, 1, 2, 1, 1);
  EXPECT_EQ(why_not(problem), "sinks are f64; give f32, or use engine reference");
  problem.sinks = {};
  problem.scale = 3e38, problem.has_scale = 1;
  EXPECT_EQ(why_not(problem), "scale 3e+38 times log2(e) does not fit f32; scale q instead, or use engine reference");
  EXPECT_EQ(why_not(dense_problem(RAPT_BF16, 1, 2, 1, 9, 9, 257, 64)),
            "no kernel for head_dim 257, head_dim_v 64 on sm_90; the largest is 256, and a grid holds 2^31 - 1 tiles");
  EXPECT_EQ(why_not(dense_problem(RAPT_BF16, 1, 2, 1, (int64_t{1} << 30) + 1, 9, 64, 64)),
            "a tensor has 1073741825 rows; kernels count up to 1073741824, so split the sequence");
  EXPECT_EQ(why_not(dense_problem(RAPT_BF16, 1 << 16, 1 << 15, 1, 1, 1, 64, 64)),
            "no kernel for head_dim 64, head_dim_v 64 on sm_90; the largest is 256, and a grid holds 2^31 - 1 tiles");
}

}  // namespace
}  // namespace rapt::emulated
