// What rapt_run refuses: pointers, workspace, lengths. Nothing is written when it does.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

struct Call {
  rapt_problem problem;
  SmallData data;
  rapt_args args;
};
struct Refusal {
  const char* name;
  rapt_problem (*of)();
  void (*breaks)(Call&);
  rapt_status status;
  const char* says;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

rapt_problem with_everything() {
  rapt_problem problem = small_problem();
  problem.lse = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, 1);
  problem.mask = rapt_dense(RAPT_BOOL, 1, 1, kSeqlenQ, kSeqlenKv);
  problem.bias = rapt_dense(RAPT_F16, 1, 1, 1, kSeqlenKv);
  problem.alibi = problem.sinks = rapt_dense(RAPT_F32, 1, kHeadsQ, 1, 1);
  return problem;
}
rapt_problem with_bounds() {
  rapt_problem problem = small_problem();
  problem.max_seqlen_q = 2, problem.max_seqlen_kv = 4;
  return problem;
}
rapt_problem ragged_with_bounds() {
  rapt_problem problem = ragged_problem();
  problem.max_seqlen_q = 3, problem.max_seqlen_kv = 5;
  return problem;
}
rapt_problem table() { return paged_problem(RAPT_KV_BLOCK_TABLE); }
rapt_problem list() { return paged_problem(RAPT_KV_PAGE_LIST); }
rapt_problem pointers() { return paged_problem(RAPT_KV_PAGE_POINTERS); }

// The arguments that make `problem` run.
Call call_of(const rapt_problem& problem) {
  Call call = {problem, {}, {}};
  call.args = call.data.args_for(problem);
  if (problem.mask.type != RAPT_NONE) call.args.mask = call.args.bias = call.args.alibi = call.args.sinks = call.data.q.data();
  if (problem.max_seqlen_q == 2) call.data.seqlens_q = {2, 1}, call.args.seqlens_q = call.data.seqlens_q.data();
  if (problem.max_seqlen_kv == 4) call.data.seqlens_kv = {4, 0}, call.args.seqlens_kv = call.data.seqlens_kv.data();
  return call;
}

rapt_status run(const ContextOwner& context, const Call& call) {
  const PlanOwner plan = make_plan(context, call.problem);
  const Workspace workspace(rapt_plan_workspace(plan.get()));
  return rapt_run(plan.get(), &call.args, workspace.data, rapt_plan_workspace(plan.get()), nullptr);
}

class Run : public ::testing::TestWithParam<Refusal> {};

TEST_P(Run, RefusesWithAStatusAndASentenceAndWritesNothing) {
  const Refusal& refusal = GetParam();
  const ContextOwner context = make_context(1);
  for (const int32_t engine : {RAPT_ENGINE_REFERENCE, RAPT_ENGINE_CPU}) {
    Call call = call_of(refusal.of());
    call.problem.engine = engine;
    EXPECT_EQ(run(context, call), RAPT_OK) << rapt_last_error();
    EXPECT_FALSE(call.data.untouched());
    call = call_of(call.problem);
    refusal.breaks(call);
    EXPECT_EQ(run(context, call), refusal.status);
    EXPECT_NE(std::string(rapt_last_error()).find(refusal.says), std::string::npos) << rapt_last_error();
    EXPECT_TRUE(call.data.untouched());
  }
}

std::string name_of(const ::testing::TestParamInfo<Refusal>& info) { return info.param.name; }
template <class Pointer>
Pointer off_by(Pointer pointer, int bytes) {
  return reinterpret_cast<Pointer>(reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(bytes));
}
int32_t some_int[8] = {};
constexpr auto kArgument = RAPT_INVALID_ARGUMENT, kIndex = RAPT_BAD_INDEX, kAligned = RAPT_MISALIGNED;

#define BREAK(...) [](Call& c) { __VA_ARGS__; }

INSTANTIATE_TEST_SUITE_P(
    Pointers, Run,
    ::testing::Values(
        Refusal{"StructSize", small_problem, BREAK(c.args.struct_size = 8), kArgument, "args.struct_size is 8"},
        Refusal{"NoQ", small_problem, BREAK(c.args.q = nullptr), kArgument, "args.q is NULL but problem.q has shape [2, 4, 3, 8]"},
        Refusal{"NoK", small_problem, BREAK(c.args.k = nullptr), kArgument, "args.k is NULL"},
        Refusal{"NoV", small_problem, BREAK(c.args.v = nullptr), kArgument, "args.v is NULL"},
        Refusal{"NoO", small_problem, BREAK(c.args.o = nullptr), kArgument, "args.o is NULL"},
        Refusal{"NoLse", with_everything, BREAK(c.args.lse = nullptr), kArgument, "args.lse is NULL"},
        Refusal{"NoMask", with_everything, BREAK(c.args.mask = nullptr), kArgument, "args.mask is NULL"},
        Refusal{"NoBias", with_everything, BREAK(c.args.bias = nullptr), kArgument, "args.bias is NULL"},
        Refusal{"NoAlibi", with_everything, BREAK(c.args.alibi = nullptr), kArgument, "args.alibi is NULL"},
        Refusal{"NoSinks", with_everything, BREAK(c.args.sinks = nullptr), kArgument, "args.sinks is NULL"},
        Refusal{"LseNotAskedFor", small_problem, BREAK(c.args.lse = some_int), kArgument,
                "args.lse is given but the plan's problem has no lse"},
        Refusal{"MaskNotDescribed", small_problem, BREAK(c.args.mask = some_int), kArgument, "args.mask is given"},
        Refusal{"BiasNotDescribed", small_problem, BREAK(c.args.bias = some_int), kArgument, "args.bias is given"},
        Refusal{"AlibiNotDescribed", small_problem, BREAK(c.args.alibi = some_int), kArgument, "args.alibi is given"},
        Refusal{"SinksNotDescribed", small_problem, BREAK(c.args.sinks = some_int), kArgument, "args.sinks is given"},
        Refusal{"OIsQ", small_problem, BREAK(c.args.q = c.args.o), kArgument, "args.o and args.q are the same memory"},
        Refusal{"OIsLse", with_everything, BREAK(c.args.lse = c.args.o), kArgument, "args.o and args.lse are the same memory"},
        Refusal{"LseIsSinks", with_everything, BREAK(c.args.sinks = c.args.lse), kArgument, "args.lse and args.sinks are the same memory"},
        Refusal{"QMisaligned", small_problem, BREAK(c.args.q = off_by(c.args.q, 2)), kAligned, "args.q is 0x"},
        Refusal{"OMisaligned", small_problem, BREAK(c.args.o = off_by(c.args.o, 1)), kAligned, "not a multiple of its element's 4 bytes"},
        Refusal{"BiasMisaligned", with_everything, BREAK(c.args.bias = off_by(c.args.bias, 1)), kAligned, "its element's 2 bytes"},
        Refusal{"LengthsMisaligned", with_bounds, BREAK(c.args.seqlens_q = off_by(c.args.seqlens_q, 2)), kAligned, "args.seqlens_q"},
        Refusal{"PagesMisaligned", pointers, BREAK(c.args.k_pages = off_by(c.args.k_pages, 4)), kAligned, "its element's 8 bytes"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Indices, Run,
    ::testing::Values(
        Refusal{"SeqlensQOfRagged", ragged_problem, BREAK(c.args.seqlens_q = some_int), kArgument,
                "args.seqlens_q is given but RAPT_Q_RAGGED"},
        Refusal{"CuSeqlensQOfDense", small_problem, BREAK(c.args.cu_seqlens_q = some_int), kArgument, "but RAPT_Q_DENSE does not read it"},
        Refusal{"CuSeqlensKvOfDense", small_problem, BREAK(c.args.cu_seqlens_kv = some_int), kArgument, "args.cu_seqlens_kv is given"},
        Refusal{"SeqlensKvOfRagged", ragged_problem, BREAK(c.args.seqlens_kv = some_int), kArgument, "args.seqlens_kv is given"},
        Refusal{"TableOfDense", small_problem, BREAK(c.args.block_table = some_int), kArgument, "args.block_table is given"},
        Refusal{"IndptrOfTable", table, BREAK(c.args.kv_indptr = some_int), kArgument, "args.kv_indptr is given"},
        Refusal{"IndicesOfTable", table, BREAK(c.args.kv_indices = some_int), kArgument, "args.kv_indices is given"},
        Refusal{"LastPageLenOfTable", table, BREAK(c.args.kv_last_page_len = some_int), kArgument, "args.kv_last_page_len is given"},
        Refusal{"KPagesOfList", list, BREAK(c.args.k_pages = c.data.k_pages.data()), kArgument, "args.k_pages is given"},
        Refusal{"VPagesOfDense", small_problem, BREAK(c.args.v_pages = c.data.v_pages.data()), kArgument, "args.v_pages is given"},
        Refusal{"NoCuSeqlensQ", ragged_problem, BREAK(c.args.cu_seqlens_q = nullptr), kArgument,
                "args.cu_seqlens_q is NULL but RAPT_Q_RAGGED"},
        Refusal{"NoCuSeqlensKv", ragged_problem, BREAK(c.args.cu_seqlens_kv = nullptr), kArgument, "args.cu_seqlens_kv is NULL"},
        Refusal{"NoTable", table, BREAK(c.args.block_table = nullptr), kArgument, "args.block_table is NULL but RAPT_KV_BLOCK_TABLE"},
        Refusal{"NoLengthsOfTable", table, BREAK(c.args.seqlens_kv = nullptr), kArgument, "args.seqlens_kv is NULL"},
        Refusal{"NoLengthsOfPointers", pointers, BREAK(c.args.seqlens_kv = nullptr), kArgument, "args.seqlens_kv is NULL"},
        Refusal{"NoLengthsOfList", list, BREAK(c.args.kv_last_page_len = nullptr), kArgument, "args.seqlens_kv is NULL"},
        Refusal{"NoIndptr", list, BREAK(c.args.kv_indptr = nullptr), kArgument, "args.kv_indptr is NULL"},
        Refusal{"NoIndices", list, BREAK(c.args.kv_indices = nullptr), kArgument, "args.kv_indices is NULL"},
        Refusal{"NoKPages", pointers, BREAK(c.args.k_pages = nullptr), kArgument, "args.k_pages is NULL"},
        Refusal{"NoVPages", pointers, BREAK(c.args.v_pages = nullptr), kArgument, "args.v_pages is NULL"},
        Refusal{"FullRowsPastTheBound", with_bounds, BREAK(c.args.seqlens_q = nullptr), kArgument, "all 3 rows, more than max_seqlen_q 2"},
        Refusal{"FullKeysPastTheBound", with_bounds, BREAK(c.args.seqlens_kv = nullptr), kArgument,
                "all 5 rows, more than max_seqlen_kv 4"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Lengths, Run,
    ::testing::Values(
        Refusal{"QPastTheBound", with_bounds, BREAK(c.data.seqlens_q[0] = 3), kIndex,
                "args.seqlens_q[0] is 3; give a length from 0 to max_seqlen_q, 2"},
        Refusal{"QNegative", with_bounds, BREAK(c.data.seqlens_q[1] = -1), kIndex, "args.seqlens_q[1] is -1"},
        Refusal{"KvPastTheBound", with_bounds, BREAK(c.data.seqlens_kv[1] = 5), kIndex, "args.seqlens_kv[1] is 5"},
        Refusal{"KvNegative", pointers, BREAK(c.data.seqlens_kv[0] = INT32_MIN), kIndex, "args.seqlens_kv[0] is -2147483648"},
        Refusal{"KvPastTheTable", table, BREAK(c.data.seqlens_kv[1] = 6), kIndex, "args.seqlens_kv[1] is 6"},
        Refusal{"OffsetsDoNotBeginAtZero", ragged_problem, BREAK(c.data.cu_seqlens_q[0] = 1), kIndex,
                "args.cu_seqlens_q[0] is 1; the first"},
        Refusal{"OffsetsGoDown", ragged_problem, BREAK(c.data.cu_seqlens_kv[1] = 11), kIndex,
                "args.cu_seqlens_kv[2] is 10, below the 11 before"},
        Refusal{"OffsetsNegative", ragged_problem, BREAK(c.data.cu_seqlens_q[1] = -4), kIndex, "args.cu_seqlens_q[1] is -4, below the 0"},
        Refusal{"OffsetsPastTheTotal", ragged_problem, BREAK(c.data.cu_seqlens_q[2] = 7), kIndex,
                "args.cu_seqlens_q[2] is 7, past the 6 rows of q"},
        Refusal{"SequenceTooLong", ragged_with_bounds, BREAK(c.data.cu_seqlens_q[1] = 4), kIndex,
                "sequence 0 4 long, more than max_seqlen_q 3"},
        Refusal{"SequenceOfKeysTooLong", ragged_with_bounds, BREAK(c.data.cu_seqlens_kv[1] = 4), kIndex, "sequence 1 6 long"},
        Refusal{"IndptrNegative", list, BREAK(c.data.kv_indptr[0] = -1), kIndex, "args.kv_indptr[0] is -1"},
        Refusal{"IndptrGoesDown", list, BREAK(c.data.kv_indptr[1] = 6), kIndex, "args.kv_indptr[2] is 5, below the 6"},
        Refusal{"LastPageTooLong", list, BREAK(c.data.kv_last_page_len[1] = 3), kIndex,
                "args.kv_last_page_len[1] is 3; give a length from 0 to the page_size, 2"},
        Refusal{"LastPageNegative", list, BREAK(c.data.kv_last_page_len[0] = -1), kIndex, "args.kv_last_page_len[0] is -1"},
        Refusal{"ListTooLong", list, BREAK(c.data.kv_last_page_len[0] = 2), kIndex, "sequence 0 6 keys long, more than max_seqlen_kv 5"},
        Refusal{"LengthPastTheList", list, BREAK(c.args.seqlens_kv = c.data.seqlens_kv.data(), c.data.seqlens_kv[1] = 5), kIndex,
                "args.seqlens_kv[1] is 5, but kv_indptr gives it 2 pages of 2"},
        Refusal{"LengthsDisagree", list, BREAK(c.args.seqlens_kv = c.data.seqlens_kv.data(), c.data.seqlens_kv[1] = 3), kIndex,
                "args.seqlens_kv[1] is 3, but kv_indptr and kv_last_page_len say 4"}),
    name_of);

#undef BREAK

}  // namespace
}  // namespace rapt::testing
