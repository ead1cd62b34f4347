// ldmatrix, stmatrix, movmatrix over plain memory.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/matrix.h"

#include <cstring>

namespace emu::isa {
namespace {

struct Place {
  int row, column;
};

// Where the element that lane holds in half e of its register stands in the matrix.
Place element(int lane, int e, bool trans) {
  const int major = lane / 4, minor = 2 * (lane % 4) + e;
  return trans ? Place{minor, major} : Place{major, minor};
}

}  // namespace

void ldmatrix(uint32_t (*r)[4], const void* const* rows, int num, bool trans) {
  for (int m = 0; m < num; ++m)
    for (int lane = 0; lane < 32; ++lane) {
      uint16_t halves[2];
      for (int e = 0; e < 2; ++e) {
        const Place from = element(lane, e, trans);
        std::memcpy(&halves[e], static_cast<const char*>(rows[8 * m + from.row]) + 2 * from.column, 2);
      }
      r[lane][m] = halves[0] | uint32_t{halves[1]} << 16;
    }
}

void stmatrix(void* const* rows, const uint32_t (*r)[4], int num, bool trans) {
  for (int m = 0; m < num; ++m)
    for (int lane = 0; lane < 32; ++lane)
      for (int e = 0; e < 2; ++e) {
        const Place to = element(lane, e, trans);
        const uint16_t half = static_cast<uint16_t>(r[lane][m] >> 16 * e);
        std::memcpy(static_cast<char*>(rows[8 * m + to.row]) + 2 * to.column, &half, 2);
      }
}

void movmatrix(uint32_t d[32], const uint32_t a[32]) {
  uint16_t matrix[8][8];
  for (int lane = 0; lane < 32; ++lane)
    for (int e = 0; e < 2; ++e) matrix[lane / 4][2 * (lane % 4) + e] = static_cast<uint16_t>(a[lane] >> 16 * e);
  for (int lane = 0; lane < 32; ++lane) {
    const int row = 2 * (lane % 4), column = lane / 4;
    d[lane] = matrix[row][column] | uint32_t{matrix[row + 1][column]} << 16;
  }
}

}  // namespace emu::isa
