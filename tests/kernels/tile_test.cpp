// The vocabulary of the kernels, on its own: where chunks lie, what the products of tiles are, how a running softmax runs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "attention/online_softmax.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/swizzle.h"
#include "tests/emulator/launch.h"
#include "tile/load.h"
#include "tile/mma.h"

namespace rapt::kernels {
namespace {

template <class Tile>
class Layout : public testing::Test {};
// A panel; several; one of 32 bytes a row, one of 64; both kinds.
using Tiles =
    testing::Types<SharedTile<simt::bf16, 64, 64>, SharedTile<simt::bf16, 64, 128>, SharedTile<simt::bf16, 24, 16>,
                   SharedTile<simt::bf16, 16, 32>, SharedTile<simt::bf16, 64, 80>, SharedTile<simt::bf16, 32, 96>,
                   SharedTile<simt::bf16, 32, 256>, SharedTile<float, 32, 64>, SharedTile<float, 16, 48>, SharedTile<float, 8, 8>>;
TYPED_TEST_SUITE(Layout, Tiles);

TYPED_TEST(Layout, GivesEveryChunkAPlaceOfItsOwn) {
  std::set<int> places;
  for (int row = 0; row < TypeParam::kRows; ++row) {
    for (int c = 0; c < TypeParam::kChunks; ++c) places.insert(TypeParam::offset(row, c));
  }
  EXPECT_EQ(places.size(), static_cast<size_t>(TypeParam::kRows * TypeParam::kChunks));
  EXPECT_EQ(*places.begin(), 0);
  EXPECT_EQ(*places.rbegin(), TypeParam::kRows * TypeParam::kCols - TypeParam::kChunkCols);
}

TYPED_TEST(Layout, PutsEightRowsInEightBankGroups) {
  for (int row0 = 0; row0 < TypeParam::kRows; row0 += 8) {
    for (int c = 0; c < TypeParam::kChunks; ++c) {
      std::set<int> groups;
      for (int row = row0; row < row0 + 8; ++row) groups.insert(TypeParam::offset(row, c) / TypeParam::kChunkCols % 8);
      EXPECT_EQ(groups.size(), 8u) << "rows from " << row0 << ", chunk " << c;
    }
  }
}

// Panel after panel, each as wide as it can be.
TYPED_TEST(Layout, IsWhatTmaWrites) {
  for (int row = 0; row < TypeParam::kRows; ++row) {
    for (int c = 0; c < TypeParam::kChunks; ++c) {
      const int panel = c / 8, width = panel < TypeParam::kPanels ? 128 : TypeParam::kTail * 16;
      const int plain = panel * TypeParam::kRows * 128 + row * width + c % 8 * 16;
      EXPECT_EQ(TypeParam::offset(row, c) * static_cast<int>(sizeof(typename TypeParam::Element)),
                static_cast<int>(emu::isa::swizzled(static_cast<uint32_t>(plain), width)))
          << row << ", " << c;
    }
  }
}

// s = a b^T of 32 x kD and 64 x kD rows; o = round(s) v of 64 x kDv. One warp with two blocks of 16 rows.
template <int kD, int kDv>
struct Products {
  struct Params {
    GlobalRows<simt::bf16> a, b, v;
    float *s, *o;
  };
  struct SharedStorage {
    SharedTile<simt::bf16, 32, kD> a;
    SharedTile<simt::bf16, 64, kD> b;
    SharedTile<simt::bf16, 64, kDv> v;
  };
  static constexpr int kThreads = 32, kMinBlocks = 1;

  static void run(const Params& p, SharedStorage& smem) {
    load_async<kThreads>(smem.a, p.a, 0);
    load_async<kThreads>(smem.b, p.b, 0);
    load_async<kThreads>(smem.v, p.v, 0);
    simt::cp_async_commit_group();
    simt::cp_async_wait_group<0>();
    simt::sync_block();
    Accumulator<64> s[2];
    Accumulator<kDv> o[2];
    OperandA<simt::bf16, 64> operand[2];
    for (int i = 0; i < 2; ++i) o[i].zero();
    mma_abt(s, smem.a, 0, smem.b, kD);
    for (int i = 0; i < 2; ++i) operand[i].pack(s[i]);
    mma_ab(o, operand, smem.v, kDv);
    for (int b = 0; b < 2; ++b) {
      for (int i = 0; i < s[b].kSize; ++i) p.s[(16 * b + s[b].row(s[b].half(i))) * 64 + s[b].col(i)] = s[b].v[i];
      for (int i = 0; i < o[b].kSize; ++i) p.o[(16 * b + o[b].row(o[b].half(i))) * kDv + o[b].col(i)] = o[b].v[i];
    }
  }
};

// Small integers: every product and sum is exact in bf16 and f32.
emu::DeviceArray<simt::bf16> integers(int rows, int stride, int seed, int range) {
  std::vector<simt::bf16> values;
  for (int i = 0; i < rows * stride; ++i)
    values.push_back(simt::from_float<simt::bf16>(static_cast<float>((i * 7 + seed + i / 13) % range - range / 2)));
  return {values, "integers"};
}

// What is missing at the end of each: columns of a and b, rows of b, columns of v. And how far rows are apart in a.
struct Missing {
  int k = 0, keys = 0, dv = 0, gap = 0;
  bool chunked = true;
};

template <int kD, int kDv>
void expect_products(const Missing& missing) {
  const int d = kD - missing.k, keys = 64 - missing.keys, dv = kDv - missing.dv, stride = kD + missing.gap;
  const auto a = integers(32, stride, 1, 3), b = integers(64, kD, 2, 3), v = integers(64, kDv, 3, 5);
  emu::DeviceArray<float> s(32 * 64, "s"), o(32 * kDv, "o");
  const typename Products<kD, kDv>::Params params{{a.data(), stride, 32, d, missing.chunked},
                                                  {b.data(), kD, keys, d, missing.chunked},
                                                  {v.data(), kDv, 64, dv, missing.chunked},
                                                  s.data(),
                                                  o.data()};
  const emu::Report report = emu::launch<Products<kD, kDv>>({1, 1, 1}, params, {});
  ASSERT_TRUE(report.clean()) << report.text();
  EXPECT_EQ(report.bank_conflicts, 0u);
  for (int row = 0; row < 32; ++row) {
    std::vector<float> exact(64, 0.0f);
    for (int key = 0; key < keys; ++key) {
      for (int k = 0; k < d; ++k)
        exact[static_cast<size_t>(key)] += simt::to_float(a.data()[row * stride + k]) * simt::to_float(b.data()[key * kD + k]);
    }
    for (int key = 0; key < 64; ++key) ASSERT_EQ(s.data()[row * 64 + key], exact[static_cast<size_t>(key)]) << "s " << row << ", " << key;
    for (int col = 0; col < kDv; ++col) {
      float sum = 0;
      for (int key = 0; key < 64 && col < dv; ++key) sum += exact[static_cast<size_t>(key)] * simt::to_float(v.data()[key * kDv + col]);
      ASSERT_EQ(o.data()[row * kDv + col], sum) << "o " << row << ", " << col;
    }
  }
}

TEST(TileProducts, AreExactOnIntegersWithoutBankConflicts) {
  expect_products<64, 128>({});
  expect_products<80, 96>({});
  expect_products<96, 80>({});
  expect_products<32, 16>({});
}
TEST(TileProducts, SeeZerosBeyondTheMatrix) {
  expect_products<64, 128>({.keys = 5, .dv = 8, .gap = 8});
  expect_products<80, 96>({.k = 8, .keys = 5, .dv = 24});
  expect_products<96, 80>({.k = 32, .dv = 16});
}
TEST(TileProducts, AreTheSameFromRowsOfAnyStride) {
  expect_products<64, 128>({.keys = 5, .dv = 11, .gap = 3, .chunked = false});
  expect_products<80, 96>({.k = 3, .keys = 5, .dv = 1, .gap = 1, .chunked = false});
}

// One warp: scores of 16 rows in tiles of 16 columns, one after the other. Each lane keeps of its own columns what a product of tiles would
// sum over all of them: the probabilities, and the probabilities times the columns' numbers.
struct Softmax {
  struct Params {
    const float* scores;  // [16, tiles * 16]
    int tiles;
    float c;
    float *mean, *total, *log2_sum;  // [16] each: sum p j, sum p, log2 of the sum
  };
  struct SharedStorage {};
  static constexpr int kThreads = 32, kMinBlocks = 1;

  static void run(const Params& p, SharedStorage&) {
    OnlineSoftmax softmax;
    Accumulator<8> o;  // of either row: sum p j, sum p
    softmax.reset();
    o.zero();
    for (int tile = 0; tile < p.tiles; ++tile) {
      Accumulator<16> s;
      for (int i = 0; i < s.kSize; ++i) s.v[i] = p.scores[s.row(s.half(i)) * p.tiles * 16 + tile * 16 + s.col(i)];
      softmax.update(s, o, p.c);
      for (int i = 0; i < s.kSize; ++i) {
        o.v[2 * s.half(i)] += s.v[i] * static_cast<float>(tile * 16 + s.col(i));
        o.v[2 * s.half(i) + 1] += s.v[i];
      }
    }
    softmax.finish(o);
    for (int i = 0; i < o.kSize; ++i) {
      o.v[i] += simt::shfl_xor(o.v[i], 1);
      o.v[i] += simt::shfl_xor(o.v[i], 2);
    }
    for (int h = 0; h < 2 && simt::lane() % 4 == 0; ++h) {
      p.mean[o.row(h)] = o.v[2 * h], p.total[o.row(h)] = o.v[2 * h + 1];
      p.log2_sum[o.row(h)] = softmax.log2_sum(h, p.c);
    }
  }
};

struct SoftmaxResult {
  std::vector<float> mean, total, log2_sum;
};
SoftmaxResult run_softmax(const std::vector<float>& scores, int tiles, float c) {
  const emu::DeviceArray<float> given(scores, "scores");
  emu::DeviceArray<float> mean(16, "mean"), total(16, "total"), log2_sum(16, "log2_sum");
  const Softmax::Params params{given.data(), tiles, c, mean.data(), total.data(), log2_sum.data()};
  const emu::Report report = emu::launch<Softmax>({1, 1, 1}, params, {});
  EXPECT_TRUE(report.clean()) << report.text();
  return {mean.host(), total.host(), log2_sum.host()};
}

TEST(OnlineSoftmax, SumsAcrossTilesAsAcrossOne) {
  constexpr int kTiles = 5, kCols = 16 * kTiles;
  std::vector<float> scores;
  for (int i = 0; i < 16 * kCols; ++i)
    scores.push_back(static_cast<float>((i * 37) % 101) * 0.4f - 11.0f + static_cast<float>(i % kCols) * 0.2f);
  for (const float c : {1.0f, 0.25f, 3.0f}) {
    const SoftmaxResult result = run_softmax(scores, kTiles, c);
    for (int row = 0; row < 16; ++row) {
      double sum = 0, mean = 0;
      for (int j = 0; j < kCols; ++j) {
        const double weight = std::exp2(double{c} * double{scores[static_cast<size_t>(row * kCols + j)]});
        sum += weight, mean += weight * j;
      }
      EXPECT_NEAR(result.total[static_cast<size_t>(row)], 1, 1e-6) << row << " " << c;
      EXPECT_NEAR(result.mean[static_cast<size_t>(row)], mean / sum, 1e-5 * kCols) << row << " " << c;
      EXPECT_NEAR(result.log2_sum[static_cast<size_t>(row)], std::log2(sum), 1e-5 * (1 + std::abs(std::log2(sum)))) << row << " " << c;
    }
  }
}

TEST(OnlineSoftmax, LeavesRowsWithoutAKeyEmptyAndLetsThemBeginLate) {
  constexpr int kTiles = 3, kCols = 16 * kTiles;
  std::vector<float> scores(16 * kCols, -kInfinity);
  for (int row = 8; row < 16; ++row) scores[static_cast<size_t>(row * kCols + kCols - 1)] = 2.5f;  // one key, in the last tile
  const SoftmaxResult result = run_softmax(scores, kTiles, 0.5f);
  for (size_t row = 0; row < 16; ++row) {
    EXPECT_EQ(result.total[row], row < 8 ? 0.0f : 1.0f);
    EXPECT_EQ(result.mean[row], row < 8 ? 0.0f : 47.0f);
    EXPECT_EQ(result.log2_sum[row], row < 8 ? -kInfinity : 1.25f);
  }
}

TEST(OnlineSoftmax, TurnsAnInfiniteOrMissingNumberIntoNanForItsRowAlone) {
  std::vector<float> scores(16 * 16, 0.5f);
  scores[2 * 16 + 3] = kInfinity;
  scores[11 * 16 + 9] = NAN;
  const SoftmaxResult result = run_softmax(scores, 1, 1.0f);
  for (size_t row = 0; row < 16; ++row) {
    EXPECT_EQ(std::isnan(result.mean[row]), row == 2 || row == 11) << row;
    EXPECT_EQ(std::isnan(result.log2_sum[row]), row == 2 || row == 11) << row;
  }
}

}  // namespace
}  // namespace rapt::kernels
