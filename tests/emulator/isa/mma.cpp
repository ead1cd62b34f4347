// mma.sync: fragments to matrices, a plain product, and back.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/mma.h"

#include <type_traits>

#include "tests/emulator/isa/convert.h"

namespace emu::isa {
namespace {

// One rule for every m16n8k shape. A register holds kElements elements, low bits first; of lane 4 g + t:
//   a[i] element e: row g + 8 (i % 2), k = kElements (t + 4 (i / 2)) + e
//   b[j] element e: column g,          k = kElements (t + 4 j) + e
//   d[i]:           row g + 8 (i / 2), column 2 t + i % 2
template <int kElements, class Lanes, class Decode>
void mma(Lanes& lanes, Decode decode) {
  constexpr int kDepth = 8 * kElements;
  using Sum = decltype(decode(0u, 0));
  Sum a[16][kDepth], b[kDepth][8], d[16][8];
  for (int lane = 0; lane < 32; ++lane) {
    const int g = lane / 4, t = lane % 4;
    for (int i = 0; i < 4; ++i)
      for (int e = 0; e < kElements; ++e) a[g + 8 * (i % 2)][kElements * (t + 4 * (i / 2)) + e] = decode(lanes.a[lane][i], e);
    for (int j = 0; j < 2; ++j)
      for (int e = 0; e < kElements; ++e) b[kElements * (t + 4 * j) + e][g] = decode(lanes.b[lane][j], e);
    for (int i = 0; i < 4; ++i) d[g + 8 * (i / 2)][2 * t + i % 2] = static_cast<Sum>(lanes.d[lane][i]);
  }
  for (int row = 0; row < 16; ++row)
    for (int k = 0; k < kDepth; ++k)
      for (int col = 0; col < 8; ++col) d[row][col] += a[row][k] * b[k][col];
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i)
      lanes.d[lane][i] = static_cast<std::remove_reference_t<decltype(lanes.d[0][0])>>(d[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2]);
}

uint16_t half(uint32_t word, int e) { return static_cast<uint16_t>(word >> 16 * e); }
uint8_t byte(uint32_t word, int e) { return static_cast<uint8_t>(word >> 8 * e); }

}  // namespace

void mma_m16n8k16_bf16(MmaLanes& lanes) {
  mma<2>(lanes, [](uint32_t word, int e) { return bf16_to_float(half(word, e)); });
}
void mma_m16n8k16_f16(MmaLanes& lanes) {
  mma<2>(lanes, [](uint32_t word, int e) { return f16_to_float(half(word, e)); });
}
void mma_m16n8k8_tf32(MmaLanes& lanes) {
  mma<1>(lanes, [](uint32_t word, int) { return tf32_to_float(word); });
}
void mma_m16n8k32_e4m3(MmaLanes& lanes) {
  mma<4>(lanes, [](uint32_t word, int e) { return e4m3_to_float(byte(word, e)); });
}
void mma_m16n8k32_s8(MmaLanesS32& lanes) {  // in unsigned arithmetic, which wraps
  mma<4>(lanes, [](uint32_t word, int e) { return static_cast<uint32_t>(static_cast<int8_t>(byte(word, e))); });
}

}  // namespace emu::isa
