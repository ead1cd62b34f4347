// Whole forwards at the far ends: blocks past 65535 of a grid, tensors whose parts lie more than 2^32 elements apart. A few blocks run, and
// give the bits of the same rows in a small problem.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/emulator/memory.h"
#include "tests/kernels/emulated_engine.h"

namespace rapt::emulated {
namespace {

using Numbers = emu::DeviceArray<uint16_t>;

constexpr int64_t kDim = 64, kKinds = 8;  // rows come in so many kinds, one after another

uint16_t number(int64_t kind, int64_t row, int64_t column) {  // bf16, -1 to 1
  const float x = static_cast<float>((kind * 29 + row * 13 + column * 7) % 17 - 8) / 8;
  return static_cast<uint16_t>(__builtin_bit_cast(uint32_t, x) >> 16);
}

// [count][rows][kDim]: the i-th of kind i / same % kKinds.
std::vector<uint16_t> numbers(int64_t count, int64_t rows, int64_t seed, int64_t same = 1) {
  std::vector<uint16_t> values;
  values.reserve(static_cast<size_t>(count * rows * kDim));
  for (int64_t i = 0; i < count; ++i)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < kDim; ++column) values.push_back(number(i / same % kKinds + seed, row, column));
  return values;
}

rapt_problem problem_of(int64_t batch, int64_t heads_q, int64_t heads_kv, int64_t rows, int64_t keys) {
  rapt_problem p = RAPT_PROBLEM_INIT;
  p.batch = batch;
  p.q = p.o = rapt_dense(RAPT_BF16, batch, heads_q, rows, kDim);
  p.k = p.v = rapt_dense(RAPT_BF16, batch, heads_kv, keys, kDim);
  return p;
}

struct Call {
  rapt_problem problem;
  Numbers q, k, v, o;
  Call(const rapt_problem& p, std::vector<uint16_t> q_in, const std::vector<uint16_t>& k_in, const std::vector<uint16_t>& v_in)
      : problem(p), q(q_in, "q"), k(k_in, "k"), v(v_in, "v"), o(q_in.size(), "o") {}
  void launch(int architecture, uint64_t first = 0, uint64_t count = ~uint64_t{0}) {
    rapt_args args = RAPT_ARGS_INIT;
    args.q = q.data(), args.k = k.data(), args.v = v.data(), args.o = o.data();
    Machine machine{architecture};
    machine.options.first = first, machine.options.count = count;
    EXPECT_EQ(launch_on(machine, problem, args), "");
  }
  void expect_rows(int64_t at, const Call& small, int64_t kind) const {
    for (int64_t i = 0; i < kDim; ++i)
      ASSERT_EQ(o[static_cast<size_t>(at * kDim + i)], small.o[static_cast<size_t>(kind * kDim + i)]) << at << " element " << i;
  }
};

// Every kind of its own batch entry; the numbers differ between kinds.
Call small_batches(int architecture, int64_t keys) {
  Call small(problem_of(kKinds, 1, 1, 1, keys), numbers(kKinds, 1, 1), numbers(kKinds, keys, 2), numbers(kKinds, keys, 3));
  small.launch(architecture);
  for (int64_t kind = 1; kind < kKinds; ++kind) EXPECT_NE(small.o[static_cast<size_t>(kind * kDim)], small.o[0]);
  return small;
}

class ForwardFar : public testing::TestWithParam<int> {};

TEST_P(ForwardFar, ReachesBatchesPast65535) {
  constexpr int64_t kBatch = 70000, kKeys = 2;
  const Call small = small_batches(GetParam(), kKeys);
  Call far(problem_of(kBatch, 1, 1, 1, kKeys), numbers(kBatch, 1, 1), numbers(kBatch, kKeys, 2), numbers(kBatch, kKeys, 3));
  for (const int64_t first : {int64_t{0}, int64_t{65530}, kBatch - 12}) {
    far.launch(GetParam(), static_cast<uint64_t>(first), 12);
    for (int64_t b = first; b < first + 12; ++b) far.expect_rows(b, small, b % kKinds);
  }
  EXPECT_FALSE(far.o.written(12 * kDim * 2, 2));
  EXPECT_FALSE(far.o.written(65529 * kDim * 2, kDim * 2));
}

TEST_P(ForwardFar, ReachesHeadsPast65535) {
  constexpr int64_t kHeads = 70000, kGroup = kHeads / kKinds, kKeys = 3;
  Call small(problem_of(1, kKinds, kKinds, 1, kKeys), numbers(kKinds, 1, 1, kKinds), numbers(kKinds, kKeys, 2), numbers(kKinds, kKeys, 3));
  small.launch(GetParam());
  Call far(problem_of(1, kHeads, kKinds, 1, kKeys), numbers(kHeads, 1, 1, kHeads), numbers(kKinds, kKeys, 2), numbers(kKinds, kKeys, 3));
  for (const int64_t first : {kGroup - 6, int64_t{65530}, kHeads - 12}) {
    far.launch(GetParam(), static_cast<uint64_t>(first), 12);
    for (int64_t h = first; h < first + 12; ++h) far.expect_rows(h, small, h / kGroup);
  }
}

// A tensor [2][...] whose second part lies more than 2^32 elements after the first, with nothing of ours between them.
struct Apart {
  Numbers second, first;
  Apart(const std::vector<uint16_t>& one, const std::vector<uint16_t>& two, const char* name)
      : second(two, name),
        first(one, name, reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(second.data()) - (size_t{12} << 30))) {}
  int64_t stride() const { return (reinterpret_cast<intptr_t>(second.data()) - reinterpret_cast<intptr_t>(first.data())) / 2; }
};

TEST_P(ForwardFar, ReachesTensorsPast32Bits) {
  constexpr int64_t kRows = 70, kKeys = 130;
  const auto one = [](int64_t rows, int64_t seed) { return numbers(1, rows, seed); };
  Apart q(one(kRows, 1), one(kRows, 5), "q"), k(one(kKeys, 2), one(kKeys, 6), "k"), v(one(kKeys, 3), one(kKeys, 7), "v"),
      o(one(kRows, 0), one(kRows, 0), "o");
  rapt_problem p = problem_of(2, 1, 1, kRows, kKeys);
  const auto stretch = [](rapt_tensor& tensor, const Apart& apart) {
    ASSERT_GT(apart.stride(), int64_t{1} << 32);
    tensor.strides[0] = apart.stride();
  };
  stretch(p.q, q), stretch(p.k, k), stretch(p.v, v), stretch(p.o, o);
  rapt_args args = RAPT_ARGS_INIT;
  args.q = q.first.data(), args.k = k.first.data(), args.v = v.first.data(), args.o = o.first.data();
  EXPECT_EQ(launch_on({GetParam()}, p, args), "");
  Call first(problem_of(1, 1, 1, kRows, kKeys), one(kRows, 1), one(kKeys, 2), one(kKeys, 3));
  Call second(problem_of(1, 1, 1, kRows, kKeys), one(kRows, 5), one(kKeys, 6), one(kKeys, 7));
  first.launch(GetParam()), second.launch(GetParam());
  EXPECT_EQ(o.first.host(), first.o.host());
  EXPECT_EQ(o.second.host(), second.o.host());
}

INSTANTIATE_TEST_SUITE_P(Emulated, ForwardFar, testing::Values(80, 90), [](const auto& of) { return "Sm" + std::to_string(of.param); });

}  // namespace
}  // namespace rapt::emulated
