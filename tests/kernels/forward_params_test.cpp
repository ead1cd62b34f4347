// What a kernel is told about problems too large to run here, and about pointers that no allocator gives.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/forward_params.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "api/check_problem.h"
#include "cuda/tma.h"
#include "tests/conformance/edit.h"

namespace rapt::gpu {
namespace {

kernels::Window window_of(int64_t offset, int64_t left, bool causal) {
  rapt_problem given = conformance::dense_problem(RAPT_BF16, 1, 1, 1, kernels::kMaxRows, kernels::kMaxRows, 64, 64), checked = {};
  given.causal = causal ? 1 : 0;
  given.window_left = left;
  given.align = RAPT_ALIGN_OFFSET;
  given.offset = offset;
  EXPECT_EQ(api::check_problem(&given, api::Outputs::kRequired, checked), RAPT_OK) << rapt_last_error();
  return fill_forward({1, 128, 1, 0, 0, 0}, checked, RAPT_ARGS_INIT, nullptr).window;
}

TEST(ForwardParams, KeepsWindowsWithinWhatKernelsCountWith) {
  EXPECT_EQ(window_of(INT64_MAX, -1, true).end, kernels::kUnboundedEnd);
  EXPECT_EQ(window_of(INT64_MIN, -1, true).end, -2 * (kernels::kMaxRows - 1) - 1);
  EXPECT_EQ(window_of(-7, -1, true).end, -6);
  EXPECT_EQ(window_of(-7, -1, true).first, kernels::kUnboundedFirst);
  EXPECT_EQ(window_of(-7, 5, false).first, -12);
  EXPECT_EQ(window_of(-7, 5, false).end, kernels::kUnboundedEnd);
  EXPECT_LE(window_of(-7, INT64_MAX, false).first, -2 * (kernels::kMaxRows - 1));
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
