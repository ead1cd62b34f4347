// wgmma: canonical layouts against tiles laid out by hand and by tensor copies, fragments against the figures, products against integers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/isa/wgmma.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>

#define SIMT_HOST_DEVICE inline
#include "simt/descriptor.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/tensor_copy.h"

namespace emu::isa {
namespace {

simt::Swizzle mode(int swizzle_bytes) {
  return swizzle_bytes == 128  ? simt::Swizzle::b128
         : swizzle_bytes == 64 ? simt::Swizzle::b64
         : swizzle_bytes == 32 ? simt::Swizzle::b32
                               : simt::Swizzle::none;
}

TEST(IsaWgmma, DescriptorComesApartAsItWasPutTogether) {
  const uint64_t word = simt::wgmma_descriptor(0x2c400, 0x120, 1024, simt::Swizzle::b128);
  const Descriptor d = decode_descriptor(word);
  EXPECT_EQ(d.start, 0x2c400u);
  EXPECT_EQ(d.leading, 0x120u);
  EXPECT_EQ(d.stride, 1024u);
  EXPECT_EQ(d.swizzle_bytes, 128);
  EXPECT_EQ(word, 0x2c40ull | 0x12ull << 16 | 64ull << 32 | 1ull << 62);
  for (int bytes : {0, 32, 64, 128}) EXPECT_EQ(decode_descriptor(simt::wgmma_descriptor(0, 16, 16, mode(bytes))).swizzle_bytes, bytes);
}

TEST(IsaWgmma, RefusesWhatNobodyHasSeenWork) {
  const uint64_t good = simt::wgmma_descriptor(4096 + 96, 16, 1024, simt::Swizzle::b128);
  EXPECT_EQ(check_descriptor(good), nullptr);
  EXPECT_NE(check_descriptor(good | 1ull << 49), nullptr);
  for (int bit : {14, 15, 30, 31, 46, 47, 48, 52, 61}) EXPECT_NE(check_descriptor(good | 1ull << bit), nullptr) << bit;
  EXPECT_NE(check_descriptor(simt::wgmma_descriptor(4096 + 128, 16, 1024, simt::Swizzle::b128)), nullptr);
  EXPECT_NE(check_descriptor(simt::wgmma_descriptor(4096, 16, 512, simt::Swizzle::b128)), nullptr);
  EXPECT_EQ(check_descriptor(simt::wgmma_descriptor(4096 + 512, 16, 512, simt::Swizzle::b64)), nullptr);
  EXPECT_EQ(check_descriptor(simt::wgmma_descriptor(4096 + 128, 2048, 128, simt::Swizzle::none)), nullptr);
  EXPECT_EQ(check_wgmma(WgmmaType::bf16, 256, true), nullptr);
  EXPECT_NE(check_wgmma(WgmmaType::bf16, 264, false), nullptr);
  EXPECT_NE(check_wgmma(WgmmaType::f16, 12, false), nullptr);
  EXPECT_NE(check_wgmma(WgmmaType::f16, 0, false), nullptr);
  EXPECT_NE(check_wgmma(WgmmaType::e4m3, 64, true), nullptr);
}

// The figure of D: warp w has rows 16 w .. 16 w + 15; thread T of a warp has columns 2 (T % 4) of each 8, rows T / 4 and T / 4 + 8.
TEST(IsaWgmma, AccumulatorsCoverTheTileOnce) {
  const RowColumn corner = accumulator(37, 6);  // warp 1, thread 5: third pair of registers 4..7, lower row
  EXPECT_EQ(corner.row, 16 + 1 + 8);
  EXPECT_EQ(corner.column, 8 + 2);
  std::set<std::pair<int, int>> seen;
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < 48; ++i) {
      const RowColumn p = accumulator(thread, i);
      EXPECT_EQ(p.row / 16, thread / 32);
      EXPECT_EQ(p.row % 8, thread % 32 / 4);
      EXPECT_EQ(p.column % 8 / 2, thread % 4);
      seen.insert({p.row, p.column});
    }
  EXPECT_EQ(seen.size(), 64u * 96);
}

// P of attention, 16-bit: the accumulators of two neighbouring columns of eight are the A registers of one k step.
TEST(IsaWgmma, AccumulatorsPackIntoRegisterOperands) {
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < 4; ++i)
      for (int e = 0; e < 2; ++e) {
        const RowColumn a = register_operand(thread, i, e, WgmmaType::bf16), s = accumulator(thread, 4 * (i / 2) + 2 * (i % 2) + e);
        EXPECT_EQ(a.row, s.row);
        EXPECT_EQ(a.column, s.column);
      }
  std::set<std::pair<int, int>> seen;
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < 4; ++i)
      for (int e = 0; e < 4; ++e) {
        const RowColumn p = register_operand(thread, i, e, WgmmaType::e4m3);
        EXPECT_EQ(p.column % 16 / 4, thread % 4);
        EXPECT_EQ(p.column / 16, i / 2);
        seen.insert({p.row, p.column});
      }
  EXPECT_EQ(seen.size(), 64u * 32);
}

// A chain of k steps over d = a b^T with b in shared memory as [n][k] (K-major) or [k][n] (MN-major), brought there in boxes as wide as the
// swizzle, or 16 bytes where there is none. a: K-major in the same mode.
struct Chain {
  WgmmaType type;
  int n, depth, swizzle_bytes;
  bool b_mn_major, a_in_registers;
};

class IsaWgmmaChain : public testing::TestWithParam<Chain> {
 protected:
  static constexpr uint32_t kA = 0x400 * 3, kB = 0x400 * 40;  // shared addresses
  int bytes = element_bytes(GetParam().type);
  int panel = (GetParam().swizzle_bytes ? GetParam().swizzle_bytes : 16) / bytes;  // elements
  std::vector<uint8_t> window = std::vector<uint8_t>(0x400 * 120, 0xff);

  std::vector<uint8_t> encoded(const std::vector<int>& numbers) const {
    std::vector<uint8_t> out(numbers.size() * static_cast<size_t>(bytes) + 16);
    for (size_t i = 0; i < numbers.size(); ++i) {
      const float x = static_cast<float>(numbers[i]);
      const uint16_t half = GetParam().type == WgmmaType::bf16 ? float_to_bf16(x) : float_to_f16(x);
      const uint8_t byte = float_to_e4m3(x);
      std::memcpy(&out[i * static_cast<size_t>(bytes)], bytes == 2 ? static_cast<const void*>(&half) : &byte, static_cast<size_t>(bytes));
    }
    return out;
  }

  // A matrix [rows][columns] to panels of [rows][one swizzle width].
  void load(uint32_t shared, std::vector<uint8_t>& matrix, int rows, int columns) {
    uint8_t* aligned = reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(matrix.data()) + 15) / 16 * 16);
    std::memmove(aligned, matrix.data(), static_cast<size_t>(rows * columns * bytes));
    const TensorMapInfo map{aligned,
                            bytes == 2 ? Element::bf16 : Element::u8,
                            2,
                            {static_cast<uint64_t>(columns), static_cast<uint64_t>(rows)},
                            {static_cast<uint64_t>(bytes), static_cast<uint64_t>(columns * bytes)},
                            {static_cast<uint32_t>(panel), static_cast<uint32_t>(rows)},
                            GetParam().swizzle_bytes};
    for (int c = 0; c < columns; c += panel) {
      const int at[2] = {c, 0};
      for (const Chunk& chunk : box_chunks(map, shared + static_cast<uint32_t>(c * rows * bytes), at))
        load_chunk(&window[chunk.shared], chunk);
    }
  }

  uint64_t k_major(uint32_t shared, int rows, int k) const {  // from element k on
    const uint32_t start = shared + static_cast<uint32_t>(k / panel * rows * panel * bytes + k % panel * bytes);
    const uint32_t width = static_cast<uint32_t>(panel * bytes);
    return simt::wgmma_descriptor(start, GetParam().swizzle_bytes ? 16 : static_cast<uint32_t>(rows) * 16, 8 * width,
                                  mode(GetParam().swizzle_bytes));
  }
  uint64_t mn_major(uint32_t shared, int depth, int k) const {  // from row k on
    const uint32_t width = static_cast<uint32_t>(panel * bytes), start = shared + static_cast<uint32_t>(k) * width;
    const uint32_t between_panels = static_cast<uint32_t>(depth) * width, between_groups = 8 * width;
    return GetParam().swizzle_bytes ? simt::wgmma_descriptor(start, between_panels, between_groups, mode(GetParam().swizzle_bytes))
                                    : simt::wgmma_descriptor(start, between_groups, between_panels, simt::Swizzle::none);
  }
};

TEST_P(IsaWgmmaChain, IsTheProduct) {
  const Chain p = GetParam();
  std::mt19937 random(9);
  std::uniform_int_distribution<int> small(-8, 8);
  std::vector<int> a(static_cast<size_t>(64 * p.depth)), b(static_cast<size_t>(p.n * p.depth)), b_stored = b;
  for (int& x : a) x = small(random);
  for (int i = 0; i < p.n; ++i)
    for (int k = 0; k < p.depth; ++k) {
      b[static_cast<size_t>(i * p.depth + k)] = small(random);
      b_stored[static_cast<size_t>(p.b_mn_major ? k * p.n + i : i * p.depth + k)] = b[static_cast<size_t>(i * p.depth + k)];
    }
  std::vector<uint8_t> a_bytes = encoded(a), b_bytes = encoded(b_stored);
  load(kB, b_bytes, p.b_mn_major ? p.depth : p.n, p.b_mn_major ? p.n : p.depth);
  load(kA, a_bytes, 64, p.depth);

  std::vector<std::vector<float>> registers(128, std::vector<float>(static_cast<size_t>(p.n / 2), NAN));
  float* d[128];
  for (int thread = 0; thread < 128; ++thread) d[thread] = registers[static_cast<size_t>(thread)].data();
  const int step = depth_of(p.type);
  for (int k = 0; k < p.depth; k += step) {
    std::vector<float> a_step(static_cast<size_t>(64 * step)), b_step(static_cast<size_t>(p.n * step));
    const uint64_t a_desc = k_major(kA, 64, k), b_desc = p.b_mn_major ? mn_major(kB, p.depth, k) : k_major(kB, p.n, k);
    ASSERT_EQ(check_descriptor(a_desc), nullptr);
    ASSERT_EQ(check_descriptor(b_desc), nullptr);
    if (p.a_in_registers) {
      uint32_t words[128][4] = {};
      const uint32_t* lanes[128];
      for (int thread = 0; thread < 128; ++thread) {
        lanes[thread] = words[thread];
        for (int i = 0; i < 4; ++i)
          for (int e = 0; e < 4 / bytes; ++e) {
            const RowColumn at = register_operand(thread, i, e, p.type);
            std::memcpy(reinterpret_cast<uint8_t*>(&words[thread][i]) + e * bytes,
                        &encoded({a[static_cast<size_t>(at.row * p.depth + k + at.column)]})[0], static_cast<size_t>(bytes));
          }
      }
      read_registers(a_step.data(), p.type, lanes);
    } else {
      read_operand(a_step.data(), step, 1, p.type, a_desc, false, 64, window.data());
    }
    read_operand(b_step.data(), 1, p.n, p.type, b_desc, p.b_mn_major, p.n, window.data());
    multiply(d, p.n, step, a_step.data(), b_step.data(), k > 0);
  }
  for (int thread = 0; thread < 128; ++thread)
    for (int i = 0; i < p.n / 2; ++i) {
      const int row = thread / 32 * 16 + thread % 32 / 4 + i / 2 % 2 * 8, column = i / 4 * 8 + thread % 4 * 2 + i % 2;
      int sum = 0;
      for (int k = 0; k < p.depth; ++k) sum += a[static_cast<size_t>(row * p.depth + k)] * b[static_cast<size_t>(column * p.depth + k)];
      ASSERT_EQ(d[thread][i], static_cast<float>(sum)) << thread << ' ' << i;
    }
}

std::vector<Chain> chains() {
  std::vector<Chain> all;
  for (int swizzle : {0, 32, 64, 128})
    for (bool in_registers : {false, true}) {
      for (bool mn_major : {false, true}) all.push_back({WgmmaType::bf16, 128, 128, swizzle, mn_major, in_registers});
      all.push_back({WgmmaType::f16, 192, 64, swizzle, true, in_registers});
      all.push_back({WgmmaType::e4m3, 80, 128, swizzle, false, in_registers});
    }
  return all;
}
std::string name_of(const testing::TestParamInfo<Chain>& info) {
  const Chain& p = info.param;
  return std::string(p.type == WgmmaType::bf16  ? "bf16"
                     : p.type == WgmmaType::f16 ? "f16"
                                                : "e4m3") +
         "_n" + std::to_string(p.n) + "_swizzle" + std::to_string(p.swizzle_bytes) + (p.b_mn_major ? "_mn" : "_k") +
         (p.a_in_registers ? "_rs" : "_ss");
}
INSTANTIATE_TEST_SUITE_P(Modes, IsaWgmmaChain, testing::ValuesIn(chains()), name_of);

// Address by address in the words of the documentation: an atom is 8 rows (of k or mn) by one swizzle width; chunk c of row r stands at c ^
// f(r).
TEST(IsaWgmma, AddressesFollowTheAtoms) {
  for (bool mn_major : {false, true})
    for (int width : {32, 64, 128}) {
      const uint32_t start = 0x2000, leading = 5 * 1024, stride = 3 * 1024, atom_row = static_cast<uint32_t>(width);
      const uint64_t descriptor = simt::wgmma_descriptor(start, leading, stride, mode(width));
      for (uint32_t mn = 0; mn < 64; ++mn)
        for (uint32_t k = 0; k < 16; ++k) {
          const uint32_t along = 2 * (mn_major ? mn : k), row = mn_major ? k : mn;
          const uint32_t atom = start + row / 8 * stride + along / atom_row * (mn_major ? leading : 0);
          const uint32_t f = width == 128 ? row % 8 : width == 64 ? row % 8 / 2 : row % 8 / 4;
          const uint32_t want = atom + row % 8 * atom_row + ((along % atom_row / 16) ^ f) * 16 + along % 16;
          ASSERT_EQ(operand_address(descriptor, mn_major, static_cast<int>(mn), static_cast<int>(k), 2), want)
              << width << ' ' << mn << ' ' << k;
        }
    }
  const uint64_t plain = simt::wgmma_descriptor(0x2000, 1024, 128, simt::Swizzle::none);
  EXPECT_EQ(operand_address(plain, false, 9, 0, 2), 0x2000u + 128 + 16);  // K-major: stride to the next 8 rows
  EXPECT_EQ(operand_address(plain, false, 0, 9, 2), 0x2000u + 1024 + 2);  // leading to the next 16 bytes of k
  EXPECT_EQ(operand_address(plain, true, 9, 0, 2), 0x2000u + 128 + 2);    // MN-major: stride to the next 16 bytes of mn
  EXPECT_EQ(operand_address(plain, true, 0, 9, 2), 0x2000u + 1024 + 16);  // leading to the next 8 k
}

TEST(IsaWgmma, ChunksCoverTheOperandOnce) {
  for (bool mn_major : {false, true}) {
    const uint64_t descriptor = simt::wgmma_descriptor(0x4000, 128 * 128, 1024, simt::Swizzle::b128);
    std::set<std::pair<int, int>> seen;
    for (const OperandChunk& chunk : operand_chunks(descriptor, mn_major, 128, WgmmaType::bf16)) {
      EXPECT_EQ(chunk.shared % 16, 0u);
      for (int e = 0; e < 8; ++e) {
        const int mn = chunk.mn + (mn_major ? e : 0), k = chunk.k + (mn_major ? 0 : e);
        seen.insert({mn, k});
        EXPECT_EQ(operand_address(descriptor, mn_major, mn, k, 2), chunk.shared + 2 * static_cast<uint32_t>(e));
      }
    }
    EXPECT_EQ(seen.size(), 128u * 16);
  }
}

}  // namespace
}  // namespace emu::isa
