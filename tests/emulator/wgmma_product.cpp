// The product of a wgmma, vectorised; equal to isa/wgmma.h bit for bit.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "tests/emulator/clones.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/wgmma.h"

namespace emu {
namespace {

// c [64][n] += a [64][k] b [k][n]
RAPT_CLONES void multiply(float* __restrict c, const float* __restrict a, const float* __restrict b, int n, int depth) {
  for (int row = 0; row < 64; row += 4) {
    for (int first = 0; first < n; first += 8) {
      float sum[4][8];
      for (int r = 0; r < 4; ++r)
        for (int i = 0; i < 8; ++i) sum[r][i] = c[(row + r) * n + first + i];
      for (int k = 0; k < depth; ++k)
        for (int r = 0; r < 4; ++r)
          for (int i = 0; i < 8; ++i) sum[r][i] += a[(row + r) * depth + k] * b[k * n + first + i];
      for (int r = 0; r < 4; ++r)
        for (int i = 0; i < 8; ++i) c[(row + r) * n + first + i] = sum[r][i];
    }
  }
}

// Sixteen bytes as numbers.
int widen(const uint8_t* from, isa::WgmmaType type, float* to) {
  if (type == isa::WgmmaType::e4m3) {
    for (int e = 0; e < 16; ++e) to[e] = isa::e4m3_to_float(from[e]);
    return 16;
  }
  uint16_t half[8];
  std::memcpy(half, from, 16);
  for (int e = 0; e < 8; ++e) to[e] = type == isa::WgmmaType::bf16 ? isa::bf16_to_float(half[e]) : isa::f16_to_float(half[e]);
  return 8;
}

void read(float* out, int mn_stride, int k_stride, uint64_t descriptor, bool mn_major, int extent, isa::WgmmaType type,
          const uint8_t* window) {
  const int step = mn_major ? mn_stride : k_stride;
  for (const isa::OperandChunk& c : isa::operand_chunks(descriptor, mn_major, extent, type)) {
    float value[16];
    const int count = widen(window + c.shared, type, value);
    float* to = out + c.mn * mn_stride + c.k * k_stride;
    for (int e = 0; e < count; ++e) to[e * step] = value[e];
  }
}

}  // namespace

void compute(Product& p, const Block& block) {
  p.done = true;
  const int depth = isa::depth_of(p.type), n = p.operands.n;
  const uint8_t* window = block.shared - world->options.shared_base;
  alignas(64) float a[64 * 32], b[32 * 256];
  if (p.operands.a) {
    const uint32_t* registers[128];
    for (int t = 0; t < 128; ++t) registers[t] = &p.a[size_t(t) * 4];
    isa::read_registers(a, p.type, registers);
  } else {
    read(a, depth, 1, p.operands.a_desc, false, 64, p.type, window);
  }
  read(b, 1, n, p.operands.b_desc, p.operands.transpose_b, n, p.type, window);
  std::vector<float>& c = p.accumulator->value;
  if (!p.operands.accumulate) std::memset(c.data(), 0, c.size() * sizeof(float));
  multiply(c.data(), a, b, n, depth);
}

}  // namespace emu
