// mma.sync for a warp, vectorised: registers are 8x8 blocks of rows already; only B is transposed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/mma_fast.h"

#include <cstring>

#include "tests/emulator/clones.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/mma.h"

namespace emu {
namespace {

// Register i of 32 lanes of 16-bit pairs, read as memory, is an 8x8 block of rows: lane 4 g + t holds row g, columns 2 t and 2 t + 1.
struct Blocks {
  alignas(64) uint16_t a[4][64], b[2][64];
  alignas(64) float d[16][8];
};

template <bool kBf16>
inline float widen(uint16_t h) {
  return kBf16 ? isa::bf16_to_float(h) : isa::f16_to_float(h);
}

template <bool kBf16>
inline __attribute__((always_inline)) void multiply_blocks(Blocks& m) {
  alignas(64) float a[4][64], b[2][64], bt[16][8];
  for (int i = 0; i < 4; ++i)
    for (int e = 0; e < 64; ++e) a[i][e] = widen<kBf16>(m.a[i][e]);
  for (int j = 0; j < 2; ++j)
    for (int e = 0; e < 64; ++e) b[j][e] = widen<kBf16>(m.b[j][e]);
  for (int j = 0; j < 2; ++j)
    for (int k = 0; k < 8; ++k)
      for (int n = 0; n < 8; ++n) bt[8 * j + k][n] = b[j][8 * n + k];
  for (int row = 0; row < 16; ++row) {
    float sum[8];
    for (int n = 0; n < 8; ++n) sum[n] = m.d[row][n];
    for (int k = 0; k < 16; ++k) {
      const float x = a[row / 8 + 2 * (k / 8)][8 * (row % 8) + k % 8];
      for (int n = 0; n < 8; ++n) sum[n] += x * bt[k][n];
    }
    for (int n = 0; n < 8; ++n) m.d[row][n] = sum[n];
  }
}

RAPT_CLONES void multiply_bf16(Blocks& m) { multiply_blocks<true>(m); }
RAPT_CLONES void multiply_f16(Blocks& m) { multiply_blocks<false>(m); }

void multiply_16bit(const MmaOperand* const (&lanes)[32], bool bf16) {
  Blocks m;
  for (int l = 0; l < 32; ++l) {
    for (int i = 0; i < 4; ++i) std::memcpy(&m.a[i][2 * l], &lanes[l]->a[i], 4);
    for (int j = 0; j < 2; ++j) std::memcpy(&m.b[j][2 * l], &lanes[l]->b[j], 4);
    const auto* d = static_cast<const float*>(lanes[l]->d);
    std::memcpy(&m.d[l / 4][2 * (l % 4)], d, 8);
    std::memcpy(&m.d[l / 4 + 8][2 * (l % 4)], d + 2, 8);
  }
  (bf16 ? multiply_bf16 : multiply_f16)(m);
  for (int l = 0; l < 32; ++l) {
    auto* d = static_cast<float*>(lanes[l]->d);
    std::memcpy(d, &m.d[l / 4][2 * (l % 4)], 8);
    std::memcpy(d + 2, &m.d[l / 4 + 8][2 * (l % 4)], 8);
  }
}

template <class Lanes>
void multiply_any(const MmaOperand* const (&lanes)[32], void (*run)(Lanes&)) {
  Lanes m;
  for (int l = 0; l < 32; ++l) {
    std::memcpy(m.a[l], lanes[l]->a, sizeof m.a[l]);
    std::memcpy(m.b[l], lanes[l]->b, sizeof m.b[l]);
    std::memcpy(m.d[l], lanes[l]->d, sizeof m.d[l]);
  }
  run(m);
  for (int l = 0; l < 32; ++l) std::memcpy(lanes[l]->d, m.d[l], sizeof m.d[l]);
}

}  // namespace

void multiply(const MmaOperand* const (&lanes)[32]) {
  switch (lanes[0]->shape) {
    case Mma::bf16_k16: return multiply_16bit(lanes, true);
    case Mma::f16_k16: return multiply_16bit(lanes, false);
    case Mma::tf32_k8: return multiply_any<isa::MmaLanes>(lanes, isa::mma_m16n8k8_tf32);
    case Mma::e4m3_k32: return multiply_any<isa::MmaLanes>(lanes, isa::mma_m16n8k32_e4m3);
    case Mma::s8_k32: return multiply_any<isa::MmaLanesS32>(lanes, isa::mma_m16n8k32_s8);
  }
}

}  // namespace emu
