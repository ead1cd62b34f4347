// ldmatrix, stmatrix and movmatrix against the tables of PTX ISA 9.7.14.5.15-17, and together with mma as kernels use them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/matrix.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/mma.h"

namespace emu::isa {
namespace {

// Four matrices whose element (m, row, column) is the number m r c in octal; the rows lie in memory in no order.
struct Rows {
  uint16_t memory[32][8];
  void* at[32];
  Rows() {
    for (int i = 0; i < 32; ++i) {
      at[i] = memory[(i * 13 + 5) % 32];
      for (int c = 0; c < 8; ++c) memory[(i * 13 + 5) % 32][c] = static_cast<uint16_t>(i * 8 + c);
    }
  }
};

// Thread n of the documentation's figure holds, of row n / 4, elements 2 (n % 4) and the next.
TEST(IsaMatrix, LdmatrixGivesEachThreadTwoNeighboursOfARow) {
  for (int num : {1, 2, 4}) {
    Rows rows;
    uint32_t r[32][4];
    std::memset(r, 0xee, sizeof(r));
    ldmatrix(r, rows.at, num, false);
    for (int thread = 0; thread < 32; ++thread)
      for (int m = 0; m < 4; ++m) {
        const uint32_t first = static_cast<uint32_t>(64 * m + 2 * thread);
        EXPECT_EQ(r[thread][m], m < num ? first | (first + 1) << 16 : 0xeeeeeeee) << num << ' ' << thread << ' ' << m;
      }
  }
}

TEST(IsaMatrix, TransposedLdmatrixGivesTwoNeighboursOfAColumn) {
  for (int num : {1, 2, 4}) {
    Rows rows;
    uint32_t r[32][4];
    ldmatrix(r, rows.at, num, true);
    for (int thread = 0; thread < 32; ++thread)
      for (int m = 0; m < num; ++m) {
        const uint32_t column = static_cast<uint32_t>(thread) >> 2, row = 2 * (static_cast<uint32_t>(thread) & 3);
        EXPECT_EQ(r[thread][m] & 0xffff, 64u * m + 8 * row + column);
        EXPECT_EQ(r[thread][m] >> 16, 64u * m + 8 * (row + 1) + column);
      }
  }
}

TEST(IsaMatrix, StmatrixUndoesLdmatrix) {
  for (bool trans : {false, true})
    for (int num : {1, 2, 4}) {
      Rows from, to;
      uint32_t r[32][4];
      ldmatrix(r, from.at, num, trans);
      std::memset(to.memory, 0xee, sizeof(to.memory));
      stmatrix(to.at, r, num, trans);
      for (int i = 0; i < 32; ++i)
        for (int c = 0; c < 8; ++c)
          EXPECT_EQ(static_cast<uint16_t*>(to.at[i])[c], i < 8 * num ? static_cast<uint16_t*>(from.at[i])[c] : 0xeeee) << i << ' ' << c;
    }
}

TEST(IsaMatrix, MovmatrixTransposes) {
  Rows rows;
  uint32_t plain[32][4], trans[32][4], a[32], d[32];
  ldmatrix(plain, rows.at, 1, false);
  ldmatrix(trans, rows.at, 1, true);
  for (int lane = 0; lane < 32; ++lane) a[lane] = plain[lane][0];
  movmatrix(d, a);
  for (int lane = 0; lane < 32; ++lane) EXPECT_EQ(d[lane], trans[lane][0]);
}

// q [16][16] by k [16 keys][16] and by v [16 keys][16]: the addressing that the kernels use feeds mma what it wants.
TEST(IsaMatrix, LoadedFragmentsMultiply) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> small(-8, 8);
  uint16_t q[16][16], k[16][16], v[16][16];
  for (auto* matrix : {&q, &k, &v})
    for (auto& row : *matrix)
      for (uint16_t& x : row) x = float_to_bf16(static_cast<float>(small(random)));
  const void *q_rows[32], *k_rows[32], *v_rows[32];
  for (int l = 0; l < 32; ++l) {
    q_rows[l] = &q[l & 15][8 * (l >> 4)];
    k_rows[l] = &k[(l & 7) + ((l >> 4) << 3)][8 * ((l >> 3) & 1)];
    v_rows[l] = &v[l & 15][8 * (l >> 4)];
  }
  uint32_t a[32][4], b_k[32][4], b_v[32][4];
  ldmatrix(a, q_rows, 4, false);
  ldmatrix(b_k, k_rows, 4, false);
  ldmatrix(b_v, v_rows, 4, true);
  for (int half = 0; half < 2; ++half) {  // columns 8 half .. 8 half + 7
    MmaLanes by_k{}, by_v{};
    for (int l = 0; l < 32; ++l)
      for (int i = 0; i < 4; ++i) {
        by_k.a[l][i] = by_v.a[l][i] = a[l][i];
        by_k.b[l][i % 2] = b_k[l][2 * half + i % 2];
        by_v.b[l][i % 2] = b_v[l][2 * half + i % 2];
      }
    mma_m16n8k16_bf16(by_k);
    mma_m16n8k16_bf16(by_v);
    for (int l = 0; l < 32; ++l)
      for (int i = 0; i < 4; ++i) {
        const int row = l / 4 + 8 * (i / 2), col = 8 * half + 2 * (l % 4) + i % 2;
        float s = 0, o = 0;
        for (int x = 0; x < 16; ++x) {
          s += bf16_to_float(q[row][x]) * bf16_to_float(k[col][x]);
          o += bf16_to_float(q[row][x]) * bf16_to_float(v[x][col]);
        }
        EXPECT_EQ(by_k.d[l][i], s);
        EXPECT_EQ(by_v.d[l][i], o);
      }
  }
}

}  // namespace
}  // namespace emu::isa
