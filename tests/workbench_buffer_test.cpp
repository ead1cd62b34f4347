// Guarded memory tells of writes outside it and of changes inside it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rapt::workbench {
namespace {

TEST(Buffers, AreAlignedPoisonedAndShared) {
  Buffer buffer(100);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0U);
  EXPECT_TRUE(std::all_of(buffer.as<unsigned char>(), buffer.as<unsigned char>() + 100, [](unsigned char byte) { return byte == 0xFF; }));
  const Buffer copy = buffer;
  buffer.fill(7);
  EXPECT_EQ(copy.as<unsigned char>()[99], 7);
  EXPECT_TRUE(copy.guards_intact());
  EXPECT_TRUE(Buffer().guards_intact());
}

TEST(Buffers, HashEveryByte) {
  Buffer buffer(37);
  const uint64_t before = buffer.hash();
  for (size_t at = 0; at < 37; ++at) {
    buffer.as<unsigned char>()[at] ^= 0x10;
    EXPECT_NE(buffer.hash(), before) << at;
    buffer.as<unsigned char>()[at] ^= 0x10;
  }
  EXPECT_EQ(buffer.hash(), before);
  EXPECT_NE(Buffer(36).hash(), before);
}

// AddressSanitizer would stop the write before the buffer could tell of it.
__attribute__((no_sanitize("address"))) void write_byte(void* data, int64_t at) { static_cast<volatile unsigned char*>(data)[at] = 0; }

TEST(Buffers, TellWhenSomebodyWroteOutside) {
  for (const int64_t at : {-4096, -1, 100, 101, 4195}) {
    Buffer buffer(100);
    write_byte(buffer.data(), at);
    EXPECT_FALSE(buffer.guards_intact()) << at;
  }
  Buffer buffer(100);
  write_byte(buffer.data(), 0);
  write_byte(buffer.data(), 99);
  EXPECT_TRUE(buffer.guards_intact());
}

}  // namespace
}  // namespace rapt::workbench
