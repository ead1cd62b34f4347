// cp.async, ldmatrix and mma.sync: a product through two stages, with planted bugs; each policy earns its keep.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "simt/simt.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/mma.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/mma_fast.h"
#include "tests/emulator/policies.h"

namespace emu {
namespace {

struct ProductParams {
  const simt::bf16 *a, *b;  // a [64][k], b [8][k]
  float* c;                 // [64][8]
  int k;                    // multiple of 16
};

enum Bug {
  kNone,
  kMissingWait,
  kWeakWait,
  kMissingSyncAfterWait,
  kMissingSyncAtEnd,
  kNoFinalWait,
  kSourcePastEnd,
  kOverBarrier,
  kSwizzleLost
};

// c = a b^T; each of four warps owns 16 rows; tiles of 16 k fly two stages ahead of their use.
template <int kBug>
struct Product {
  using Params = ProductParams;
  struct Stage {
    alignas(16) simt::bf16 a[64][16], b[8][16];
  };
  struct SharedStorage {
    Stage stage[2];
  };
  static constexpr int kThreads = 128, kMinBlocks = 1;

  static SIMT_DEVICE void load(const Params& p, Stage& s, int tile) {
    const int t = simt::thread(), row = t / 2, col = t % 2 * 8;
    const bool valid = tile * 16 < p.k || kBug == kSourcePastEnd;
    simt::cp_async_16(&s.a[row][col], p.a + (valid ? row * p.k + tile * 16 + col : 0), valid);
    if (t < 16) simt::cp_async_16(&s.b[row][col], p.b + (valid ? row * p.k + tile * 16 + col : 0), valid);
    simt::cp_async_commit_group();
  }
  static SIMT_DEVICE void run(const Params& p, SharedStorage& m) {
    const int lane = simt::lane(), row0 = 16 * simt::warp();
    float d[4] = {};
    load(p, m.stage[0], 0);
    for (int tile = 0; tile < p.k / 16; ++tile) {
      Stage& s = m.stage[tile % 2];
      load(p, m.stage[(tile + 1) % 2], tile + 1);
      if (kBug == kWeakWait)
        simt::cp_async_wait_group<2>();
      else if (kBug != kMissingWait)
        simt::cp_async_wait_group<1>();
      if (kBug != kMissingSyncAfterWait) simt::sync_block();
      uint32_t a[4], b[2];
      simt::ldmatrix_x4(a, &s.a[row0 + lane % 16][lane / 16 * 8]);
      simt::ldmatrix_x2(b, &s.b[lane % 8][lane / 8 % 2 * 8]);
      simt::mma_m16n8k16<simt::bf16>(d, a, b[0], b[1]);
      if (kBug != kMissingSyncAtEnd) simt::sync_block();
    }
    if (kBug != kNoFinalWait) simt::cp_async_wait_all();
    for (int i = 0; i < 4; ++i) p.c[(row0 + lane / 4 + 8 * (i / 2)) * 8 + lane % 4 * 2 + i % 2] = d[i];
  }
};

struct Computed {
  Report report;
  int wrong;  // elements of c
};

template <int kBug>
Computed multiply(const Options& o = {}) {
  constexpr int k = 80;
  std::vector<uint16_t> a(64 * k), b(8 * k);
  for (size_t i = 0; i < a.size(); ++i) a[i] = isa::float_to_bf16(float(int(i * 7 % 11) - 5));
  for (size_t i = 0; i < b.size(); ++i) b[i] = isa::float_to_bf16(float(int(i * 5 % 13) - 6));
  DeviceArray<uint16_t> da(a, "a"), db(b, "b");
  DeviceArray<float> c(64 * 8, "c");
  const ProductParams p{reinterpret_cast<simt::bf16*>(da.data()), reinterpret_cast<simt::bf16*>(db.data()), c.data(), k};
  Computed r{launch<Product<kBug>>({}, p, o), 0};
  for (size_t i = 0; i < 64; ++i)
    for (size_t j = 0; j < 8; ++j) {
      float sum = 0;
      for (size_t x = 0; x < k; ++x) sum += isa::bf16_to_float(a[i * k + x]) * isa::bf16_to_float(b[j * k + x]);
      r.wrong += c[i * 8 + j] != sum;
    }
  return r;
}

TEST(EmulatedCpAsync, APipelinedProductIsCleanAndExactUnderEveryPolicy) {
  for (const Options& o : all_policies()) {
    const Computed r = multiply<kNone>(o);
    EXPECT_TRUE(r.report.clean()) << name(o) << r.report.text();
    EXPECT_EQ(r.wrong, 0) << name(o);
  }
}

TEST(EmulatedCpAsync, ReadsBeforeArrivalNameTheCopy) {
  for (const Options& o : all_policies(3)) {
    for (const Computed& r : {multiply<kMissingWait>(o), multiply<kWeakWait>(o), multiply<kMissingSyncAfterWait>(o)}) {
      const Finding* f = r.report.find(Kind::race);
      ASSERT_TRUE(f) << name(o) << r.report.text();
      EXPECT_EQ(f->here.instruction, "ldmatrix");
      EXPECT_EQ(f->other.instruction, "cp.async");
      EXPECT_TRUE(f->other.write);
      EXPECT_EQ(f->buffer, "shared");
      EXPECT_NE(f->other.file.find("emulator_cp_async_test.cpp"), std::string::npos);
    }
  }
}

TEST(EmulatedCpAsync, AStageOverwrittenWhileItIsReadIsARace) {
  for (const Options& o : all_policies(3)) {
    const Computed r = multiply<kMissingSyncAtEnd>(o);
    const Finding* f = r.report.find(Kind::race);
    ASSERT_TRUE(f) << name(o) << r.report.text();
    EXPECT_TRUE((f->here.instruction == "cp.async" && f->other.instruction == "ldmatrix") ||
                (f->here.instruction == "ldmatrix" && f->other.instruction == "cp.async"))
        << r.report.text();
  }
}

// Without the detector, which policies make the numbers wrong?
TEST(EmulatedCpAsync, EachPolicyShowsBugsThatOthersHide) {
  const auto wrong = [](auto run, Landing landing, Order order) {
    for (unsigned seed = 0; seed < 10; ++seed) {
      Options o;
      o.race = false;
      o.landing = landing;
      o.order = order;
      o.seed = seed;
      if (run(o).wrong) return true;
    }
    return false;
  };
  // A missing wait: only late copies show it.
  EXPECT_FALSE(wrong(multiply<kMissingWait>, Landing::eager, Order::fifo));
  EXPECT_TRUE(wrong(multiply<kMissingWait>, Landing::lazy, Order::fifo));
  // A missing barrier after the wait: a favoured warp runs ahead of the others' copies.
  EXPECT_TRUE(wrong(multiply<kMissingSyncAfterWait>, Landing::eager, Order::skewed));
  // A missing barrier at the end: a favoured warp overwrites what the others still read.
  EXPECT_TRUE(wrong(multiply<kMissingSyncAtEnd>, Landing::eager, Order::skewed));
  EXPECT_FALSE(wrong(multiply<kNone>, Landing::random, Order::skewed));
}

TEST(EmulatedCpAsync, CopiesNotWaitedForAtExitAndSourcesOutOfBoundsAreFound) {
  const Report exit = multiply<kNoFinalWait>().report, past = multiply<kSourcePastEnd>().report;
  ASSERT_TRUE(exit.only(Kind::unfinished)) << exit.text();
  ASSERT_TRUE(past.find(Kind::out_of_bounds)) << past.text();
  EXPECT_EQ(past.find(Kind::out_of_bounds)->here.instruction, "cp.async");
}

TEST(EmulatedCpAsync, LdmatrixCountsBankConflicts) {
  const Report r = multiply<kNone>().report;
  EXPECT_GT(r.matrix_phases, 0u);
  EXPECT_GT(r.bank_conflicts, 0u);  // rows of 32 bytes: two rows a chunk
}

TEST(EmulatedCpAsync, TheVectorisedProductEqualsThePlainOne) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    isa::MmaLanes plain;
    float d[32][4];
    MmaOperand operand[32];
    const MmaOperand* lanes[32];
    const bool bf16 = round % 2;
    const auto pair = [&] {
      const auto one = [&] {
        const float x = float(int(random() % 2001) - 1000) / 64;
        return uint32_t(bf16 ? isa::float_to_bf16(x) : isa::float_to_f16(x));
      };
      const uint32_t low = one();
      return low | one() << 16;
    };
    for (int l = 0; l < 32; ++l) {
      for (int i = 0; i < 4; ++i) plain.a[l][i] = pair(), plain.d[l][i] = d[l][i] = float(random() % 100) / 8;
      for (int i = 0; i < 2; ++i) plain.b[l][i] = pair();
      operand[l] = {bf16 ? Mma::bf16_k16 : Mma::f16_k16, d[l], plain.a[l], {plain.b[l][0], plain.b[l][1]}};
      lanes[l] = &operand[l];
    }
    bf16 ? isa::mma_m16n8k16_bf16(plain) : isa::mma_m16n8k16_f16(plain);
    emu::multiply(lanes);
    for (int l = 0; l < 32; ++l)
      for (int i = 0; i < 4; ++i) EXPECT_EQ(isa::bits_of(plain.d[l][i]), isa::bits_of(d[l][i])) << round << " lane " << l;
  }
}

}  // namespace
}  // namespace emu
