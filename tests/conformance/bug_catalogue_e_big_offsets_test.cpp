// Catalogue section E: offsets past 2^31 and 2^32 elements, on address space that is reserved and hardly touched.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/mman.h>

#include <functional>
#include <tuple>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "workbench/scalar.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueE : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueE, testing::ValuesIn(machines()), machine_name);

constexpr int64_t kFar = (int64_t{1} << 31) + 64;  // elements: past what an int holds; twice that, past an unsigned
constexpr int kHeadDim = 64, kLive = 3;

// Address space without memory behind it until it is written. data() is null where the system refuses.
class Reserved {
 public:
  explicit Reserved(size_t bytes) : bytes_(bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    data_ = memory == MAP_FAILED ? nullptr : memory;
  }
  ~Reserved() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  void* data() const { return data_; }

 private:
  size_t bytes_;
  void* data_;
};

// The tensor's values, moved to where another tensor says.
void copy(const rapt_tensor& from, const void* source, const rapt_tensor& to, void* destination) {
  for (int64_t i0 = 0; i0 < from.shape[0]; ++i0) {
    for (int64_t i1 = 0; i1 < from.shape[1]; ++i1) {
      for (int64_t i2 = 0; i2 < from.shape[2]; ++i2) {
        for (int64_t i3 = 0; i3 < from.shape[3]; ++i3) {
          store(destination, to.type, offset_of(to, i0, i1, i2, i3), load(source, from.type, offset_of(from, i0, i1, i2, i3)));
        }
      }
    }
  }
}

// Where an offset that lost its upper bits would land: finite values that look like an answer.
void lay_decoys(const rapt_tensor& tensor, void* data) {
  for (const int64_t decoy : {int64_t{64}, int64_t{128}, int64_t{192}, int64_t{256}}) {
    for (int64_t d = 0; d < kHeadDim; ++d) store(data, tensor.type, decoy + d, 3.0);
  }
}

// q, k or v with dimension `dim` (of size 3) strided past 2^31 elements, against the same problem without gaps.
void expect_far_equals_near(const Case& given, rapt_tensor rapt_problem::*tensor, const void* rapt_args::*pointer, int dim,
                            const std::function<Outcome(const Case&)>& run) {
  const Case& dense = given;
  Case far = dense;
  rapt_tensor& t = far.problem.*tensor;
  t.strides[dim] = kFar;
  t.bytes = 0;
  const Reserved memory(static_cast<size_t>(extent(t) + 1024) * rapt_type_size(t.type));
  if (memory.data() == nullptr) GTEST_SKIP() << "this process may not reserve address space";
  lay_decoys(t, memory.data());
  copy(dense.problem.*tensor, dense.args.*pointer, t, memory.data());
  far.args.*pointer = memory.data();
  far.name += fmt::format(" with a stride of 2^31 + 64 in dimension {}", dim);
  EXPECT_TRUE(same_bits(o_of(dense, run(dense)), o_of(far, run(far)))) << far.name;
}

TEST_P(BugCatalogueE, E13InputsMayLieFartherApartThanAnIntHolds) {
  const auto engine = [&](const Case& data) { return run(data); };
  for (const char* type : {"f32", "bf16"}) {
    for (int dim = 0; dim < 3; ++dim) {
      const char* const shapes[] = {"b3,hq2,hkv1,sq2,sk5", "b1,hq3,hkv3,sq2,sk5", "b1,hq1,hkv1,sq3,sk3"};
      const Case data = case_of(fmt::format("{}:{},d64", type, shapes[dim]));
      expect_far_equals_near(data, &rapt_problem::q, &rapt_args::q, dim, engine);
      expect_far_equals_near(data, &rapt_problem::k, &rapt_args::k, dim, engine);
      expect_far_equals_near(data, &rapt_problem::v, &rapt_args::v, dim, engine);
    }
  }
}

TEST_P(BugCatalogueE, E13MasksAndBiasesToo) {
  const auto engine = [&](const Case& data) { return run(data); };
  for (int dim = 0; dim < 3; ++dim) {
    const char* const shapes[] = {"b3,hq2,hkv1,sq2,sk40", "b1,hq3,hkv3,sq2,sk40", "b1,hq1,hkv1,sq3,sk40"};
    const Case data = case_of(fmt::format("f32:{},d64:mask=bhqk,bias=bhqk/f16", shapes[dim]));
    expect_far_equals_near(data, &rapt_problem::mask, &rapt_args::mask, dim, engine);
    expect_far_equals_near(data, &rapt_problem::bias, &rapt_args::bias, dim, engine);
  }
}

TEST_P(BugCatalogueE, E13OutputsMayLieFartherApartThanAnIntHolds) {
  for (int dim = 0; dim < 3; ++dim) {
    const char* const shapes[] = {"b3,hq2,hkv1,sq2,sk5", "b1,hq3,hkv3,sq2,sk5", "b1,hq1,hkv1,sq3,sk3"};
    const Case data = case_of(fmt::format("f32:{},d64", shapes[dim]));
    rapt_problem problem = data.problem;
    problem.engine = GetParam().engine;
    problem.o.strides[dim] = problem.lse.strides[dim] = kFar;
    problem.o.bytes = problem.lse.bytes = 0;
    const Reserved o(static_cast<size_t>(extent(problem.o) + 1024) * 4), lse(static_cast<size_t>(extent(problem.lse) + 1024) * 4);
    if (o.data() == nullptr || lse.data() == nullptr) GTEST_SKIP() << "this process may not reserve address space";
    rapt_plan* plan = nullptr;
    ASSERT_EQ(rapt_plan_create(context(), &problem, &plan), RAPT_OK) << rapt_last_error();
    rapt_args args = data.args;
    args.o = o.data();
    args.lse = lse.data();
    Buffer workspace(rapt_plan_workspace(plan));
    EXPECT_EQ(rapt_run(plan, &args, workspace.data(), workspace.size(), nullptr), RAPT_OK) << rapt_last_error();
    rapt_plan_destroy(plan);
    std::vector<float> dense(static_cast<size_t>(extent(data.problem.o)));
    copy(problem.o, o.data(), data.problem.o, dense.data());
    EXPECT_TRUE(same_bits(std::vector<double>(dense.begin(), dense.end()), o_of(data, run(data)))) << dim;
  }
}

TEST_P(BugCatalogueE, E13PagesMayLieFartherApartThanAnIntHolds) {
  const Case near = case_of("f32:b1,hq2,hkv1,sq1,sk48,d64:page16");
  Case far = near;
  far.problem.k.strides[0] = far.problem.v.strides[0] = kFar;
  far.problem.k.bytes = far.problem.v.bytes = 0;
  const auto bytes = static_cast<size_t>(extent(far.problem.k) + 1024) * 4;
  const Reserved k(bytes), v(bytes);
  if (k.data() == nullptr || v.data() == nullptr) GTEST_SKIP() << "this process may not reserve address space";
  copy(near.problem.k, near.args.k, far.problem.k, k.data());
  copy(near.problem.v, near.args.v, far.problem.v, v.data());
  far.args.k = k.data();
  far.args.v = v.data();
  EXPECT_TRUE(same_bits(o_of(near, run(near)), o_of(far, run(far))));
}

TEST_P(BugCatalogueE, E11ABigPackedCacheHasStridesThatDoNotWrap) {
  // 131072 tokens of 128 heads of 192: the last sequence begins 3.2e9 elements in.
  constexpr int kTokens = 131072, kHeads = 128, kDim = 192;
  Case data = case_of("bf16:b2,hq128,hkv128,sq1,sk8,d192::ragged");
  const rapt_tensor near_k = rapt_tensor{RAPT_BF16, 0, {1, kHeads, 8, kDim}, {0, kDim, kHeads * kDim, 1}, 0};
  const Reserved memory(static_cast<size_t>(kTokens) * kHeads * kDim * 2);
  if (memory.data() == nullptr) GTEST_SKIP() << "this process may not reserve address space";
  rapt_tensor& k = data.problem.k;
  k = data.problem.v = rapt_tensor{RAPT_BF16, 0, {1, kHeads, kTokens, kDim}, {0, kDim, kHeads * kDim, 1}, 0};
  data.problem.max_seqlen_kv = kTokens;
  auto* const last = static_cast<uint16_t*>(memory.data()) + int64_t{kTokens - 8} * kHeads * kDim;
  fill(near_k, data.k = Buffer(static_cast<size_t>(8 * kHeads * kDim) * 2),
       [](auto, int64_t h, int64_t j, int64_t d) { return static_cast<double>((h * 3 + j * 5 + d) % 17 - 8) / 8; });
  copy(near_k, data.k.data(), near_k, last);
  data.args.k = data.args.v = memory.data();
  for (const auto& [buffer, middle, end] : {std::tuple{&data.cu_seqlens_q, 0, 1}, {&data.cu_seqlens_kv, kTokens - 8, kTokens}}) {
    buffer->as<int32_t>()[1] = middle;
    buffer->as<int32_t>()[2] = end;
  }
  data.lens_q = {0, 1};
  data.lens_kv = {kTokens - 8, 8};
  expect_judged(data);
}

TEST_P(BugCatalogueE, E12AHeadBiggerThanAnyCacheCanBePlanned) {
  for (const int64_t keys : {int64_t{65537}, int64_t{1} << 22, int64_t{1} << 30}) {
    rapt_problem problem = dense_problem(RAPT_F32, 1, 1, 1, 1, keys, 128, 128);
    problem.engine = GetParam().engine;
    rapt_plan* plan = nullptr;
    EXPECT_EQ(rapt_plan_create(context(), &problem, &plan), RAPT_OK) << rapt_last_error();
    const bool judge = GetParam().engine == RAPT_ENGINE_REFERENCE;  // it writes down whole rows of scores
    EXPECT_TRUE(judge || plan == nullptr || rapt_plan_workspace(plan) < size_t{1} << 30) << keys;
    rapt_plan_destroy(plan);
  }
}

TEST_P(BugCatalogueE, E14LargeIndicesGiveTheSampleItsOwnTruthNotAFiniteOther) {
  // One sequence in 300: each agrees with the same sequence computed alone.
  const Case batch = case_of("f32:b300,hq2,hkv1,sq2,sk7,d16:causal=br");
  const Outcome whole = run(batch);
  for (const int64_t b : {0, 1, 127, 128, 255, 256, 299}) {
    Case alone = batch;
    for (rapt_tensor* tensor : {&alone.problem.q, &alone.problem.k, &alone.problem.v, &alone.problem.o, &alone.problem.lse}) {
      tensor->shape[0] = 1;
      tensor->bytes = 0;
    }
    alone.problem.batch = 0;
    alone.args.q = batch.q.as<float>() + b * batch.problem.q.strides[0];
    alone.args.k = batch.k.as<float>() + b * batch.problem.k.strides[0];
    alone.args.v = batch.v.as<float>() + b * batch.problem.v.strides[0];
    alone.lens_q.assign(1, 2);
    alone.lens_kv.assign(1, 7);
    const Judgement exact = judge(judging_context(), alone);
    for (int64_t e = 0; e < 2 * 2 * 16; ++e) {
      const double value = at(batch.problem.o, whole.o, b, e / 32, e / 16 % 2, e % 16);
      EXPECT_LE(std::abs(value - exact.o[static_cast<size_t>(e)]), exact.bound_o[static_cast<size_t>(e)]) << "sequence " << b;
    }
  }
}

}  // namespace
}  // namespace rapt::conformance
