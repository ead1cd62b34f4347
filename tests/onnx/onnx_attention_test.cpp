// Every engine against the goldens of ONNX's operator Attention, release 1.22. RAPT_ONNX_DIR holds a folder for each case.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "tests/onnx/case.h"
#include "tests/reference/attention.h"
#include "tests/reference/bits.h"

namespace rapt::test {
namespace {

constexpr size_t kCases = 50;  // at least; the package itself has 64

const std::map<int32_t, std::string> kEngines = {{RAPT_ENGINE_REFERENCE, "reference"}, {RAPT_ENGINE_CPU, "cpu"}};

// The distance to the next number of the type, upwards in magnitude.
double ulp(double value, rapt_type type) {
  const FloatFormat format = format_of(type);
  const int exponent = value == 0 ? format.min_exponent : std::max(std::ilogb(value), format.min_exponent);
  return std::ldexp(1.0, exponent - format.mantissa_bits);
}

double golden(const Npy& npy, size_t n) { return take(npy.data.data(), static_cast<int64_t>(n), npy.dtype == "<f2" ? RAPT_F16 : RAPT_F32); }

bool within(double value, double expected, double slack) {
  return std::isfinite(expected) ? std::fabs(value - expected) <= slack : value == expected || (std::isnan(value) && std::isnan(expected));
}

void expect_y(const OnnxCase& onnx, const std::vector<unsigned char>& o, const Values& bound) {
  const rapt_type type = onnx.problem.o.type;
  for (size_t n = 0; n < static_cast<size_t>(onnx.y.count()); ++n) {
    const double expected = golden(onnx.y, n), value = take(o.data(), static_cast<int64_t>(n), type);
    ASSERT_TRUE(within(value, expected, ulp(expected, type) + bound[n])) << "y[" << n << "] = " << value << ", golden " << expected;
  }
}

// What an engine may be off beside the one ulp, in y's order in memory; the judge: nothing.
void fill_bound(const OnnxCase& onnx, int32_t engine, Values& bound) {
  const rapt_tensor& o = onnx.problem.o;
  bound.assign(static_cast<size_t>(onnx.y.count()), 0.0);
  if (engine == RAPT_ENGINE_REFERENCE) return;
  Values logical(bound);
  EXPECT_EQ(rapt_error_bound(context(2), &onnx.problem, &onnx.args, logical.data(), nullptr), RAPT_OK) << rapt_last_error();
  for (size_t n = 0; n < logical.size(); ++n) {
    int64_t rest = static_cast<int64_t>(n), at = 0;
    for (int d = 3; d >= 0; --d) at += rest % o.shape[d] * o.strides[d], rest /= o.shape[d];
    bound[static_cast<size_t>(at)] = logical[n];
  }
}

class OnnxAttention : public testing::TestWithParam<std::tuple<int32_t, std::string>> {
 protected:
  void SetUp() override { load_onnx_case(std::filesystem::path(RAPT_ONNX_DIR) / std::get<1>(GetParam()), onnx_); }
  OnnxCase onnx_;
};

TEST_P(OnnxAttention, GivesTheGoldenOutput) {
  const int32_t engine = std::get<0>(GetParam());
  onnx_.problem.engine = engine;
  std::vector<unsigned char> o(onnx_.y.data.size(), 0xFF);
  onnx_.args.o = o.data();
  rapt_plan* plan = nullptr;
  ASSERT_EQ(rapt_plan_create(context(2), &onnx_.problem, &plan), RAPT_OK) << rapt_last_error();
  const size_t bytes = rapt_plan_workspace(plan);
  void* workspace = bytes == 0 ? nullptr : std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  if (workspace != nullptr) std::memset(workspace, 0xFF, bytes);
  const rapt_status status = rapt_run(plan, &onnx_.args, workspace, bytes, nullptr);
  EXPECT_EQ(status, RAPT_OK) << rapt_last_error();
  std::free(workspace);
  rapt_plan_destroy(plan);
  Values bound;
  fill_bound(onnx_, engine, bound);
  expect_y(onnx_, o, bound);
}

using OnnxMap = OnnxAttention;

TEST_P(OnnxMap, GivesTheGoldenScoresAndTheCache) {
  EXPECT_TRUE(!onnx_.present_key || onnx_.k.data == onnx_.present_key->data);
  EXPECT_TRUE(!onnx_.present_value || onnx_.v.data == onnx_.present_value->data);
  if (!onnx_.qk_matmul_output) return;
  const Npy& scores = *onnx_.qk_matmul_output;
  Values map(static_cast<size_t>(scores.count()));
  onnx_.problem.o = {};
  ASSERT_EQ(rapt_map(context(2), &onnx_.problem, &onnx_.args, onnx_.stage, map.data()), RAPT_OK) << rapt_last_error();
  const rapt_type type = scores.dtype == "<f2" ? RAPT_F16 : RAPT_F32;
  for (size_t n = 0; n < map.size(); ++n) {
    const double expected = golden(scores, n);
    ASSERT_TRUE(within(nearest(map[n], type), expected, ulp(expected, type)))
        << "score[" << n << "] = " << map[n] << ", golden " << expected;
  }
}

const std::vector<std::string> kNames = onnx_case_names(RAPT_ONNX_DIR);

std::string name_of(const testing::TestParamInfo<std::tuple<int32_t, std::string>>& test) {
  return kEngines.at(std::get<0>(test.param)) + "_" + std::get<1>(test.param);
}

INSTANTIATE_TEST_SUITE_P(Cases, OnnxAttention,
                         testing::Combine(testing::Values(RAPT_ENGINE_REFERENCE, RAPT_ENGINE_CPU), testing::ValuesIn(kNames)), name_of);
INSTANTIATE_TEST_SUITE_P(Cases, OnnxMap, testing::Combine(testing::Values(RAPT_ENGINE_REFERENCE), testing::ValuesIn(kNames)), name_of);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OnnxAttention);

TEST(OnnxAttentionCases, AreAllThere) {
  if (kNames.empty()) {
    GTEST_SKIP() << "ONNX's cases were not tested: no case in " RAPT_ONNX_DIR
                    ". Configure with -DRAPT_DATA_DIR=..., or with "
                    "-DRAPT_ONNX_FROM_PYPI=ON to make them from the package onnx 1.22.";
  }
  EXPECT_GE(kNames.size(), kCases);
}

}  // namespace
}  // namespace rapt::test
