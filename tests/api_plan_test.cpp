// What rapt_plan_create refuses, one row a way to be wrong: the status, and what the sentence must say.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

using Break = void (*)(rapt_problem&);
struct Refusal {
  const char* name;
  Break breaks;
  const char* says;
  rapt_status status = RAPT_INVALID_ARGUMENT;
  rapt_problem (*of)() = small_problem;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();
rapt_problem table_problem() { return paged_problem(RAPT_KV_BLOCK_TABLE); }
rapt_problem list_problem() { return paged_problem(RAPT_KV_PAGE_LIST); }
rapt_problem pointers_problem() { return paged_problem(RAPT_KV_PAGE_POINTERS); }

class Plan : public ::testing::TestWithParam<Refusal> {};

TEST_P(Plan, RefusesWithAStatusAndASentence) {
  const Refusal& refusal = GetParam();
  const ContextOwner context = make_context(1);
  rapt_problem problem = refusal.of();
  make_plan(context, problem);
  refusal.breaks(problem);
  rapt_plan* plan = reinterpret_cast<rapt_plan*>(&problem);
  EXPECT_EQ(rapt_plan_create(context.get(), &problem, &plan), refusal.status);
  EXPECT_EQ(plan, nullptr);
  EXPECT_NE(std::string(rapt_last_error()).find(refusal.says), std::string::npos) << rapt_last_error();
}

std::string name_of(const ::testing::TestParamInfo<Refusal>& info) { return info.param.name; }

#define BREAK(...) [](rapt_problem& p) { __VA_ARGS__; }

INSTANTIATE_TEST_SUITE_P(
    Settings, Plan,
    ::testing::Values(
        Refusal{"StructSizeTooSmall", BREAK(p.struct_size -= 8), "problem.struct_size is 848"},
        Refusal{"StructSizeNeverSet", BREAK(p.struct_size = 0), "problem.struct_size is 0"},
        Refusal{"StructSizeGarbage", BREAK(p.struct_size = ~size_t{0}), "problem.struct_size is 18446744073709551615"},
        Refusal{"UnknownEngine", BREAK(p.engine = 5), "engine is 5"}, Refusal{"NegativeEngine", BREAK(p.engine = -1), "engine is -1"},
        Refusal{"UnknownQLayout", BREAK(p.q_layout = 2), "q_layout is 2"},
        Refusal{"UnknownKvLayout", BREAK(p.kv_layout = 5), "kv_layout is 5"}, Refusal{"UnknownAlign", BREAK(p.align = 3), "align is 3"},
        Refusal{"HasScaleOfTwo", BREAK(p.has_scale = 2), "has_scale is 2"}, Refusal{"CausalOfTwo", BREAK(p.causal = 2), "causal is 2"},
        Refusal{"LseBase2OfTwo", BREAK(p.lse_base2 = 2), "lse_base2 is 2"},
        Refusal{"BatchInvariantNegative", BREAK(p.batch_invariant = -1), "batch_invariant is -1"},
        Refusal{"ReservedWord", BREAK(p.reserved[6] = 9), "reserved holds 9"},
        Refusal{"ScaleWithoutHasScale", BREAK(p.scale = 0.5), "scale is 0.5 but has_scale is 0"},
        Refusal{"ScaleNan", BREAK(p.has_scale = 1, p.scale = kNan), "scale is nan"},
        Refusal{"ScaleInfinite", BREAK(p.has_scale = 1, p.scale = -kInf), "scale is -inf"},
        Refusal{"ScaleBeyondF32", BREAK(p.has_scale = 1, p.scale = 1e300), "scale is 1e+300"},
        Refusal{"SoftcapNegative", BREAK(p.softcap = -1), "softcap is -1"},
        Refusal{"SoftcapNan", BREAK(p.softcap = static_cast<float>(kNan)), "softcap is nan"},
        Refusal{"SoftcapInfinite", BREAK(p.softcap = static_cast<float>(kInf)), "softcap is inf"},
        Refusal{"WindowLeftBelowMinusOne", BREAK(p.window_left = -2), "window_left is -2"},
        Refusal{"WindowRightBelowMinusOne", BREAK(p.window_right = -7), "window_right is -7"},
        Refusal{"OffsetWithoutAlign", BREAK(p.offset = 4), "offset is 4 but align is not"},
        Refusal{"OffsetTooFarForAlibi",
                BREAK(p.align = RAPT_ALIGN_OFFSET, p.offset = INT64_MIN, p.alibi = rapt_dense(RAPT_F32, 1, kHeadsQ, 1, 1)),
                "offset is -9223372036854775808; with alibi"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Tensors, Plan,
    ::testing::Values(
        Refusal{"TypeUnknown", BREAK(p.q.type = 77), "q.type is 77"}, Refusal{"TypeNegative", BREAK(p.v.type = -1), "v.type is -1"},
        Refusal{"TypeAbsent", BREAK(p.k.type = RAPT_NONE), "k is absent"},
        Refusal{"TypeBool", BREAK(p.q.type = RAPT_BOOL), "q.type is RAPT_BOOL"},
        Refusal{"TypeE4m3", BREAK(p.k.type = RAPT_E4M3), "k.type is RAPT_E4M3, for which there is no kernel yet", RAPT_UNSUPPORTED},
        Refusal{"TypeE5m2", BREAK(p.v.type = RAPT_E5M2), "v.type is RAPT_E5M2", RAPT_UNSUPPORTED},
        Refusal{"TypeI8", BREAK(p.q.type = RAPT_I8), "q.type is RAPT_I8", RAPT_UNSUPPORTED},
        Refusal{"TypeOfMask", BREAK(p.mask = rapt_dense(RAPT_I8, 1, 1, 1, 1)), "mask.type is RAPT_I8; use RAPT_BOOL"},
        Refusal{"TypeOfBias", BREAK(p.bias = rapt_dense(RAPT_BOOL, 1, 1, 1, 1)), "bias.type is RAPT_BOOL"},
        Refusal{"TypeOfLse", BREAK(p.lse = rapt_dense(RAPT_F16, kBatch, kHeadsQ, kSeqlenQ, 1)), "lse.type is RAPT_F16"},
        Refusal{"TypeOfSinks", BREAK(p.sinks = rapt_dense(RAPT_BF16, 1, kHeadsQ, 1, 1)), "sinks.type is RAPT_BF16"},
        Refusal{"TypeForgotten", BREAK(p.mask.shape[0] = 2), "mask.type is RAPT_NONE but its shape is [2, 0, 0, 0]"},
        Refusal{"TensorReserved", BREAK(p.o.reserved = 3), "o.reserved is 3"},
        Refusal{"AbsentReserved", BREAK(p.bias.reserved = 3), "bias.reserved is 3"},
        Refusal{"ShapeNegative", BREAK(p.q.shape[2] = -3), "q.shape[2] is -3"},
        Refusal{"ShapeHuge", BREAK(p.k.shape[2] = INT64_MAX), "k.shape[2] is 9223372036854775807"},
        Refusal{"ShapeOverflows", BREAK(p.q.shape[0] = p.q.shape[1] = int64_t{1} << 40), "overflows 63 bits"},
        Refusal{"ShapeOverflowsTheSign", BREAK(p.q.shape[0] = 1 << 28, p.q.shape[1] = 1 << 29), "overflows 63 bits"},
        Refusal{"StrideNegative", BREAK(p.v.strides[1] = -6), "v.strides[1] is -6"},
        Refusal{"StrideOverflows", BREAK(p.q.strides[0] = INT64_MAX / 2), "q.shape [2, 4, 3, 8] with strides [4611686018427387903"},
        Refusal{"InnermostStrideNotOne", BREAK(p.k.strides[3] = 2), "k.strides[3] is 2; the innermost"},
        Refusal{"InnermostStrideZero", BREAK(p.q.strides[3] = 0), "q.strides[3] is 0"},
        Refusal{"BytesNegative", BREAK(p.q.bytes = -1), "q.bytes is -1"},
        Refusal{"BytesTooFew", BREAK(p.q.bytes = 2 * 4 * 3 * 8 * 4 - 1),
                "q.bytes is 767, but shape [2, 4, 3, 8] with strides [96, 24, 8, 1] ends at byte 768"},
        Refusal{"OutputStrideZero", BREAK(p.o.strides[0] = 0), "o.strides[0] is 0"},
        Refusal{"OutputOverlaps", BREAK(p.o.strides[2] = 5), "o.strides[2] is 5, but the dimensions within it cover 6"},
        Refusal{"LseOverlaps", BREAK(p.lse = rapt_dense(RAPT_F32, kBatch, kHeadsQ, kSeqlenQ, 1), p.lse.strides[1] = 2),
                "lse.strides[1] is 2"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Shapes, Plan,
    ::testing::Values(
        Refusal{"BatchDisagrees", BREAK(p.batch = 3), "batch is 3 but q.shape[0] is 2"},
        Refusal{"BatchNegative", BREAK(p.batch = -1), "batch is -1"},
        Refusal{"KvOfAnotherBatch", BREAK(p.k.shape[0] = p.v.shape[0] = 1), "k.shape[0] is 1 but there are 2 sequences"},
        Refusal{"HeadDimZero", BREAK(p.q.shape[3] = p.k.shape[3] = 0), "q.shape[3], the head_dim, is 0"},
        Refusal{"HeadDimVZero", BREAK(p.v.shape[3] = p.o.shape[3] = 0), "v.shape[3]"},
        Refusal{"HeadDimsDisagree", BREAK(p.k.shape[3] = 7), "k.shape[3] is 7 but q.shape[3] is 8"},
        Refusal{"HeadsDoNotDivide", BREAK(p.k.shape[1] = p.v.shape[1] = 3), "4 query heads, is not a multiple of k.shape[1], 3"},
        Refusal{"NoHeadsKv", BREAK(p.k.shape[1] = p.v.shape[1] = 0), "is not a multiple of k.shape[1], 0"},
        Refusal{"VNotAsK", BREAK(p.v.shape[2] = 4), "v.shape is [2, 2, 4, 6] but k.shape is [2, 2, 5, 8]"},
        Refusal{"ONotAsQ", BREAK(p.o.shape[2] = 2), "o.shape is [2, 4, 2, 6]; make it [2, 4, 3, 6]"},
        Refusal{"OOfHeadDimQ", BREAK(p.o = p.q), "o.shape is [2, 4, 3, 8]; make it [2, 4, 3, 6]"},
        Refusal{"OAbsent", BREAK(p.o = {}), "o is absent"},
        Refusal{"LseNotAsQ", BREAK(p.lse = rapt_dense(RAPT_F32, kBatch, kHeadsQ, 1, kSeqlenQ)), "lse.shape is [2, 4, 1, 3]"},
        Refusal{"MaskDoesNotBroadcast", BREAK(p.mask = rapt_dense(RAPT_BOOL, 1, 2, 3, 5)), "mask.shape is [1, 2, 3, 5]; each dimension"},
        Refusal{"BiasDoesNotBroadcast", BREAK(p.bias = rapt_dense(RAPT_F32, 1, 1, 3, 4)), "and dimension 3 is not"},
        Refusal{"AlibiShape", BREAK(p.alibi = rapt_dense(RAPT_F32, 3, kHeadsQ, 1, 1)), "alibi.shape is [3, 4, 1, 1]"},
        Refusal{"SinksPerBatch", BREAK(p.sinks = rapt_dense(RAPT_F32, kBatch, kHeadsQ, 1, 1)),
                "sinks.shape is [2, 4, 1, 1]; make it [1, 4"},
        Refusal{"MaxSeqlenQNegative", BREAK(p.max_seqlen_q = -1), "max_seqlen_q is -1"},
        Refusal{"MaxSeqlenQPastQ", BREAK(p.max_seqlen_q = 4), "max_seqlen_q is 4 but q.shape[2] is only 3"},
        Refusal{"MaxSeqlenKvPastK", BREAK(p.max_seqlen_kv = 6), "max_seqlen_kv is 6 but k.shape[2] is only 5"},
        Refusal{"TableWithoutTable", BREAK(p.table_stride = 1), "table_stride is 1, but RAPT_KV_DENSE has no table"},
        Refusal{"RaggedWithoutBatch", BREAK(p.batch = 0), "batch is 0", RAPT_INVALID_ARGUMENT, ragged_problem},
        Refusal{"RaggedQNotOne", BREAK(p.q.shape[0] = 2), "q.shape[0] is 2", RAPT_INVALID_ARGUMENT, ragged_problem},
        Refusal{"RaggedKNotOne", BREAK(p.k.shape[0] = p.v.shape[0] = 2), "k.shape[0] is 2", RAPT_INVALID_ARGUMENT, ragged_problem},
        Refusal{"PageSizeZero", BREAK(p.k.shape[2] = p.v.shape[2] = 0), "page_size, is 0", RAPT_INVALID_ARGUMENT, table_problem},
        Refusal{"PagedWithoutBound", BREAK(p.max_seqlen_kv = 0), "max_seqlen_kv is 0", RAPT_INVALID_ARGUMENT, list_problem},
        Refusal{"TableTooNarrow", BREAK(p.table_stride = 2), "needs 3 entries a row", RAPT_INVALID_ARGUMENT, table_problem},
        Refusal{"TableOverflows", BREAK(p.table_stride = INT64_MAX), "times batch 2 overflows", RAPT_INVALID_ARGUMENT, table_problem},
        Refusal{"ListWithTable", BREAK(p.table_stride = 3), "RAPT_KV_PAGE_LIST has no table", RAPT_INVALID_ARGUMENT, list_problem},
        Refusal{"PointersToManyPages", BREAK(p.k.shape[0] = p.v.shape[0] = 7), "k.shape[0] is 7", RAPT_INVALID_ARGUMENT, pointers_problem}),
    name_of);

#undef BREAK

// The problem is f32, which no CUDA kernel takes: where there is a device that is the reason.
TEST(PlanCreate, SaysWhyCudaDoesNotRunIt) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  problem.engine = RAPT_ENGINE_CUDA;
  rapt_plan* plan = nullptr;
  const rapt_status status = rapt_plan_create(context.get(), &problem, &plan);
  const std::string sentence = rapt_last_error();
  EXPECT_EQ(plan, nullptr);
  EXPECT_TRUE(status == RAPT_NO_DEVICE || status == RAPT_UNSUPPORTED) << rapt_status_name(status);
  EXPECT_EQ(sentence.rfind("engine cuda: n", 0), 0u) << sentence;
  EXPECT_NE(sentence.find("use engine cpu"), std::string::npos) << sentence;
}

TEST(PlanCreate, EmulatesOnlyWhereItWasBuiltIn) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  problem.engine = RAPT_ENGINE_EMULATED;
  rapt_plan* plan = nullptr;
  const rapt_status status = rapt_plan_create(context.get(), &problem, &plan);
  if (status == RAPT_NO_DEVICE) {
    EXPECT_EQ(plan, nullptr);
    EXPECT_STREQ(rapt_last_error(), "engine emulated: not in this build; configure one with -DRAPT_EMULATED=ON");
  } else {
    EXPECT_EQ(status, RAPT_OK) << rapt_last_error();
    EXPECT_EQ(std::string(rapt_plan_kernel(plan)).rfind("emulated/forward_", 0), 0u) << rapt_plan_kernel(plan);
  }
  rapt_plan_destroy(plan);
}

TEST(PlanCreate, RefusesNullArguments) {
  const ContextOwner context = make_context(1);
  const rapt_problem problem = small_problem();
  rapt_plan* plan = nullptr;
  EXPECT_EQ(rapt_plan_create(context.get(), &problem, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "plan is NULL; give the address of a rapt_plan*");
  EXPECT_EQ(rapt_plan_create(nullptr, &problem, &plan), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "context is NULL; create one with rapt_context_create");
  EXPECT_EQ(rapt_plan_create(context.get(), nullptr, &plan), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "problem is NULL; give a pointer to one");
}

TEST(PlanCreate, SaysForEachEngineWhyF64IsNotTaken) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  for (rapt_tensor* tensor : {&problem.q, &problem.k, &problem.v, &problem.o}) tensor->type = RAPT_F64;
  rapt_plan* plan = nullptr;
  EXPECT_EQ(rapt_plan_create(context.get(), &problem, &plan), RAPT_UNSUPPORTED);
  const std::string sentence = rapt_last_error();
  EXPECT_EQ(sentence.rfind("no engine takes the problem. ", 0), 0u) << sentence;
  EXPECT_NE(sentence.find("cpu: q is f64"), std::string::npos) << sentence;
  problem.engine = RAPT_ENGINE_CPU;
  EXPECT_EQ(rapt_plan_create(context.get(), &problem, &plan), RAPT_UNSUPPORTED);
  EXPECT_NE(std::string(rapt_last_error()).find("engine cpu: "), std::string::npos) << rapt_last_error();
  problem.engine = RAPT_ENGINE_REFERENCE;
  EXPECT_NE(make_plan(context, problem), nullptr);
}

// A program built with a later header hands in a longer struct: fine as long as it uses nothing that we do not know.
TEST(PlanCreate, TakesALongerStructWhoseTailIsZero) {
  const ContextOwner context = make_context(1);
  struct Longer {
    rapt_problem problem;
    int64_t later;
  } longer;
  rapt_problem_init(&longer.problem, sizeof longer);
  const size_t size = longer.problem.struct_size;
  longer.problem = small_problem();
  longer.problem.struct_size = size;
  EXPECT_EQ(size, sizeof longer);
  EXPECT_NE(make_plan(context, longer.problem), nullptr);
  longer.later = 1;
  rapt_plan* plan = nullptr;
  EXPECT_EQ(rapt_plan_create(context.get(), &longer.problem, &plan), RAPT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(rapt_last_error()).find("problem.struct_size is 864 and byte 856 is set"), std::string::npos) << rapt_last_error();
}

TEST(PlanCreate, TakesStridesOfAnyKindWhereTheyDoNotMatter) {
  const ContextOwner context = make_context(1);
  rapt_problem problem = small_problem();
  problem.mask = rapt_dense(RAPT_BOOL, 1, 1, 1, 1);
  for (int64_t& stride : problem.mask.strides) stride = INT64_MIN;
  problem.k.strides[0] = problem.v.strides[1] = 0;  // inputs may be broadcast by stride
  EXPECT_NE(make_plan(context, problem), nullptr);
}

}  // namespace
}  // namespace rapt::testing
