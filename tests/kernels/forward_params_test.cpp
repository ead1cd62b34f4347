// What a kernel is told about problems too large to run here, and about pointers that no allocator gives.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/forward_params.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "api/check_problem.h"
#include "tests/conformance/edit.h"

namespace rapt::gpu {
namespace {

int offset_of(int64_t causal_offset) {
  rapt_problem given = conformance::dense_problem(RAPT_BF16, 1, 1, 1, kernels::kMaxRows, kernels::kMaxRows, 64, 64), checked = {};
  given.causal = 1;
  given.align = RAPT_ALIGN_OFFSET;
  given.offset = causal_offset;
  EXPECT_EQ(api::check_problem(&given, api::Outputs::kRequired, checked), RAPT_OK) << rapt_last_error();
  kernels::Variant row = {};
  row.tile_q = 128;
  return fill_forward(row, checked, RAPT_ARGS_INIT).offset;
}

TEST(ForwardParams, KeepsOffsetsWithinWhatKernelsCountWith) {
  EXPECT_EQ(offset_of(INT64_MAX), kernels::kMaxRows);
  EXPECT_EQ(offset_of(INT64_MIN), -kernels::kMaxRows);
  EXPECT_EQ(offset_of(-7), -7);
}

TEST(ForwardParams, LetsTmaLoadOnlyFromMultiplesOf16Bytes) {
  alignas(16) static unsigned char memory[32];
  rapt_args args = RAPT_ARGS_INIT;
  args.q = args.k = args.v = memory;
  EXPECT_TRUE(aligned_for_tma(args));
  for (const void* rapt_args::*pointer : {&rapt_args::q, &rapt_args::k, &rapt_args::v}) {
    rapt_args odd = args;
    odd.*pointer = memory + 2;
    EXPECT_FALSE(aligned_for_tma(odd));
  }
}

}  // namespace
}  // namespace rapt::gpu
