// wgmma: descriptors, fragments, product.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/wgmma.h"

#include <cstring>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/swizzle.h"

namespace emu::isa {
namespace {

float element(const uint8_t* at, WgmmaType type) {
  if (type == WgmmaType::e4m3) return e4m3_to_float(*at);
  uint16_t half;
  std::memcpy(&half, at, 2);
  return type == WgmmaType::bf16 ? bf16_to_float(half) : f16_to_float(half);
}

}  // namespace

Descriptor decode_descriptor(uint64_t descriptor) {
  const auto field = [&](int bit) { return static_cast<uint32_t>(descriptor >> bit & 0x3fff) << 4; };
  static constexpr int kWidth[4] = {0, 128, 64, 32};
  return {field(0), field(16), field(32), kWidth[descriptor >> 62]};
}

const char* check_wgmma(WgmmaType type, int n, bool b_mn_major) {
  if (n < 8 || n > 256 || n % 8 != 0) return "wgmma: n is a multiple of 8 from 8 to 256";
  if (b_mn_major && element_bytes(type) != 2) return "wgmma: only 16-bit operands may be MN-major";
  return nullptr;
}

const char* check_descriptor(uint64_t descriptor) {
  if (descriptor >> 49 & 7) return "wgmma descriptor: a base offset; begin tiles where their swizzle pattern begins";
  if (descriptor & 0x3ff1c000c000c000) return "wgmma descriptor: bits that must be zero are set";
  const Descriptor d = decode_descriptor(descriptor);
  const uint32_t width = static_cast<uint32_t>(d.swizzle_bytes);
  if (width != 0 && d.start % (8 * width) >= width) return "wgmma descriptor: begins inside its swizzle pattern, beyond the first row";
  if (width != 0 && d.stride % (8 * width) != 0) return "wgmma descriptor: the stride is no multiple of the swizzle pattern";
  return nullptr;
}

// The canonical layouts of the tables in PTX ISA 9.7.15.5.1.2, width = the swizzle's:
//   K-major    rows of `width` bytes along k, 8 of them to a group, groups a stride apart; unswizzled, the 32 bytes of k are two
//              16-byte columns a leading apart, each with rows of 16 bytes
//   MN-major   rows of `width` bytes along mn, 8 k to a group, groups a stride apart, panels of `width` bytes a leading apart; unswizzled
//              panels are 16 bytes wide and leading and stride change places
uint32_t operand_address(uint64_t descriptor, bool mn_major, int mn, int k, int element_bytes) {
  const Descriptor d = decode_descriptor(descriptor);
  const uint32_t width = d.swizzle_bytes ? static_cast<uint32_t>(d.swizzle_bytes) : 16;
  const uint32_t outer = static_cast<uint32_t>(mn_major ? k : mn), inner = static_cast<uint32_t>((mn_major ? mn : k) * element_bytes);
  const uint32_t group = outer / 8, row = outer % 8;
  if (d.swizzle_bytes == 0) {
    const uint32_t between_groups = mn_major ? d.leading : d.stride, between_columns = mn_major ? d.stride : d.leading;
    return d.start + group * between_groups + row * 16 + inner / 16 * between_columns + inner % 16;
  }
  const uint32_t panel = mn_major ? inner / width * d.leading : 0, within = mn_major ? inner % width : inner;
  return swizzled(d.start + group * d.stride + row * width + panel + within, d.swizzle_bytes);
}

std::vector<OperandChunk> operand_chunks(uint64_t descriptor, bool mn_major, int extent, WgmmaType type) {
  const int bytes = element_bytes(type), per_chunk = 16 / bytes, depth = depth_of(type);
  std::vector<OperandChunk> chunks;
  chunks.reserve(static_cast<size_t>(extent) * 2);
  for (int mn = 0; mn < extent; mn += mn_major ? per_chunk : 1)
    for (int k = 0; k < depth; k += mn_major ? 1 : per_chunk)
      chunks.push_back({operand_address(descriptor, mn_major, mn, k, bytes), mn, k});
  return chunks;
}

void read_operand(float* out, int mn_stride, int k_stride, WgmmaType type, uint64_t descriptor, bool mn_major, int extent,
                  const uint8_t* window) {
  const int bytes = element_bytes(type), step = mn_major ? mn_stride : k_stride;
  for (const OperandChunk& chunk : operand_chunks(descriptor, mn_major, extent, type)) {
    float* to = out + chunk.mn * mn_stride + chunk.k * k_stride;
    for (int e = 0; e < 16 / bytes; ++e) to[e * step] = element(window + chunk.shared + e * bytes, type);
  }
}

RowColumn accumulator(int thread, int i) {
  const int warp = thread / 32, g = thread % 32 / 4, t = thread % 4;
  return {16 * warp + g + 8 * (i / 2 % 2), i / 4 * 8 + 2 * t + i % 2};
}

RowColumn register_operand(int thread, int i, int e, WgmmaType type) {
  const int warp = thread / 32, g = thread % 32 / 4, t = thread % 4, per = 4 / element_bytes(type);
  return {16 * warp + g + 8 * (i % 2), per * (t + 4 * (i / 2)) + e};
}

void read_registers(float* out, WgmmaType type, const uint32_t* const* a) {
  const int bytes = element_bytes(type), depth = depth_of(type);
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < 4; ++i)
      for (int e = 0; e < 4 / bytes; ++e) {
        const RowColumn p = register_operand(thread, i, e, type);
        out[p.row * depth + p.column] = element(reinterpret_cast<const uint8_t*>(a[thread] + i) + e * bytes, type);
      }
}

void multiply(float* const* d, int n, int depth, const float* a, const float* b, bool accumulate) {
  std::vector<float> sums(static_cast<size_t>(64 * n));
  if (accumulate)
    for (int thread = 0; thread < 128; ++thread)
      for (int i = 0; i < n / 2; ++i) {
        const RowColumn p = accumulator(thread, i);
        sums[static_cast<size_t>(p.row * n + p.column)] = d[thread][i];
      }
  for (int row = 0; row < 64; ++row) {
    float* sum = &sums[static_cast<size_t>(row * n)];
    for (int k = 0; k < depth; ++k) {
      const float scale = a[row * depth + k];
      for (int column = 0; column < n; ++column) sum[column] += scale * b[k * n + column];
    }
  }
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < n / 2; ++i) {
      const RowColumn p = accumulator(thread, i);
      d[thread][i] = sums[static_cast<size_t>(p.row * n + p.column)];
    }
}

}  // namespace emu::isa
