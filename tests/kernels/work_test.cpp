// Which block does what: grids beyond 65535 in every direction, sequences from bad lengths, addresses beyond 2^32.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/work.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/emulator/launch.h"

namespace rapt::kernels {
namespace {

struct Found {
  Work work;
  int64_t k_offset;  // elements from k.data to the sequence's first key
};

struct Find {
  struct Params {
    ForwardParams forward;
    Found* found;  // [blocks]
  };
  struct SharedStorage {};
  static constexpr int kThreads = 32, kMinBlocks = 1;
  static void run(const Params& p, SharedStorage&) {
    if (simt::thread() != 0) return;
    const Work work = find_work<128>(p.forward);
    const auto* k = address<simt::bf16>(p.forward.k, work.kv, work.kv_head, 0);
    p.found[simt::block().x] = {work, (reinterpret_cast<intptr_t>(k) - reinterpret_cast<intptr_t>(p.forward.k.data)) / 2};
  }
};

std::vector<Found> find(const ForwardParams& forward, unsigned blocks) {
  emu::DeviceArray<Found> found(blocks, "found");
  emu::Options options;
  options.race = false;
  const emu::Report report = emu::launch<Find>({blocks, 1, 1}, {forward, found.data()}, options);
  EXPECT_TRUE(report.clean()) << report.text();
  return found.host();
}

ForwardParams params(int heads, int group, int rows, int keys) {
  ForwardParams p = {};
  p.q.rows = rows;
  p.k.rows = p.v.rows = keys;
  p.query.longest = rows;
  p.kv.longest = keys;
  p.heads_q = heads;
  p.group = group;
  p.q_tiles = ceil_div(rows, 128);
  p.window = {kUnboundedFirst, kUnboundedEnd, 0};
  return p;
}

TEST(Work, CountsMoreThan65535HeadsBatchesAndTiles) {
  const auto heads = find(params(70000, 7, 1, 9), 70000);
  EXPECT_EQ(heads[69999].work.head, 69999);
  EXPECT_EQ(heads[69999].work.kv_head, 9999);
  const auto batches = find(params(1, 1, 1, 9), 66000);
  EXPECT_EQ(batches[65999].work.query.batch, 65999);
  const auto tiles = find(params(1, 1, 128 * 66000, 9), 66000);
  EXPECT_EQ(tiles[0].work.row0, 128 * 65999);  // the last goes first
  EXPECT_EQ(tiles[65999].work.row0, 0);
}

TEST(Work, ReachesBeyond32Bits) {
  ForwardParams p = params(2, 1, 1, 9);
  p.k.batch_stride = int64_t{1} << 36;
  p.k.head_stride = (int64_t{1} << 33) + 5;
  const auto found = find(p, 6);
  EXPECT_EQ(found[5].k_offset, 2 * p.k.batch_stride + p.k.head_stride);
  const emu::DeviceArray<int32_t> offsets(std::vector<int32_t>{0, 3, 9}, "cu_seqlens");
  p = params(1, 1, 1, 9);
  p.k.row_stride = (int64_t{1} << 32) + 1;
  p.kv.cu_seqlens = offsets.data();
  EXPECT_EQ(find(p, 2)[1].k_offset, 3 * p.k.row_stride);
}

TEST(Work, KnowsWhatATileSees) {
  ForwardParams p = params(1, 1, 200, 300);
  p.window = {kUnboundedFirst, 1, 1};
  auto found = find(p, 2);
  EXPECT_EQ(found[1].work.row0, 0);
  EXPECT_EQ(found[1].work.kv_end, 228);    // row 127 stands at key 227
  EXPECT_EQ(found[1].work.full_end, 101);  // row 0 at key 100
  EXPECT_EQ(found[0].work.kv_end, 300);
  EXPECT_EQ(found[0].work.full_end, 229);
  p.window.bottom_right = 0;
  EXPECT_EQ(find(p, 2)[0].work.kv_end, 200);  // row 199 is the last of the tile
  p.window.end = 1 - kMaxRows;
  EXPECT_EQ(find(p, 2)[0].work.kv_end, 0);
  p.window = {kUnboundedFirst, kUnboundedEnd, 0};
  found = find(p, 2);
  EXPECT_EQ(found[0].work.kv_end, 300);
  EXPECT_EQ(found[0].work.full_end, 300);
}

TEST(Work, BringsBadLengthsWithinBounds) {
  const emu::DeviceArray<int32_t> lengths(std::vector<int32_t>{-5, 1000000, 7}, "seqlens"),
      offsets(std::vector<int32_t>{-3, 40, 20, 900}, "cu_seqlens");
  ForwardParams p = params(1, 1, 100, 50);
  p.query.seqlens = lengths.data();
  p.kv.cu_seqlens = offsets.data();
  const auto found = find(p, 3);
  EXPECT_EQ(found[0].work.query.length, 0);
  EXPECT_EQ(found[1].work.query.length, 100);
  EXPECT_EQ(found[2].work.query.length, 7);
  EXPECT_EQ(found[0].work.kv.begin, 0);
  EXPECT_EQ(found[0].work.kv.length, 40);
  EXPECT_EQ(found[1].work.kv.begin, 40);
  EXPECT_EQ(found[1].work.kv.length, 0);
  EXPECT_EQ(found[2].work.kv.begin, 20);
  EXPECT_EQ(found[2].work.kv.length, 30);
  p.kv.longest = 35;
  EXPECT_EQ(find(p, 3)[0].work.kv.length, 35);
}

}  // namespace
}  // namespace rapt::kernels
