// Draws inputs. Only std::mt19937 itself is used, whose numbers the standard fixes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/contract/images.h"

#include <bit>
#include <random>

#include "tests/emulator/isa/convert.h"

namespace rapt::contract {
namespace {

int small(std::mt19937& random) { return static_cast<int>(random() % 17) - 8; }

// Random floats of any size, and one in four of the values at which functions change their mind.
uint32_t float_word(std::mt19937& random) {
  static constexpr float kSpecial[] = {0.0f,     -0.0f,     1.0f,      -1.0f,    0.5f,    448.0f,   464.0f,
                                       480.0f,   65504.0f,  65520.0f,  65536.0f, 0x1p-6f, 0x1p-10f, 0x1p-14f,
                                       0x1p-25f, 0x1p-126f, 0x1p-140f, 127.5f,   -126.5f, -149.0f,  3e38f};
  const uint32_t kind = random() % 4, word = random();
  if (kind == 0) return std::bit_cast<uint32_t>(kSpecial[word % std::size(kSpecial)]);
  if (kind == 1) return word % 3 == 0 ? 0x7f800000 | (word & 0x80000000) : word % 3 == 1 ? 0x7fc00000 | (word & 0x803fffff) : word;
  return std::bit_cast<uint32_t>(static_cast<float>(static_cast<int32_t>(word)) * 0x1p-27f);  // -16 to 16
}

uint32_t small_word(Fill fill, std::mt19937& random) {
  using namespace emu::isa;
  const auto number = [&] { return static_cast<float>(small(random)); };
  uint32_t word = 0;
  if (fill == Fill::small_tf32) return bits_of(number());
  if (fill == Fill::small_bf16)
    for (int e = 0; e < 2; ++e) word |= uint32_t{float_to_bf16(number())} << 16 * e;
  if (fill == Fill::small_f16)
    for (int e = 0; e < 2; ++e) word |= uint32_t{float_to_f16(number())} << 16 * e;
  if (fill == Fill::small_e4m3)
    for (int e = 0; e < 4; ++e) word |= uint32_t{float_to_e4m3(number())} << 8 * e;
  if (fill == Fill::small_s8)
    for (int e = 0; e < 4; ++e) word |= (static_cast<uint32_t>(small(random)) & 0xff) << 8 * e;
  return word;
}

uint32_t register_word(const Case& c, int i, std::mt19937& random) {
  if (c.fill == Fill::bits) return static_cast<uint32_t>(random());
  if (c.fill == Fill::floats) return float_word(random);
  if (i >= c.accumulators) return small_word(c.fill, random);
  return c.fill == Fill::small_s8 ? static_cast<uint32_t>(small(random)) : std::bit_cast<uint32_t>(static_cast<float>(small(random)));
}

}  // namespace

Images drawn(const Case& c, uint32_t seed) {
  std::mt19937 random(seed);
  Images images;
  for (int t = 0; t < c.threads; ++t)
    for (int i = 0; i < c.in; ++i) images.registers_in.push_back(register_word(c, i, random));
  images.registers_out.assign(static_cast<size_t>(c.threads * c.out), 0);
  for (int i = 0; i < c.shared_words * c.blocks; ++i)
    images.shared_in.push_back(c.fill == Fill::bits || c.fill == Fill::floats ? static_cast<uint32_t>(random())
                                                                              : small_word(c.fill, random));
  images.shared_out = images.shared_in;
  for (int i = 0; i < c.global_bytes / 4; ++i) {
    const bool random_bits = c.fill == Fill::bits || c.fill == Fill::floats;
    const uint32_t word = random_bits ? static_cast<uint32_t>(random()) : small_word(c.fill, random);
    for (int byte = 0; byte < 4; ++byte) images.global.push_back(static_cast<uint8_t>(word >> 8 * byte));
  }
  return images;
}

uint64_t digest(const Case& c, const Images& images) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](const void* data, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) hash = (hash ^ static_cast<const uint8_t*>(data)[i]) * 0x100000001b3;
  };
  for (uint32_t word : images.registers_out) {
    if (c.fill == Fill::floats && emu::isa::is_nan_bits(word)) word = 0x7fffffff;
    add(&word, 4);
  }
  add(images.shared_out.data(), images.shared_out.size() * 4);
  add(images.global.data(), images.global.size());
  return hash;
}

}  // namespace rapt::contract
