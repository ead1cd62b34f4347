// Tensor maps and tensor copies: every constraint of the encoder, and boxes against a walk over all elements of the tensor.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/tensor_copy.h"
#include "tests/emulator/isa/tensor_map.h"

namespace emu::isa {
namespace {

alignas(16) uint8_t tensor[1 << 16];

TensorMapInfo good() { return {tensor, Element::bf16, 3, {100, 7, 5}, {2, 208, 1600}, {64, 4, 2}, 128}; }

std::string fault(void (*spoil)(TensorMapInfo&)) {
  TensorMapInfo info = good();
  spoil(info);
  simt::TensorMap map;
  const char* sentence = encode(map, info);
  return sentence ? sentence : "";
}

TEST(IsaTensorMap, ComesBackAsItWasEncoded) {
  simt::TensorMap map;
  ASSERT_EQ(encode(map, good()), nullptr);
  const TensorMapInfo back = decode(map);
  EXPECT_EQ(back.base, tensor);
  EXPECT_EQ(back.rank, 3);
  EXPECT_EQ(back.swizzle_bytes, 128);
  EXPECT_EQ(back.type, Element::bf16);
  for (int d = 0; d < 3; ++d) {
    EXPECT_EQ(back.dim[d], good().dim[d]);
    EXPECT_EQ(back.stride[d], good().stride[d]);
    EXPECT_EQ(back.box[d], good().box[d]);
  }
  EXPECT_EQ(box_bytes(back), 64u * 4 * 2 * 2);
  EXPECT_EQ(decode(simt::TensorMap{}).rank, 0);
}

TEST(IsaTensorMap, RefusesWhatTheDriverRefuses) {
  using Info = TensorMapInfo;
  EXPECT_EQ(fault([](Info&) {}), "");
  EXPECT_EQ(fault([](Info& i) { i.dim[1] = uint64_t{1} << 32; }), "");
  EXPECT_EQ(fault([](Info& i) { i.box[1] = 256; }), "");
  EXPECT_EQ(fault([](Info& i) { i.stride[2] = (uint64_t{1} << 40) - 16; }), "");
  EXPECT_EQ(fault([](Info& i) { i.swizzle_bytes = 0, i.box[0] = 256; }), "");
  EXPECT_NE(fault([](Info& i) { i.rank = 0; }).find("rank"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.rank = 6; }).find("rank"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.base = nullptr; }).find("no tensor"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.base += 8; }).find("begins at a multiple of 16"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.dim[2] = 0; }).find("1 to 2^32"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.dim[0] = (uint64_t{1} << 32) + 1; }).find("1 to 2^32"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.stride[1] = 200; }).find("multiples of 16"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.stride[2] = uint64_t{1} << 40; }).find("2^40"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.box[2] = 0; }).find("1 to 256"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.box[1] = 257; }).find("1 to 256"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.box[0] = 60; }).find("inner extent of the box is a multiple"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.box[0] = 72; }).find("exceeds"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.box[0] = 56; }).find("not the swizzle's width"), std::string::npos);
  EXPECT_NE(fault([](Info& i) { i.swizzle_bytes = 48; }).find("32, 64 or 128"), std::string::npos);
}

TEST(IsaTensorPlace, RefusesBoxesOffTheirPattern) {
  TensorMapInfo info = good();
  EXPECT_EQ(check_box(info, 2048), nullptr);
  EXPECT_NE(check_box(info, 2048 + 512), nullptr);
  info.swizzle_bytes = 64;
  EXPECT_EQ(check_box(info, 2048 + 512), nullptr);
  EXPECT_NE(check_box(info, 2048 + 256), nullptr);
  info.swizzle_bytes = 0;
  EXPECT_EQ(check_box(info, 2048 + 128), nullptr);
  EXPECT_NE(check_box(info, 2048 + 64), nullptr);
  EXPECT_NE(check_box(TensorMapInfo{}, 0), nullptr);
}

// Figures of the swizzle modes, rows of the box counted from the start of the pattern: chunk c of row r stands where chunk c ^ f(r) would.
uint32_t place_in_shared(int swizzle_bytes, uint32_t inner_bytes, uint32_t row, uint32_t byte) {
  uint32_t chunk = byte / 16;
  if (swizzle_bytes == 128) chunk ^= row % 8;
  if (swizzle_bytes == 64) chunk ^= row / 2 % 4;
  if (swizzle_bytes == 32) chunk ^= row / 4 % 2;
  return row * inner_bytes + chunk * 16 + byte % 16;
}

struct Box {
  Element type;
  int rank, swizzle_bytes;
  uint32_t inner;  // elements of dimension 0
};

class IsaTensorCopy : public testing::TestWithParam<Box> {
 protected:
  static constexpr uint32_t kShared = 4096;
  TensorMapInfo info{};
  int at[5] = {};  // coordinates
  std::vector<uint8_t> shared = std::vector<uint8_t>(65536, 0xee);

  void place(std::mt19937& random) {
    const Box& p = GetParam();
    const uint64_t bytes = static_cast<uint64_t>(element_bytes(p.type));
    info = {tensor, p.type, p.rank, {}, {bytes}, {p.inner}, p.swizzle_bytes};
    uint64_t stride = bytes;
    for (int d = 0; d < p.rank; ++d) {
      info.dim[d] = d == 0 ? 1 + random() % 80 : 1 + random() % 5;
      if (d > 0) info.stride[d] = stride = (stride * (d == 1 ? info.dim[0] : info.dim[d - 1]) + 15) / 16 * 16 + 16 * (random() % 3);
      if (d > 0) info.box[d] = 1 + random() % 4;
      at[d] = static_cast<int>(random() % (info.dim[d] + 6)) - 3;
    }
    for (uint8_t& x : tensor) x = static_cast<uint8_t>(random());
  }

  // f(offset in the tensor, offset in the box) for each byte of the box; offset in the tensor -1: outside.
  template <class F>
  void each_byte(F f) {
    const uint32_t bytes = static_cast<uint32_t>(element_bytes(info.type)), inner_bytes = info.box[0] * bytes;
    for (uint32_t i = 0; i < box_bytes(info); ++i) {
      uint32_t rest = i / bytes;
      int64_t offset = i % bytes;
      bool inside = true;
      for (int d = 0; d < info.rank; ++d) {
        const int64_t x = at[d] + int64_t{rest % info.box[d]};
        rest /= info.box[d];
        inside = inside && x >= 0 && x < static_cast<int64_t>(info.dim[d]);
        offset += x * static_cast<int64_t>(info.stride[d]);
      }
      f(inside ? offset : -1, place_in_shared(info.swizzle_bytes, inner_bytes, i / inner_bytes, i % inner_bytes));
    }
  }
};

TEST_P(IsaTensorCopy, LoadsTheBoxAndZerosOutside) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    place(random);
    shared.assign(shared.size(), 0xee);
    for (const Chunk& chunk : box_chunks(info, kShared, at)) load_chunk(&shared[chunk.shared], chunk);
    each_byte([&](int64_t from, uint32_t to) {
      ASSERT_EQ(shared[kShared + to], from < 0 ? 0 : tensor[from]) << "trial " << trial << " byte " << to;
    });
    EXPECT_EQ(shared[kShared - 1], 0xee);
    EXPECT_EQ(shared[kShared + box_bytes(info)], 0xee);
  }
}

TEST_P(IsaTensorCopy, StoresTheBoxAndNothingOutside) {
  std::mt19937 random(6);
  for (int trial = 0; trial < 200; ++trial) {
    place(random);
    for (uint8_t& x : shared) x = static_cast<uint8_t>(random());
    std::vector<uint8_t> want(std::begin(tensor), std::end(tensor));
    each_byte([&](int64_t to, uint32_t from) {
      if (to >= 0) want[static_cast<size_t>(to)] = shared[kShared + from];
    });
    for (const Chunk& chunk : box_chunks(info, kShared, at)) store_chunk(&shared[chunk.shared], chunk);
    ASSERT_EQ(std::memcmp(tensor, want.data(), want.size()), 0) << "trial " << trial;
  }
}

INSTANTIATE_TEST_SUITE_P(Boxes, IsaTensorCopy,
                         testing::Values(Box{Element::bf16, 2, 128, 64}, Box{Element::bf16, 3, 64, 32}, Box{Element::bf16, 4, 32, 16},
                                         Box{Element::bf16, 4, 0, 24}, Box{Element::u8, 4, 128, 128}, Box{Element::u8, 5, 0, 16},
                                         Box{Element::f32, 2, 128, 32}, Box{Element::f32, 1, 0, 20}),
                         [](const auto& p) {
                           return "bytes" + std::to_string(element_bytes(p.param.type)) + "_rank" + std::to_string(p.param.rank) +
                                  "_swizzle" + std::to_string(p.param.swizzle_bytes);
                         });

TEST(IsaTensorAdd, AddsInTheTypeOfTheTensor) {
  alignas(16) uint8_t memory[16], shared[16];
  const auto add = [&](Element type, auto a, auto b) {
    for (size_t i = 0; i < 16; i += sizeof(a)) std::memcpy(memory + i, &a, sizeof(a)), std::memcpy(shared + i, &b, sizeof(b));
    add_chunk(shared, {0, 0x0ff0, memory}, type);
    decltype(a) outside, inside;
    std::memcpy(&outside, memory, sizeof(a));
    std::memcpy(&inside, memory + 8, sizeof(a));
    EXPECT_EQ(outside, a);
    return inside;
  };
  EXPECT_EQ(add(Element::f32, 1.5f, 2.25f), 3.75f);
  EXPECT_EQ(add(Element::u32, 0xffffffffu, 3u), 2u);
  EXPECT_EQ(add(Element::u16, uint16_t{0xffff}, uint16_t{3}), 2);
  EXPECT_EQ(add(Element::u8, uint8_t{0xff}, uint8_t{3}), 2);
  EXPECT_EQ(bf16_to_float(add(Element::bf16, float_to_bf16(1.0f), float_to_bf16(2.0f))), 3.0f);
  EXPECT_EQ(f16_to_float(add(Element::f16, float_to_f16(1.0f), float_to_f16(0.25f))), 1.25f);
}

}  // namespace
}  // namespace emu::isa
