// A problem that every engine takes, small enough to break in one place, with its data.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <rapt/rapt.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace rapt::testing {

constexpr int64_t kBatch = 2, kHeadsQ = 4, kHeadsKv = 2, kSeqlenQ = 3, kSeqlenKv = 5, kHeadDim = 8, kHeadDimV = 6;

inline rapt_problem small_problem() {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  problem.q = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, kHeadDim);
  problem.k = rapt_dense(RAPT_F32, kBatch, kHeadsKv, kSeqlenKv, kHeadDim);
  problem.v = rapt_dense(RAPT_F32, kBatch, kHeadsKv, kSeqlenKv, kHeadDimV);
  problem.o = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, kHeadDimV);
  return problem;
}

// The same sequences in other layouts. Ragged: totals of 6 rows and 10 keys. Paged: 7 pages of 2 keys, up to 5 keys a sequence.
inline rapt_problem ragged_problem() {
  rapt_problem problem = small_problem();
  problem.q_layout = RAPT_Q_RAGGED, problem.kv_layout = RAPT_KV_RAGGED, problem.batch = kBatch;
  problem.q = rapt_dense(RAPT_F32, 1, kHeadsQ, 6, kHeadDim), problem.o = rapt_dense(RAPT_F32, 1, kHeadsQ, 6, kHeadDimV);
  problem.k = rapt_dense(RAPT_F32, 1, kHeadsKv, 10, kHeadDim), problem.v = rapt_dense(RAPT_F32, 1, kHeadsKv, 10, kHeadDimV);
  return problem;
}
inline rapt_problem paged_problem(int32_t kv_layout) {
  rapt_problem problem = small_problem();
  const int64_t pages = kv_layout == RAPT_KV_PAGE_POINTERS ? 1 : 7;
  problem.kv_layout = kv_layout, problem.max_seqlen_kv = kSeqlenKv;
  problem.k = rapt_dense(RAPT_F32, pages, kHeadsKv, 2, kHeadDim), problem.v = rapt_dense(RAPT_F32, pages, kHeadsKv, 2, kHeadDimV);
  return problem;
}

// Data for any of the three: more than each reads. Outputs hold kUntouched until somebody writes them.
struct SmallData {
  static constexpr float kUntouched = 1234.5f;
  std::vector<float> q = std::vector<float>(512, 0.25f), k = q, v = q, o = std::vector<float>(512, kUntouched), lse = o;
  std::vector<int32_t> seqlens_q = {3, 2}, seqlens_kv = {5, 4}, cu_seqlens_q = {0, 3, 6}, cu_seqlens_kv = {0, 5, 10};
  std::vector<int32_t> block_table = {0, 1, 2, 3, 4, 5}, kv_indptr = {0, 3, 5}, kv_indices = {0, 1, 2, 3, 4}, kv_last_page_len = {1, 2};
  std::vector<const void*> k_pages = std::vector<const void*>(6, k.data()), v_pages = std::vector<const void*>(6, v.data());

  bool untouched() const {
    for (const std::vector<float>* written : {&o, &lse}) {
      for (const float value : *written) {
        if (value != kUntouched) return false;
      }
    }
    return true;
  }

  rapt_args args_for(const rapt_problem& problem) {
    rapt_args args = RAPT_ARGS_INIT;
    args.q = q.data(), args.o = o.data();
    if (problem.kv_layout != RAPT_KV_PAGE_POINTERS) args.k = k.data(), args.v = v.data();
    if (problem.lse.type != RAPT_NONE) args.lse = lse.data();
    if (problem.q_layout == RAPT_Q_RAGGED) args.cu_seqlens_q = cu_seqlens_q.data();
    switch (problem.kv_layout) {
      case RAPT_KV_RAGGED:
        args.cu_seqlens_kv = cu_seqlens_kv.data();
        break;
      case RAPT_KV_BLOCK_TABLE:
        args.block_table = block_table.data(), args.seqlens_kv = seqlens_kv.data();
        break;
      case RAPT_KV_PAGE_POINTERS:
        args.k_pages = k_pages.data(), args.v_pages = v_pages.data(), args.seqlens_kv = seqlens_kv.data();
        break;
      case RAPT_KV_PAGE_LIST:
        args.kv_indptr = kv_indptr.data(), args.kv_indices = kv_indices.data(), args.kv_last_page_len = kv_last_page_len.data();
        break;
    }
    return args;
  }
};

struct Destroy {
  void operator()(rapt_context* context) const { rapt_context_destroy(context); }
  void operator()(rapt_plan* plan) const { rapt_plan_destroy(plan); }
};
using ContextOwner = std::unique_ptr<rapt_context, Destroy>;
using PlanOwner = std::unique_ptr<rapt_plan, Destroy>;

inline ContextOwner make_context(int32_t threads) {
  rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
  options.threads = threads;
  rapt_context* context = nullptr;
  EXPECT_EQ(rapt_context_create(&options, &context), RAPT_OK) << rapt_last_error();
  return ContextOwner(context);
}

inline PlanOwner make_plan(const ContextOwner& context, const rapt_problem& problem) {
  rapt_plan* plan = nullptr;
  EXPECT_EQ(rapt_plan_create(context.get(), &problem, &plan), RAPT_OK) << rapt_last_error();
  return PlanOwner(plan);
}

// 64-byte aligned bytes for a plan's workspace.
struct Workspace {
  explicit Workspace(size_t bytes) : memory(bytes + 64) {
    data = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
  }
  std::vector<unsigned char> memory;
  unsigned char* data;
};

}  // namespace rapt::testing
