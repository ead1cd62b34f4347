// Products of f32 tiles: exact where f32 is, within a few 2^-24 of what is summed elsewhere, and right about infinities.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <vector>

#include "tests/emulator/launch.h"
#include "tile/load.h"
#include "tile/mma_f32.h"

namespace rapt::kernels {
namespace {

constexpr int kKeys = 32, kD = 48, kDv = 64, kRows = 32;

// s = a b^T of kRows x kD and kKeys x kD; o = w v of kRows x kKeys and kKeys x kDv. One warp with two blocks of 16 rows.
struct Products {
  struct Params {
    GlobalRows<float> a, b, v;
    const float* w;
    float *s, *o;
    int cols, cols_v;
  };
  struct SharedStorage {
    SharedTile<float, kRows, kD> a;
    SharedTile<float, kKeys, kD> b;
    SharedTile<float, kKeys, kDv> v;
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;

  static void run(const Params& p, SharedStorage& smem) {
    load_async<kThreads>(smem.a, p.a, 0);
    load_async<kThreads>(smem.b, p.b, 0);
    load_async<kThreads>(smem.v, p.v, 0);
    simt::cp_async_commit_group();
    simt::cp_async_wait_group<0>();
    simt::sync_block();
    Accumulator<kKeys> s[2], w[2];
    Accumulator<kDv> o[2];
    OperandA<float, kKeys> operand[2];
    mma_abt(s, smem.a, 0, smem.b, p.cols);
    for (int b = 0; b < 2; ++b) {
      o[b].zero();
      for (int i = 0; i < w[b].kSize; ++i) w[b].v[i] = p.w[(16 * b + w[b].row(w[b].half(i))) * kKeys + w[b].col(i)];
      operand[b].pack(w[b]);
    }
    mma_ab(o, operand, smem.v, p.cols_v);
    for (int b = 0; b < 2; ++b) {
      for (int i = 0; i < s[b].kSize; ++i) p.s[(16 * b + s[b].row(s[b].half(i))) * kKeys + s[b].col(i)] = s[b].v[i];
      for (int i = 0; i < o[b].kSize; ++i) p.o[(16 * b + o[b].row(o[b].half(i))) * kDv + o[b].col(i)] = o[b].v[i];
    }
  }
};

struct Matrices {
  std::vector<float> a, b, v, w, s, o;
};

template <class Value>
Matrices filled(const Value& value) {
  Matrices m;
  for (auto& [x, size] : {std::pair{&m.a, kRows * kD}, {&m.b, kKeys * kD}, {&m.v, kKeys * kDv}, {&m.w, kRows * kKeys}})
    for (int i = 0; i < size; ++i) x->push_back(value(i));
  return m;
}

void multiply(Matrices& m, int d = kD, int dv = kDv, bool chunked = true) {
  const emu::DeviceArray<float> a(m.a, "a"), b(m.b, "b"), v(m.v, "v"), w(m.w, "w");
  emu::DeviceArray<float> s(kRows * kKeys, "s"), o(kRows * kDv, "o");
  const Products::Params params{{a.data(), kD, kRows, d, chunked},
                                {b.data(), kD, kKeys, d, chunked},
                                {v.data(), kDv, kKeys, dv, chunked},
                                w.data(),
                                s.data(),
                                o.data(),
                                d,
                                dv};
  const emu::Report report = emu::launch<Products>({1, 1, 1}, params, {});
  ASSERT_TRUE(report.clean()) << report.text();
  EXPECT_EQ(report.bank_conflicts, 0u);
  m.s = s.host(), m.o = o.host();
}

float at(const std::vector<float>& x, int i) { return x[static_cast<size_t>(i)]; }

// Each element of s and o is within `unit` of the exact one for each unit of what is summed.
void expect_within(const Matrices& m, double unit, int d = kD, int dv = kDv) {
  const auto check = [&](const char* what, int row, int col, double exact, double size, float got) {
    ASSERT_LE(std::abs(double{got} - exact), unit * size) << what << " " << row << ", " << col << ": " << got << ", exact " << exact;
  };
  for (int row = 0; row < kRows; ++row) {
    for (int key = 0; key < kKeys; ++key) {
      double exact = 0, size = 0;
      for (int k = 0; k < d; ++k) {
        const double product = double{at(m.a, row * kD + k)} * double{at(m.b, key * kD + k)};
        exact += product, size += std::abs(product);
      }
      check("s", row, key, exact, size, at(m.s, row * kKeys + key));
    }
    for (int col = 0; col < kDv; ++col) {
      double exact = 0, size = 0;
      for (int key = 0; key < kKeys && col < dv; ++key) {
        const double product = double{at(m.w, row * kKeys + key)} * double{at(m.v, key * kDv + col)};
        exact += product, size += std::abs(product);
      }
      check("o", row, col, exact, size, at(m.o, row * kDv + col));
    }
  }
}

Matrices integers() {  // of up to 13 bits, two more than a term has
  return filled([](int i) { return static_cast<float>((i * 7 + i / 13 * 5) % 16001 - 8000); });
}
Matrices normal(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution;
  return filled([&](int) { return distribution(random); });
}

TEST(TileProductsF32, AreExactOnIntegersWithoutBankConflicts) {
  Matrices m = filled([](int i) { return static_cast<float>((i * 7 + i / 13 * 5) % 257 - 128); });
  multiply(m);
  expect_within(m, 0);
}

TEST(TileProductsF32, NeedTheLowTermsOfBothOperands) {
  Matrices m = integers();
  multiply(m);
  expect_within(m, 0x1p-21);
  for (const unsigned seed : {1u, 2u, 3u}) {
    m = normal(seed);
    multiply(m);
    expect_within(m, 0x1p-22);
  }
}

// No error cancels in a sum of equal numbers. 1 + 2^-11 - 2^-23 has the largest low term.
TEST(TileProductsF32, AreAccurateWhereEveryErrorIsTheSame) {
  for (const float x : {1.0f + 0x1p-11f - 0x1p-23f, 1.0f + 0x1.8p-11f, 1.7f, 1.0009f}) {
    Matrices m = filled([x](int) { return x; });
    multiply(m);
    expect_within(m, 0x1.4p-21);
  }
}

TEST(TileProductsF32, SeeZerosBeyondTheMatrix) {
  Matrices m = integers();
  multiply(m, 36, 20);
  expect_within(m, 0x1p-21, 36, 20);
  multiply(m, 29, 51, false);
  expect_within(m, 0x1p-21, 29, 51);
}

TEST(TileProductsF32, KeepInfinitiesAndNanApart) {
  Matrices m = normal(4);
  m.b[5 * kD + 3] = INFINITY;
  m.b[6 * kD + 3] = NAN;
  m.b[7 * kD + 3] = INFINITY, m.b[7 * kD + 40] = NAN;
  m.v[2 * kDv + 9] = -INFINITY;
  multiply(m);
  for (int row = 0; row < kRows; ++row) {
    EXPECT_EQ(at(m.s, row * kKeys + 5), at(m.a, row * kD + 3) > 0 ? INFINITY : -INFINITY) << row;
    EXPECT_TRUE(std::isnan(at(m.s, row * kKeys + 6)) && std::isnan(at(m.s, row * kKeys + 7))) << row;
    EXPECT_TRUE(std::isfinite(at(m.s, row * kKeys + 4))) << row;
    EXPECT_EQ(at(m.o, row * kDv + 9), at(m.w, row * kKeys + 2) > 0 ? -INFINITY : INFINITY) << row;
    EXPECT_TRUE(std::isfinite(at(m.o, row * kDv + 8))) << row;
  }
}

// What a lane picks of V: of each of the four, 32 banks for 32 lanes.
TEST(TileProductsF32, PickFromThirtyTwoBanks) {
  using Tile = SharedTile<float, kKeys, kDv>;
  for (int k = 0; k < kKeys; k += 8) {
    for (int n = 0; n < kDv; n += 8) {
      for (int odd = 0; odd < 2; ++odd) {
        std::set<int> banks;
        for (int lane = 0; lane < 32; ++lane)
          banks.insert((Tile::offset(k + 2 * (lane % 4) + odd, (n + lane / 4) / 4) + lane / 4 % 4) % 32);
        EXPECT_EQ(banks.size(), 32u) << k << ", " << n;
      }
    }
  }
}

}  // namespace
}  // namespace rapt::kernels
