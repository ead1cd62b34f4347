// rapt_merge of parts in a device's memory, emulated: against exact sums, against the judge, and what it refuses.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "tests/emulator/memory.h"
#include "workbench/judge.h"
#include "workbench/scalar.h"

namespace rapt::emulated {
namespace {

using namespace workbench;
using conformance::judging_context;
using conformance::kInfinity;

int64_t elements_behind(const rapt_tensor& t) {
  int64_t last = 0;
  for (int d = 0; d < 4; ++d) last += (t.shape[d] - 1) * t.strides[d];
  return last + 1;
}
int64_t offset(const rapt_tensor& t, int64_t b, int64_t h, int64_t i, int64_t d) {
  return b * t.strides[0] + h * t.strides[1] + i * t.strides[2] + d;
}

// A part, or a result, in the emulated device's memory: every element is written by the host, gaps are not.
struct OnDevice {
  rapt_tensor o, lse;
  std::unique_ptr<emu::DeviceMemory> o_memory, lse_memory;

  OnDevice(const rapt_tensor& o_tensor, const rapt_tensor& lse_tensor) : o(o_tensor), lse(lse_tensor) {
    o_memory = std::make_unique<emu::DeviceMemory>(elements_behind(o) * rapt_type_size(o.type), "o");
    lse_memory = std::make_unique<emu::DeviceMemory>(elements_behind(lse) * 4, "lse");
  }
  rapt_partial partial() const { return {o, lse, o_memory->data(), lse_memory->data()}; }
  void set_o(int64_t at, double x) const {
    uint64_t bits = 0;
    store(&bits, o.type, 0, x);
    o_memory->write(static_cast<size_t>(at) * rapt_type_size(o.type), &bits, rapt_type_size(o.type));
  }
  void set_lse(int64_t at, float x) const { lse_memory->write(static_cast<size_t>(at) * 4, &x, 4); }
  double o_at(int64_t at) const { return load(o_memory->data(), o.type, at); }
  double lse_at(int64_t at) const { return static_cast<const float*>(lse_memory->data())[at]; }
};

struct Shape {
  int64_t b, h, i, d;
};

// Row-major, or with the rows of all heads side by side and a gap behind each.
OnDevice make(rapt_type type, const Shape& s, bool strided) {
  rapt_tensor o = rapt_dense(type, s.b, s.h, s.i, s.d), lse = rapt_dense(RAPT_F32, s.b, s.h, s.i, 1);
  if (strided) {
    o.strides[1] = s.d + 3, o.strides[2] = s.h * o.strides[1], o.strides[0] = s.i * o.strides[2] + 5;
    lse.strides[1] = 2, lse.strides[2] = 2 * s.h, lse.strides[0] = 2 * s.h * s.i + 1;
    for (int d = 0; d < 3; ++d)
      if (o.shape[d] == 1) o.strides[d] = 1 << 20;  // of no meaning
    return {rapt_tensor{o.type, 0, {s.b, s.h, s.i, s.d}, {o.strides[0], o.strides[1], o.strides[2], 1}, 0}, lse};
  }
  return {o, lse};
}

rapt_status merge(const std::vector<OnDevice>& parts, const rapt_partial& result) {
  std::vector<rapt_partial> partials;
  for (const OnDevice& part : parts) partials.push_back(part.partial());
  return rapt_merge(judging_context(), partials.data(), static_cast<int32_t>(partials.size()), &result, nullptr);
}

// Calls f(offset in o of column 0, offset in lse) for a row of each part and of the result.
template <class F>
void for_each_row(const Shape& s, const F& f) {
  for (int64_t b = 0; b < s.b; ++b)
    for (int64_t h = 0; h < s.h; ++h)
      for (int64_t i = 0; i < s.i; ++i) f(b, h, i);
}

double wave(int64_t n) { return std::sin(0.7 * static_cast<double>(n) + 0.1 * static_cast<double>(n % 13)); }

// Parts whose lse lie within a few units; every third row of every fifth part saw nothing, and its o is NaN, which adds nothing.
std::vector<OnDevice> make_parts(int count, const Shape& s) {
  const rapt_type types[] = {RAPT_F32, RAPT_BF16, RAPT_F16};
  std::vector<OnDevice> parts;
  for (int p = 0; p < count; ++p) {
    parts.push_back(make(types[p % 3], s, p % 2 == 1));
    const OnDevice& part = parts.back();
    int64_t row = 0;
    for_each_row(s, [&](int64_t b, int64_t h, int64_t i) {
      const bool empty = p % 5 == 1 && row % 3 == 2;
      for (int64_t d = 0; d < s.d; ++d) part.set_o(offset(part.o, b, h, i, d), empty ? NAN : wave(1000 * p + 17 * row + d));
      part.set_lse(offset(part.lse, b, h, i, 0), empty ? -INFINITY : static_cast<float>(60 + 5 * wave(31 * p + row)));
      ++row;
    });
  }
  return parts;
}

// Of each element, at most: three roundings of weights in f32 and one of the result, as a share of sum w |o|; of lse the same in its units.
void expect_exact_sums(const std::vector<OnDevice>& parts, const Shape& s, const OnDevice& result) {
  const double unit = result.o.type == RAPT_F32 ? 0 : result.o.type == RAPT_F16 ? std::ldexp(1, -11) : std::ldexp(1, -8);
  const double roundings = std::ldexp(24 + static_cast<double>(parts.size()), -24);
  for_each_row(s, [&](int64_t b, int64_t h, int64_t i) {
    double sum = 0;
    const auto lse = [&](const OnDevice& part) { return part.lse_at(offset(part.lse, b, h, i, 0)); };
    for (const OnDevice& part : parts) sum += std::exp(lse(part));
    ASSERT_NEAR(lse(result), std::log(sum), 70 * std::ldexp(2, -24));
    for (int64_t d = 0; d < s.d; ++d) {
      double o = 0, size = 0;
      for (const OnDevice& part : parts) {
        if (lse(part) == -kInfinity) continue;
        const double x = std::exp(lse(part)) / sum * part.o_at(offset(part.o, b, h, i, d));
        o += x, size += std::abs(x);
      }
      ASSERT_NEAR(result.o_at(offset(result.o, b, h, i, d)), o, roundings * size + unit * std::abs(o)) << b << h << i << "," << d;
    }
  });
}

TEST(MergeOnDevice, SumsPartsOfAnyTypeAndLayout) {
  const Shape shapes[] = {{2, 3, 5, 40}, {1, 1, 9, 256}, {1, 2, 2, 257}, {3, 1, 1, 600}, {1, 1, 1, 1}};
  const rapt_type types[] = {RAPT_F32, RAPT_F16, RAPT_BF16};
  int turn = 0;
  for (const int count : {1, 2, 3, 31, 32, 33, 48}) {
    for (const Shape& shape : shapes) {
      SCOPED_TRACE(fmt::format("{} parts of {},{},{},{}", count, shape.b, shape.h, shape.i, shape.d));
      const std::vector<OnDevice> parts = make_parts(count, shape);
      const OnDevice result = make(types[turn % 3], shape, turn % 2 == 0);
      ++turn;
      ASSERT_EQ(merge(parts, result.partial()), RAPT_OK) << rapt_last_error();
      if (count > 1) expect_exact_sums(parts, shape, result);
    }
  }
}

TEST(MergeOnDevice, RowsThatNobodySawAreZero) {
  const Shape shape = {1, 2, 3, 20};
  std::vector<OnDevice> parts;
  for (int p = 0; p < 3; ++p) {
    parts.push_back(make(RAPT_F32, shape, false));
    for (int64_t at = 0; at < 120; ++at) parts[static_cast<size_t>(p)].set_o(at, NAN);
    for (int64_t at = 0; at < 6; ++at) parts[static_cast<size_t>(p)].set_lse(at, -INFINITY);
  }
  const OnDevice result = make(RAPT_BF16, shape, true);
  ASSERT_EQ(merge(parts, result.partial()), RAPT_OK) << rapt_last_error();
  for_each_row(shape, [&](int64_t b, int64_t h, int64_t i) {
    for (int64_t d = 0; d < shape.d; ++d) ASSERT_EQ(result.o_at(offset(result.o, b, h, i, d)), 0);
    ASSERT_EQ(result.lse_at(offset(result.lse, b, h, i, 0)), -kInfinity);
  });
}

// What the CPU makes of numbers that are not finite, a device makes of them; weights beyond f32 among them.
TEST(MergeOnDevice, NonfiniteNumbersGoWhereTheyGoOnTheHost) {
  constexpr float kInf = INFINITY;
  const std::vector<std::vector<float>> lse = {{0, 1}, {0, NAN}, {0, kInf}, {kInf, kInf}, {-kInf, 2}, {0, -200}, {0, -60}, {3e38f, -3e38f}};
  const auto rows = static_cast<int64_t>(lse.size());
  const Shape shape = {1, 1, rows, 4};
  const double o[2][4] = {{1, NAN, 2, INFINITY}, {3, 4, INFINITY, -INFINITY}};
  std::vector<OnDevice> parts;
  for (size_t p = 0; p < 2; ++p) {
    parts.push_back(make(RAPT_F32, shape, false));
    for (int64_t row = 0; row < rows; ++row) {
      parts[p].set_lse(row, lse[static_cast<size_t>(row)][p]);
      for (int64_t d = 0; d < 4; ++d) parts[p].set_o(4 * row + d, o[p][d]);
    }
  }
  const OnDevice result = make(RAPT_F32, shape, false);
  ASSERT_EQ(merge(parts, result.partial()), RAPT_OK) << rapt_last_error();
  std::vector<float> host_o[3], host_lse[3];
  std::vector<rapt_partial> host;
  for (size_t p = 0; p < 3; ++p) {
    const OnDevice& from = p < 2 ? parts[p] : result;
    host_o[p].assign(static_cast<const float*>(from.o_memory->data()), static_cast<const float*>(from.o_memory->data()) + 4 * rows);
    host_lse[p].assign(static_cast<const float*>(from.lse_memory->data()), static_cast<const float*>(from.lse_memory->data()) + rows);
    host.push_back({from.o, from.lse, host_o[p].data(), host_lse[p].data()});
  }
  ASSERT_EQ(rapt_merge(judging_context(), host.data(), 2, &host[2], nullptr), RAPT_OK) << rapt_last_error();
  const auto alike = [](double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b || std::abs(a - b) < 1e-6 * std::abs(b); };
  for (int64_t at = 0; at < 4 * rows; ++at)
    EXPECT_TRUE(alike(result.o_at(at), host_o[2][static_cast<size_t>(at)]))
        << at << ": " << result.o_at(at) << " " << host_o[2][static_cast<size_t>(at)];
  for (int64_t at = 0; at < rows; ++at)
    EXPECT_TRUE(alike(result.lse_at(at), host_lse[2][static_cast<size_t>(at)])) << at << ": " << result.lse_at(at);
}

TEST(MergeOnDevice, ResultMayBeOneOfThePartsAndDoWithoutLse) {
  const Shape shape = {2, 1, 3, 300};
  const std::vector<OnDevice> parts = make_parts(4, shape);
  const OnDevice apart = make(RAPT_F32, shape, false), silent = make(RAPT_F32, shape, false);
  ASSERT_EQ(merge(parts, apart.partial()), RAPT_OK) << rapt_last_error();
  rapt_partial without = silent.partial();
  without.lse = {}, without.lse_data = nullptr;
  ASSERT_EQ(merge(parts, without), RAPT_OK) << rapt_last_error();
  ASSERT_EQ(merge(parts, parts[0].partial()), RAPT_OK) << rapt_last_error();
  for (int64_t at = 0; at < 2 * 3 * 300; ++at) {
    ASSERT_EQ(silent.o_at(at), apart.o_at(at)) << at;
    ASSERT_EQ(parts[0].o_at(at), apart.o_at(at)) << at;
  }
  for (int64_t at = 0; at < 6; ++at) ASSERT_EQ(parts[0].lse_at(at), apart.lse_at(at)) << at;
}

// Attention over parts of the keys, merged, is attention over all of them.
TEST(MergeOnDevice, AgreesWithTheJudgeOnTheWhole) {
  for (const char* type : {"f32", "f16/f16/f16/f32", "bf16"}) {
    const Case whole = conformance::case_of(fmt::format("{}:b2,hq4,hkv2,sq5,sk330,d40", type));
    const Shape shape = {2, 4, 5, 40};
    std::vector<OnDevice> parts;
    for (int64_t key = 0; key < 330; key += 10) {
      const Case some = conformance::keys_of(whole, key, key + 10);
      const Outcome part = run_engine(judging_context(), some, RAPT_ENGINE_CPU, false);
      ASSERT_TRUE(part.ok()) << part.message;
      parts.push_back(make(whole.problem.o.type, shape, false));
      parts.back().o_memory->write(0, part.o.data(), part.o.size());
      parts.back().lse_memory->write(0, part.lse.data(), part.lse.size());
    }
    const OnDevice result = make(whole.problem.o.type, shape, false);
    ASSERT_EQ(merge(parts, result.partial()), RAPT_OK) << rapt_last_error();
    Outcome both;
    both.o = Buffer(result.o_memory->size());
    both.lse = Buffer(result.lse_memory->size());
    std::memcpy(both.o.data(), result.o_memory->data(), result.o_memory->size());
    std::memcpy(both.lse.data(), result.lse_memory->data(), result.lse_memory->size());
    const Verdict verdict = compare(whole, judge(judging_context(), whole), both);
    EXPECT_TRUE(verdict.pass) << verdict.message;
  }
}

TEST(MergeOnDevice, RefusesAMixtureOfMemoriesAndTooManyParts) {
  const Shape shape = {1, 2, 3, 4};
  const std::vector<OnDevice> parts = make_parts(49, shape);
  const OnDevice result = make(RAPT_F32, shape, false);
  EXPECT_EQ(merge(parts, result.partial()), RAPT_UNSUPPORTED);
  EXPECT_STREQ(rapt_last_error(),
               "engine emulated: count is 49 and a launch takes 48; merge so many into an f32 result, which is then one of the parts");
  std::vector<float> o(24), lse(6);
  const rapt_partial host = {parts[0].o, parts[0].lse, o.data(), lse.data()}, device = parts[0].partial();
  rapt_partial mixed = device;
  mixed.lse_data = lse.data();
  EXPECT_EQ(rapt_merge(judging_context(), &mixed, 1, &device, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(
      rapt_last_error(),
      "parts[0].lse_data is in the host's memory and result.o_data in a device's memory; copy one of them, so that all are on one side");
  EXPECT_EQ(rapt_merge(judging_context(), &device, 1, &host, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_STREQ(
      rapt_last_error(),
      "parts[0].o_data is in a device's memory and result.o_data in the host's memory; copy one of them, so that all are on one side");
  EXPECT_EQ(rapt_merge(judging_context(), &device, 1, &mixed, nullptr), RAPT_INVALID_ARGUMENT);
  EXPECT_EQ(rapt_merge(judging_context(), &host, 1, &host, nullptr), RAPT_OK) << rapt_last_error();
}

}  // namespace
}  // namespace rapt::emulated
