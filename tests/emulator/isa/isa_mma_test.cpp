// mma.sync against integer matrix products; fragments laid out element by element as the tables of PTX ISA 9.7.14.5 number them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/mma.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/emulator/isa/convert.h"

namespace emu::isa {
namespace {

struct Place {
  int row, column;
};

// Element i of a lane's fragment, numbered through its registers.
struct Fragment16 {  // m16n8k16
  static constexpr int kDepth = 16, kBits = 16;
  static Place a(int group, int tid, int i) {
    return {i < 2 || (4 <= i && i < 6) ? group : group + 8, i < 4 ? tid * 2 + (i & 1) : tid * 2 + (i & 1) + 8};
  }
  static Place b(int group, int tid, int i) { return {i < 2 ? tid * 2 + (i & 1) : tid * 2 + (i & 1) + 8, group}; }
};
struct Fragment32 {  // m16n8k8, tf32
  static constexpr int kDepth = 8, kBits = 32;
  static Place a(int group, int tid, int i) { return {i == 0 || i == 2 ? group : group + 8, i == 0 || i == 1 ? tid : tid + 4}; }
  static Place b(int group, int tid, int i) { return {i == 0 ? tid : tid + 4, group}; }
};
struct Fragment8 {  // m16n8k32
  static constexpr int kDepth = 32, kBits = 8;
  static Place a(int group, int tid, int i) {
    return {i < 4 || (8 <= i && i < 12) ? group : group + 8, i < 8 ? tid * 4 + (i & 3) : tid * 4 + (i & 3) + 16};
  }
  static Place b(int group, int tid, int i) { return {i < 4 ? tid * 4 + (i & 3) : tid * 4 + (i & 3) + 16, group}; }
};
Place accumulator(int group, int tid, int i) { return {i < 2 ? group : group + 8, tid * 2 + (i & 1)}; }

template <class Fragment, class Lanes, class Encode>
void expect_integer_product(void (*mma)(Lanes&), Encode encode) {
  constexpr int kDepth = Fragment::kDepth, kPer = 32 / Fragment::kBits;
  constexpr uint32_t kMask = Fragment::kBits == 32 ? ~0u : (1u << Fragment::kBits % 32) - 1;
  std::mt19937 random(7);
  std::uniform_int_distribution<int> small(-8, 8);
  for (int trial = 0; trial < 20; ++trial) {
    int a[16][kDepth], b[kDepth][8], d[16][8];
    for (auto& row : a)
      for (int& x : row) x = small(random);
    for (auto& row : b)
      for (int& x : row) x = small(random);
    for (auto& row : d)
      for (int& x : row) x = small(random);
    Lanes lanes{};
    for (int lane = 0; lane < 32; ++lane) {
      const int group = lane >> 2, tid = lane % 4;
      for (int i = 0; i < 4 * kPer; ++i) {
        const Place p = Fragment::a(group, tid, i);
        lanes.a[lane][i / kPer] |= (encode(a[p.row][p.column]) & kMask) << i % kPer * Fragment::kBits;
      }
      for (int i = 0; i < 2 * kPer; ++i) {
        const Place p = Fragment::b(group, tid, i);
        lanes.b[lane][i / kPer] |= (encode(b[p.row][p.column]) & kMask) << i % kPer * Fragment::kBits;
      }
      for (int i = 0; i < 4; ++i) {
        const Place p = accumulator(group, tid, i);
        lanes.d[lane][i] = d[p.row][p.column];
      }
    }
    mma(lanes);
    for (int lane = 0; lane < 32; ++lane)
      for (int i = 0; i < 4; ++i) {
        const Place p = accumulator(lane >> 2, lane % 4, i);
        int sum = d[p.row][p.column];
        for (int k = 0; k < kDepth; ++k) sum += a[p.row][k] * b[k][p.column];
        ASSERT_EQ(lanes.d[lane][i], sum) << "trial " << trial << " lane " << lane << " register " << i;
      }
  }
}

TEST(IsaMma, Bf16IsTheProduct) {
  expect_integer_product<Fragment16>(mma_m16n8k16_bf16, [](int x) { return uint32_t{float_to_bf16(static_cast<float>(x))}; });
}
TEST(IsaMma, F16IsTheProduct) {
  expect_integer_product<Fragment16>(mma_m16n8k16_f16, [](int x) { return uint32_t{float_to_f16(static_cast<float>(x))}; });
}
TEST(IsaMma, Tf32IsTheProductWhateverItsLowBits) {
  expect_integer_product<Fragment32>(mma_m16n8k8_tf32, [](int x) { return bits_of(static_cast<float>(x)) | 0x1abc; });
}
TEST(IsaMma, E4m3IsTheProduct) {
  expect_integer_product<Fragment8>(mma_m16n8k32_e4m3, [](int x) { return uint32_t{float_to_e4m3(static_cast<float>(x))}; });
}
TEST(IsaMma, S8IsTheProduct) {
  expect_integer_product<Fragment8>(mma_m16n8k32_s8, [](int x) { return static_cast<uint32_t>(x); });
}

TEST(IsaMma, S8WrapsAround) {
  MmaLanesS32 lanes{};
  for (int lane = 0; lane < 32; ++lane) {
    for (uint32_t& word : lanes.a[lane]) word = 0x7f7f7f7f;
    for (uint32_t& word : lanes.b[lane]) word = 0x7f7f7f7f;
    for (int32_t& x : lanes.d[lane]) x = INT32_MAX;
  }
  mma_m16n8k32_s8(lanes);
  EXPECT_EQ(lanes.d[0][0], static_cast<int32_t>(static_cast<uint32_t>(INT32_MAX) + 32u * 127 * 127));
}

TEST(IsaMma, NotANumberStaysInItsRowAndColumn) {
  MmaLanes lanes{};
  lanes.a[4 * 3][0] = 0x7fff;  // row 3, k 0
  lanes.b[4 * 5][0] = 0x3f80;  // k 0, column 5
  mma_m16n8k16_bf16(lanes);
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i) EXPECT_EQ(std::isnan(lanes.d[lane][i]), accumulator(lane >> 2, lane % 4, i).row == 3) << lane << ' ' << i;
}

}  // namespace
}  // namespace emu::isa
