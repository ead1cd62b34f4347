// ldmatrix, stmatrix, movmatrix: 8x8 matrices of 16-bit elements between rows in memory and the registers of a warp (PTX
// ISA 9.7.14.5.15-17). Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace emu::isa {

// rows[8 m + r]: 16 bytes, row r of matrix m < num. r[lane][m], two elements a register, low half first: of row lane / 4, columns
// 2 (lane % 4) + {0, 1}; trans: of column lane / 4, rows 2 (lane % 4) + {0, 1}.
void ldmatrix(uint32_t (*r)[4], const void* const* rows, int num, bool trans);
void stmatrix(void* const* rows, const uint32_t (*r)[4], int num, bool trans);

// The transpose of the matrix that a holds.
void movmatrix(uint32_t d[32], const uint32_t a[32]);

}  // namespace emu::isa
