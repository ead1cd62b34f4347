// The binary interface: where each field is, what each constant is, what the defaults are, in C and in C++. A red line here is a broken
// ABI. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapt/rapt.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

#include "api/read_struct.h"

extern "C" {
size_t c99_sizes(size_t sizes[6]);
rapt_problem c99_problem(void);
rapt_args c99_args(void);
rapt_context_options c99_options(void);
}

namespace rapt::testing {
namespace {

static_assert(offsetof(rapt_tensor, type) == 0 && offsetof(rapt_tensor, reserved) == 4 && offsetof(rapt_tensor, shape) == 8);
static_assert(offsetof(rapt_tensor, strides) == 40 && offsetof(rapt_tensor, bytes) == 72 && sizeof(rapt_tensor) == 80);

static_assert(offsetof(rapt_problem, struct_size) == 0 && offsetof(rapt_problem, q) == 8 && offsetof(rapt_problem, k) == 88);
static_assert(offsetof(rapt_problem, v) == 168 && offsetof(rapt_problem, o) == 248 && offsetof(rapt_problem, lse) == 328);
static_assert(offsetof(rapt_problem, mask) == 408 && offsetof(rapt_problem, bias) == 488 && offsetof(rapt_problem, alibi) == 568);
static_assert(offsetof(rapt_problem, sinks) == 648 && offsetof(rapt_problem, engine) == 728 && offsetof(rapt_problem, q_layout) == 732);
static_assert(offsetof(rapt_problem, kv_layout) == 736 && offsetof(rapt_problem, align) == 740 && offsetof(rapt_problem, offset) == 744);
static_assert(offsetof(rapt_problem, batch) == 752 && offsetof(rapt_problem, max_seqlen_q) == 760);
static_assert(offsetof(rapt_problem, max_seqlen_kv) == 768 && offsetof(rapt_problem, table_stride) == 776);
static_assert(offsetof(rapt_problem, scale) == 784 && offsetof(rapt_problem, has_scale) == 792 && offsetof(rapt_problem, softcap) == 796);
static_assert(offsetof(rapt_problem, causal) == 800 && offsetof(rapt_problem, lse_base2) == 804);
static_assert(offsetof(rapt_problem, window_left) == 808 && offsetof(rapt_problem, window_right) == 816);
static_assert(offsetof(rapt_problem, batch_invariant) == 824 && offsetof(rapt_problem, reserved) == 828 && sizeof(rapt_problem) == 856);

static_assert(offsetof(rapt_executor, user) == 0 && offsetof(rapt_executor, threads) == 8 && offsetof(rapt_executor, reserved) == 12);
static_assert(offsetof(rapt_executor, parallel) == 16 && sizeof(rapt_executor) == 24);
static_assert(offsetof(rapt_context_options, struct_size) == 0 && offsetof(rapt_context_options, threads) == 8);
static_assert(offsetof(rapt_context_options, reserved) == 12 && offsetof(rapt_context_options, max_isa) == 16);
static_assert(offsetof(rapt_context_options, executor) == 24 && offsetof(rapt_context_options, arch) == 48);

static_assert(offsetof(rapt_args, struct_size) == 0 && offsetof(rapt_args, q) == 8 && offsetof(rapt_args, k) == 16);
static_assert(offsetof(rapt_args, v) == 24 && offsetof(rapt_args, o) == 32 && offsetof(rapt_args, lse) == 40);
static_assert(offsetof(rapt_args, mask) == 48 && offsetof(rapt_args, bias) == 56 && offsetof(rapt_args, alibi) == 64);
static_assert(offsetof(rapt_args, sinks) == 72 && offsetof(rapt_args, seqlens_q) == 80 && offsetof(rapt_args, seqlens_kv) == 88);
static_assert(offsetof(rapt_args, cu_seqlens_q) == 96 && offsetof(rapt_args, cu_seqlens_kv) == 104);
static_assert(offsetof(rapt_args, block_table) == 112 && offsetof(rapt_args, kv_indptr) == 120 && offsetof(rapt_args, kv_indices) == 128);
static_assert(offsetof(rapt_args, kv_last_page_len) == 136 && offsetof(rapt_args, k_pages) == 144 && offsetof(rapt_args, v_pages) == 152);
static_assert(sizeof(rapt_args) == 160);

static_assert(offsetof(rapt_partial, o) == 0 && offsetof(rapt_partial, lse) == 80 && offsetof(rapt_partial, o_data) == 160);
static_assert(offsetof(rapt_partial, lse_data) == 168 && sizeof(rapt_partial) == 176);
static_assert(offsetof(rapt_variant, struct_size) == 0 && offsetof(rapt_variant, engine) == 8 && offsetof(rapt_variant, name) == 16);
static_assert(offsetof(rapt_variant, types) == 24 && offsetof(rapt_variant, head_dims) == 32 && offsetof(rapt_variant, features) == 40);
static_assert(offsetof(rapt_variant, unavailable) == 48 && offsetof(rapt_variant, arch) == 56);
static_assert(sizeof(rapt_context_options) == 56 && sizeof(rapt_variant) == 64);

static_assert(std::is_trivially_copyable_v<rapt_problem> && std::is_standard_layout_v<rapt_problem>);
static_assert(api::kFirstSize<rapt_problem> == 856 && api::kFirstSize<rapt_args> == 160);
static_assert(api::kFirstSize<rapt_context_options> == 48 && api::kFirstSize<rapt_variant> == 56);

static_assert(RAPT_NONE == 0 && RAPT_F32 == 1 && RAPT_F16 == 2 && RAPT_BF16 == 3 && RAPT_F64 == 4 && RAPT_BOOL == 5);
static_assert(RAPT_E4M3 == 6 && RAPT_E5M2 == 7 && RAPT_I8 == 8);
static_assert(RAPT_ENGINE_AUTO == 0 && RAPT_ENGINE_REFERENCE == 1 && RAPT_ENGINE_CPU == 2 && RAPT_ENGINE_CUDA == 3 &&
              RAPT_ENGINE_EMULATED == 4);
static_assert(RAPT_Q_DENSE == 0 && RAPT_Q_RAGGED == 1 && RAPT_KV_DENSE == 0 && RAPT_KV_RAGGED == 1 && RAPT_KV_BLOCK_TABLE == 2);
static_assert(RAPT_KV_PAGE_LIST == 3 && RAPT_KV_PAGE_POINTERS == 4);
static_assert(RAPT_ALIGN_BOTTOM_RIGHT == 0 && RAPT_ALIGN_TOP_LEFT == 1 && RAPT_ALIGN_OFFSET == 2);
static_assert(RAPT_STAGE_SCALED == 0 && RAPT_STAGE_SOFTCAPPED == 1 && RAPT_STAGE_MASKED == 2 && RAPT_STAGE_WEIGHTS == 3);

TEST(Layout, IsTheSameInC) {
  size_t sizes[6] = {};
  EXPECT_EQ(c99_sizes(sizes), 824u + 152u);
  const size_t expected[6] = {80, 856, 160, 56, 176, 64};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(sizes[i], expected[i]);
}

TEST(Layout, DefaultsAreTheSameInC) {
  rapt_problem problem = RAPT_PROBLEM_INIT, from_c = c99_problem();
  problem.q = rapt_dense(RAPT_F32, 2, 3, 5, 7);
  EXPECT_EQ(std::memcmp(&problem, &from_c, sizeof problem), 0);
  EXPECT_EQ(from_c.struct_size, sizeof problem);
  EXPECT_EQ(from_c.window_left, -1);
  EXPECT_EQ(from_c.window_right, -1);
  EXPECT_EQ(from_c.q.strides[0], 105);
  const rapt_args args = RAPT_ARGS_INIT, args_of_c = c99_args();
  EXPECT_EQ(std::memcmp(&args, &args_of_c, sizeof args), 0);
  EXPECT_EQ(args_of_c.struct_size, sizeof args);
  EXPECT_EQ(c99_options().struct_size, sizeof(rapt_context_options));
}

TEST(Layout, ProblemInitWritesNoMoreThanTheStructItWasTold) {
  unsigned char bytes[sizeof(rapt_problem) + 16];
  for (const size_t size : {size_t{0}, size_t{4}, sizeof(size_t), size_t{100}, sizeof(rapt_problem), sizeof(rapt_problem) + 8}) {
    std::memset(bytes, 0xAB, sizeof bytes);
    rapt_problem_init(reinterpret_cast<rapt_problem*>(bytes), size);
    for (size_t i = size; i < sizeof bytes; ++i) ASSERT_EQ(bytes[i], 0xAB) << "size " << size << " byte " << i;
  }
  rapt_problem_init(nullptr, 100);
}

// CUDA_ERROR and INTERNAL are earned by no test on a machine without a GPU: the first needs a launch, the second a bug.
TEST(Status, NumbersAndNamesNeverChange) {
  const char* names[] = {"RAPT_OK",        "RAPT_INVALID_ARGUMENT", "RAPT_UNSUPPORTED", "RAPT_MISALIGNED",    "RAPT_WORKSPACE_TOO_SMALL",
                         "RAPT_BAD_INDEX", "RAPT_NO_DEVICE",        "RAPT_CUDA_ERROR",  "RAPT_OUT_OF_MEMORY", "RAPT_INTERNAL"};
  for (int32_t status = 0; status < 10; ++status) EXPECT_STREQ(rapt_status_name(status), names[status]);
  EXPECT_STREQ(rapt_status_name(10), "unknown status");
  EXPECT_STREQ(rapt_status_name(-1), "unknown status");
  static_assert(RAPT_BAD_INDEX == 5 && RAPT_INTERNAL == 9);
}

TEST(Version, IsTheOneOfTheHeader) {
  EXPECT_EQ(std::string(rapt_version()),
            std::to_string(RAPT_VERSION_MAJOR) + "." + std::to_string(RAPT_VERSION_MINOR) + "." + std::to_string(RAPT_VERSION_PATCH));
  EXPECT_EQ(rapt_abi_version(), RAPT_ABI_VERSION);
}

TEST(Types, HaveSizes) {
  const size_t sizes[] = {0, 4, 2, 2, 8, 1, 1, 1, 1};
  for (rapt_type type = RAPT_NONE; type <= RAPT_I8; ++type) EXPECT_EQ(rapt_type_size(type), sizes[type]);
  EXPECT_EQ(rapt_type_size(9), 0u);
  EXPECT_EQ(rapt_type_size(-1), 0u);
}

}  // namespace
}  // namespace rapt::testing
