// rapt_merge: what it refuses, and that it is attention over the union of key sets.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>

#include "tests/api_small_problem.h"

namespace rapt::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

// One partial result [2, 2, 3, 4] with its data.
struct Part {
  static constexpr int64_t kRows = 12, kDim = 4;
  std::vector<float> o = std::vector<float>(kRows * kDim), lse = std::vector<float>(kRows);
  rapt_partial partial() { return {rapt_dense(RAPT_F32, 2, 2, 3, kDim), rapt_dense(RAPT_F32, 2, 2, 3, 1), o.data(), lse.data()}; }
};

Part part_of(int seed) {
  Part part;
  for (size_t i = 0; i < part.o.size(); ++i) part.o[i] = std::sin(static_cast<float>(seed * 100 + static_cast<int>(i)));
  for (size_t i = 0; i < part.lse.size(); ++i) part.lse[i] = 3 * std::cos(static_cast<float>(seed * 10 + static_cast<int>(i)));
  return part;
}

Part nothing() {
  Part part;
  part.lse.assign(part.lse.size(), -kInf);
  return part;
}

struct Break {
  const char* name;
  void (*breaks)(rapt_partial& part, rapt_partial& result);
  rapt_status status;
  const char* says;
};
void PrintTo(const Break& refusal, std::ostream* out) { *out << refusal.name; }

class Merge : public ::testing::TestWithParam<Break> {};

TEST_P(Merge, RefusesWithAStatusAndASentence) {
  const ContextOwner context = make_context(1);
  Part first = part_of(1), second = part_of(2), sum;
  sum.o.assign(sum.o.size(), SmallData::kUntouched);
  rapt_partial parts[] = {first.partial(), second.partial()}, result = sum.partial();
  GetParam().breaks(parts[1], result);
  EXPECT_EQ(rapt_merge(context.get(), parts, 2, &result, nullptr), GetParam().status);
  EXPECT_NE(std::string(rapt_last_error()).find(GetParam().says), std::string::npos) << rapt_last_error();
  for (const float value : sum.o) ASSERT_EQ(value, SmallData::kUntouched);
}

#define BREAK(...) []([[maybe_unused]] rapt_partial& p, [[maybe_unused]] rapt_partial& r) { __VA_ARGS__; }
constexpr auto kArgument = RAPT_INVALID_ARGUMENT;

INSTANTIATE_TEST_SUITE_P(
    Refusals, Merge,
    ::testing::Values(Break{"PartF64", BREAK(p.o.type = RAPT_F64), kArgument,
                            "parts[1].o.type is RAPT_F64; use RAPT_F32, RAPT_F16 or RAPT_BF16"},
                      Break{"PartE4m3", BREAK(p.o.type = RAPT_E4M3), RAPT_UNSUPPORTED, "parts[1].o.type is RAPT_E4M3"},
                      Break{"LseF16", BREAK(p.lse.type = RAPT_F16), kArgument, "parts[1].lse.type is RAPT_F16; use RAPT_F32"},
                      Break{"NoLse", BREAK(p.lse = {}), kArgument, "parts[1].lse is absent"},
                      Break{"ShapesDisagree", BREAK(p.o.shape[2] = p.lse.shape[2] = 2), kArgument,
                            "parts[1].o.shape is [2, 2, 2, 4] but result.o.shape is [2, 2, 3, 4]"},
                      Break{"LseShape", BREAK(p.lse.shape[3] = 2), kArgument, "parts[1].lse.shape is [2, 2, 3, 2]; make it [2, 2, 3, 1]"},
                      Break{"StrideNegative", BREAK(p.o.strides[0] = -1), kArgument, "parts[1].o.strides[0] is -1"},
                      Break{"NoData", BREAK(p.o_data = nullptr), kArgument, "parts[1].o_data is NULL"},
                      Break{"NoLseData", BREAK(p.lse_data = nullptr), kArgument, "parts[1].lse_data is NULL"},
                      Break{"NoResult", BREAK(r.o_data = nullptr), kArgument, "result.o_data is NULL"},
                      Break{"ResultOverlaps", BREAK(r.o.strides[2] = 3), kArgument, "result.o.strides[2] is 3"},
                      Break{"ResultLseOverlaps", BREAK(r.lse.strides[0] = 0), kArgument, "result.lse.strides[0] is 0"},
                      Break{"DataMisaligned", BREAK(p.o_data = static_cast<char*>(p.o_data) + 2), RAPT_MISALIGNED, "parts[1].o_data is 0x"},
                      Break{"AliasInAnotherLayout", BREAK(p.o_data = r.o_data, p.o.strides[0] = 12, p.o.strides[1] = 24), kArgument,
                            "parts[1].o and result.o are the same memory with another type or other strides"}),
    [](const auto& refusal) { return std::string(refusal.param.name); });

#undef BREAK

TEST(MergeCall, RefusesNullArgumentsAndNoParts) {
  const ContextOwner context = make_context(1);
  Part part = part_of(1), sum;
  const rapt_partial one = part.partial(), result = sum.partial();
  EXPECT_EQ(rapt_merge(nullptr, &one, 1, &result, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(rapt_merge(context.get(), nullptr, 1, &result, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "parts is NULL but count is 1; give the parts");
  EXPECT_EQ(rapt_merge(context.get(), &one, 1, nullptr, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(rapt_merge(context.get(), &one, 0, &result, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(rapt_last_error(), "count is 0; give at least one part");
}

TEST(MergeCall, WeighsPartsByTheirLse) {
  const ContextOwner context = make_context(2);
  Part a = part_of(1), b = part_of(2), sum;
  const rapt_partial parts[] = {a.partial(), b.partial()}, result = sum.partial();
  ASSERT_EQ(rapt_merge(context.get(), parts, 2, &result, nullptr), RAPT_OK) << rapt_last_error();
  for (size_t i = 0; i < sum.o.size(); ++i) {
    const size_t row = i / Part::kDim;
    const double wa = std::exp(double{a.lse[row]}), wb = std::exp(double{b.lse[row]});
    ASSERT_NEAR(sum.o[i], (wa * a.o[i] + wb * b.o[i]) / (wa + wb), 1e-6);
    ASSERT_NEAR(sum.lse[row], std::log(wa + wb), 2e-6);
  }
}

TEST(MergeCall, PartThatSawNothingIsTheIdentity) {
  const ContextOwner context = make_context(1);
  Part a = part_of(3), none = nothing(), sum;
  const rapt_partial parts[] = {none.partial(), a.partial(), none.partial()}, result = sum.partial();
  ASSERT_EQ(rapt_merge(context.get(), parts, 3, &result, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(sum.o, a.o);
  EXPECT_EQ(sum.lse, a.lse);
  ASSERT_EQ(rapt_merge(context.get(), parts, 1, &result, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(sum.o, none.o);
  EXPECT_EQ(sum.lse, none.lse);
}

TEST(MergeCall, ResultMayBeOneOfThePartsAndDoWithoutLse) {
  const ContextOwner context = make_context(1);
  Part a = part_of(1), b = part_of(2), apart;
  rapt_partial parts[] = {a.partial(), b.partial()}, result = apart.partial();
  ASSERT_EQ(rapt_merge(context.get(), parts, 2, &result, nullptr), RAPT_OK) << rapt_last_error();
  ASSERT_EQ(rapt_merge(context.get(), parts, 2, &parts[1], nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(b.o, apart.o);
  EXPECT_EQ(b.lse, apart.lse);
  Part c = part_of(1), d = part_of(2), silent;
  rapt_partial again[] = {c.partial(), d.partial()}, without = silent.partial();
  without.lse_data = nullptr, without.lse = {};
  ASSERT_EQ(rapt_merge(context.get(), again, 2, &without, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(silent.o, apart.o);
}

TEST(MergeCall, InfinitiesOfTheFaintestPartCount) {
  const ContextOwner context = make_context(1);
  Part a = part_of(1), b = part_of(2), sum;
  b.o[5] = kInf, b.lse[1] = -1000;  // exp(-1000) is 0 in f64 too
  const rapt_partial parts[] = {a.partial(), b.partial()}, result = sum.partial();
  ASSERT_EQ(rapt_merge(context.get(), parts, 2, &result, nullptr), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(sum.o[5], kInf);
  EXPECT_EQ(sum.o[4], a.o[4]);
}

TEST(MergeCall, EmptyTensorsNeedNoData) {
  const ContextOwner context = make_context(1);
  const rapt_partial empty = {rapt_dense(RAPT_F32, 0, 2, 3, 4), rapt_dense(RAPT_F32, 0, 2, 3, 1), nullptr, nullptr};
  EXPECT_EQ(rapt_merge(context.get(), &empty, 1, &empty, nullptr), RAPT_OK) << rapt_last_error();
}

}  // namespace
}  // namespace rapt::testing
