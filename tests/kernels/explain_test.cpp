// What explain says of a plan for a GPU, without one: occupancy, roofline, waves, and the reasons against the other rows.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapt/rapt.h>

#include <string>

#include "cuda/cards.h"
#include "cuda/roofline.h"
#include "tests/conformance/edit.h"
#include "workbench/run.h"

namespace rapt::gpu {
namespace {

using conformance::dense_problem;
using kernels::Variant;

Variant variant(int threads, int shared_bytes, int registers) {
  Variant row = {};
  row.threads = threads, row.shared_bytes = shared_bytes, row.registers = registers;
  return row;
}

TEST(Occupancy, EndsAtWhateverIsScarce) {
  const auto expect = [&](const Variant& row, int blocks, const std::string& limit, int architecture = 80) {
    const Occupancy occupancy = occupancy_of(row, card_of(architecture));
    EXPECT_EQ(occupancy.blocks, blocks) << limit;
    EXPECT_EQ(occupancy.limit, limit);
  };
  expect(variant(32, 0, 16), 32, "blocks");
  expect(variant(256, 1024, 32), 8, "threads");
  expect(variant(128, 81 << 10, 64), 2, "shared memory");  // 2 x 82 KiB of 164
  expect(variant(128, (81 << 10) + 1, 64), 1, "shared memory");
  expect(variant(256, 1024, 128), 2, "registers");  // 2 x 32 Ki of 64
  expect(variant(256, 1024, 129), 1, "registers");
  expect(variant(128, 1024, 96), 5, "registers");
  expect(variant(128, 1024, 100), 4, "registers");              // 104 of them, as they are dealt by 8
  expect(variant(128, 113 << 10, 64), 2, "shared memory", 90);  // 2 x 114 KiB of 228
  expect(variant(128, (113 << 10) + 1, 64), 1, "shared memory", 90);
  expect(variant(384, 1024, 0), 5, "threads");  // registers not looked up
  EXPECT_EQ(card_of(89).multiprocessors, 108);
  EXPECT_EQ(card_of(90).multiprocessors, 132);
}

rapt_problem problem_of(int64_t seqlen_q, int64_t seqlen_kv) {
  rapt_problem p = dense_problem(RAPT_BF16, 1, 2, 1, seqlen_q, seqlen_kv, 64, 32);
  p.batch = 1, p.max_seqlen_q = seqlen_q, p.max_seqlen_kv = seqlen_kv;
  p.lse = {};
  return p;
}

// By counting.
double pairs(const rapt_problem& p) {
  const int64_t offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : p.align == RAPT_ALIGN_TOP_LEFT ? 0 : p.max_seqlen_kv - p.max_seqlen_q;
  double count = 0;
  for (int64_t i = 0; i < p.max_seqlen_q; ++i) {
    for (int64_t j = 0; j < p.max_seqlen_kv; ++j) {
      const bool hidden = (p.causal != 0 && j > i + offset) || (p.window_left >= 0 && j < i + offset - p.window_left) ||
                          (p.window_right >= 0 && j > i + offset + p.window_right);
      count += hidden ? 0 : 1;
    }
  }
  return count;
}

TEST(Roofline, CountsVisiblePairs) {
  for (const auto& [rows, keys] : {std::pair<int64_t, int64_t>{7, 7}, {5, 11}, {11, 5}, {1, 9}, {9, 1}, {0, 4}, {4, 0}}) {
    for (const int64_t left : {-1, 0, 2, 20}) {
      for (const int64_t right : {-1, 0, 3, 20}) {
        for (const int64_t offset : {int64_t{-30}, int64_t{-3}, int64_t{0}, int64_t{4}, int64_t{30}, keys - rows}) {
          for (const int causal : {0, 1}) {
            rapt_problem p = problem_of(rows, keys);
            p.window_left = left, p.window_right = right, p.causal = causal;
            p.align = offset == keys - rows ? RAPT_ALIGN_BOTTOM_RIGHT : offset == 0 ? RAPT_ALIGN_TOP_LEFT : RAPT_ALIGN_OFFSET;
            p.offset = offset;
            EXPECT_EQ(work_of(p).flops, 2 * 2 * (64 + 32) * pairs(p))
                << rows << " rows " << keys << " keys, window " << left << ":" << right << " causal " << causal << " offset " << offset;
          }
        }
      }
    }
  }
}

TEST(Roofline, CountsBytesOnce) {
  rapt_problem p = problem_of(10, 20);
  const double q = 2 * 10 * 64 * 2, o = 2 * 10 * 32 * 2, k = 20 * 64 * 2, v = 20 * 32 * 2;
  EXPECT_EQ(work_of(p).bytes, q + o + k + v);
  p.bias = rapt_dense(RAPT_F32, 1, 1, 10, 20);
  p.bias.strides[0] = p.bias.strides[1] = 0;
  EXPECT_EQ(work_of(p).bytes, q + o + k + v + 10 * 20 * 4);
  p.bias.strides[2] = 0, p.bias.shape[2] = 10;  // broadcast over rows
  EXPECT_EQ(work_of(p).bytes, q + o + k + v + 20 * 4);
  p.bias = {};
  p.kv_layout = RAPT_KV_BLOCK_TABLE;  // of a cache with 50 pages, 20 keys are read
  p.k = rapt_dense(RAPT_BF16, 50, 1, 16, 64), p.v = rapt_dense(RAPT_BF16, 50, 1, 16, 32);
  EXPECT_EQ(work_of(p).bytes, q + o + k + v);
  p.kv_layout = RAPT_KV_PAGE_POINTERS;  // tensors that describe one page
  p.k.shape[0] = p.v.shape[0] = 1;
  EXPECT_EQ(work_of(p).bytes, q + o + k + v);
}

std::string explain(const rapt_problem& asked, const std::string& arch) {
  const workbench::Context context = workbench::make_context(1, "", arch);
  rapt_problem problem = asked;
  problem.engine = RAPT_ENGINE_CUDA;
  std::string text(16384, '\0');
  text.resize(rapt_explain(context.get(), &problem, text.data(), text.size()));
  return text.substr(text.find("cuda: takes it"), text.find("\ncpu: ") - text.find("cuda: takes it"));
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Explain, TellsOfTheArchitectureAskedForWithoutADevice) {
  const std::string hopper = explain(dense_problem(RAPT_BF16, 2, 8, 2, 1024, 1024, 128, 128), "sm_90a");
  EXPECT_TRUE(has(hopper, "row: forward_sm90_bf16_d128 for sm_90a")) << hopper;
  EXPECT_TRUE(has(hopper, "registers: 168 a thread\n")) << hopper;
  EXPECT_TRUE(has(hopper, "grid: 128 blocks, 0.97 waves on the 132 multiprocessors of ")) << hopper;
  EXPECT_TRUE(has(hopper,
                  "roofline: 8.59 GFLOP over 10.6 MB moved at least, 814 FLOP/B; the ridge of NVIDIA H100 SXM5 80GB is at 295: "
                  "above it, the tensor cores are the bound"))
      << hopper;
  EXPECT_TRUE(has(hopper, "least time: 8.68 us there\n")) << hopper;  // 8.59 GFLOP at 989.4 TFLOP/s
  EXPECT_TRUE(has(hopper, "not taken, it is for f16: forward_sm90_f16_d64 forward_sm90_f16_d128 ")) << hopper;
  EXPECT_TRUE(has(hopper, "not taken, it is for head_dim up to 64 and head_dim_v up to 64: forward_sm90_bf16_d64 ")) << hopper;
  EXPECT_TRUE(has(hopper, "not taken, it takes the problem too, as a later choice: ")) << hopper;
  EXPECT_TRUE(has(hopper, "not taken, it is for softcap alone: forward_sm90_bf16_d128_softcap ")) << hopper;

  const std::string shared = explain(dense_problem(RAPT_BF16, 2, 8, 2, 30, 400, 128, 128), "sm_90a");
  EXPECT_TRUE(has(shared, "row: forward_sm90_bf16_d128 for sm_90a")) << shared;
  EXPECT_TRUE(has(shared, "heads: 4 of a group share tiles of queries\n")) << shared;
  EXPECT_TRUE(has(shared, "grid: 4 blocks")) << shared;

  const std::string ampere = explain(dense_problem(RAPT_F16, 2, 8, 2, 1, 1024, 64, 64), "sm_80");
  EXPECT_TRUE(has(ampere, "row: forward_sm80_f16_d64_whole for sm_80 and newer")) << ampere;
  EXPECT_TRUE(has(ampere, "heads: 4 of a group share tiles of queries\n")) << ampere;
  EXPECT_TRUE(has(ampere, "splits: 4 of 256 keys, 4 blocks more to merge them\n")) << ampere;
  EXPECT_TRUE(has(ampere, "multiprocessors of NVIDIA A100 SXM4 80GB\n")) << ampere;
  EXPECT_TRUE(has(ampere, "occupancy: 3 blocks a multiprocessor, by its registers\n  grid: 16 blocks, 0.05 waves on the 108 ")) << ampere;
  EXPECT_TRUE(has(ampere, "the ridge of NVIDIA A100 SXM4 80GB is at 153: below it, memory is the bound")) << ampere;  // 312 T / 2.039 T
  EXPECT_TRUE(has(ampere, "least time: 0.516 us there\n")) << ampere;                                                 // 1.05 MB
  const std::string single = explain(dense_problem(RAPT_F32, 2, 8, 2, 512, 512, 64, 64), "sm_80");
  EXPECT_TRUE(has(single, "is at 25.5: above it, the tensor cores are the bound")) << single;  // a third of 156 T / 2.039 T
  EXPECT_TRUE(has(ampere, "not taken, it is for sm_90a alone: forward_sm90_bf16_d64")) << ampere;
}

TEST(Explain, TellsWhoTakesSoftcap) {
  rapt_problem problem = dense_problem(RAPT_BF16, 2, 8, 2, 1024, 1024, 128, 128);
  problem.softcap = 30;
  const std::string text = explain(problem, "sm_90a");
  EXPECT_TRUE(has(text, "row: forward_sm90_bf16_d128_softcap for sm_90a")) << text;
  EXPECT_TRUE(has(text, "not taken, it takes no softcap: forward_sm90_bf16_d128 ")) << text;
  problem.sinks = rapt_dense(RAPT_F32, 1, 8, 1, 1);
  EXPECT_TRUE(has(explain(problem, "sm_90a"), "not taken, it takes no mask, bias, alibi, sinks or pages: forward_sm90_bf16_d128 "));
}

TEST(Explain, NamesTheTensorThatTmaCannotLoad) {
  rapt_problem problem = dense_problem(RAPT_BF16, 2, 2, 1, 9, 9, 64, 64);
  problem.k.strides[0] = 0;
  const std::string text = explain(problem, "sm_90a");
  EXPECT_TRUE(has(text, "row: forward_sm80_bf16_d64 ")) << text;
  EXPECT_TRUE(has(text, "not taken, TMA cannot load k, which is broadcast: forward_sm90_bf16_d64 forward_sm90_bf16_d128 ")) << text;
}

}  // namespace
}  // namespace rapt::gpu
