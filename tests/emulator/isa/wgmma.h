// wgmma over plain memory and registers: which bytes a descriptor names, who holds which accumulator, and the product (PTX ISA 9.7.15).
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

namespace emu::isa {

enum class WgmmaType { bf16, f16, e4m3 };
constexpr int element_bytes(WgmmaType type) { return type == WgmmaType::e4m3 ? 1 : 2; }
constexpr int depth_of(WgmmaType type) { return 32 / element_bytes(type); }  // k of one instruction

struct Descriptor {
  uint32_t start, leading, stride;  // bytes
  int swizzle_bytes;                // 0, 32, 64 or 128
};
Descriptor decode_descriptor(uint64_t descriptor);

// nullptr, or what is wrong with an instruction or a descriptor.
const char* check_wgmma(WgmmaType type, int n, bool b_mn_major);
const char* check_descriptor(uint64_t descriptor);

// Shared address of an element: mn is the row of A or the column of B, k counts within the instruction.
uint32_t operand_address(uint64_t descriptor, bool mn_major, int mn, int k, int element_bytes);

// The operand as 16-byte chunks: along k where K-major, along mn where MN-major. extent: 64 for A, n for B.
struct OperandChunk {
  uint32_t shared;
  int mn, k;  // of its first element
};
std::vector<OperandChunk> operand_chunks(uint64_t descriptor, bool mn_major, int extent, WgmmaType type);

// An operand as numbers: element (mn, k) to out[mn * mn_stride + k * k_stride]. window + address is the byte at a shared address.
void read_operand(float* out, int mn_stride, int k_stride, WgmmaType type, uint64_t descriptor, bool mn_major, int extent,
                  const uint8_t* window);

// Of thread 0..127 of the warpgroup: its accumulator d[i], and element e of its register a[i], low bits first.
struct RowColumn {
  int row, column;
};
RowColumn accumulator(int thread, int i);
RowColumn register_operand(int thread, int i, int e, WgmmaType type);  // column: k

// A in registers: a[thread] points to four. out[row * depth + k].
void read_registers(float* out, WgmmaType type, const uint32_t* const* a);

// d[thread][i] (+)= a [64][depth] b [depth][n]. Exact products, f32 sums in the order of k.
void multiply(float* const* d, int n, int depth, const float* a, const float* b, bool accumulate);

}  // namespace emu::isa
