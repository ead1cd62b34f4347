// How rows of matrices come into shared tiles.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/emulator/launch.h"
#include "tile/load.h"
#include "tile/load_rows.h"

namespace rapt::kernels {
namespace {

// Rows of a tile that begins 2^36 bytes after its matrix, by one warp.
struct FarRows {
  static constexpr int kRow0 = 1 << 29, kRows = 3, kThreads = 32, kMinBlocks = 1;
  struct Params {
    GlobalRows<simt::bf16> from;
    uint16_t* out;  // [kRows + 1][64]
  };
  struct SharedStorage {
    SharedTile<simt::bf16, 64, 64> tile;
  };

  static void run(const Params& p, SharedStorage& smem) {
    load_async<kThreads>(smem.tile, p.from, kRow0);
    simt::cp_async_commit_group();
    simt::cp_async_wait_group<0>();
    simt::sync_block();
    for (int i = simt::lane(); i < (kRows + 1) * 64; i += 32) p.out[i] = smem.tile.chunk(i / 64, i % 64 / 8)[i % 8].bits;
  }
};

// Only the rows that are read are there: the matrix would begin far below them.
TEST(Load, ReachesBeyond32Bits) {
  std::vector<uint16_t> values;
  for (int i = 0; i < FarRows::kRows * 64; ++i) values.push_back(static_cast<uint16_t>(i + 1));
  const emu::DeviceArray<uint16_t> rows(values, "rows");
  const auto begin = reinterpret_cast<uintptr_t>(rows.data()) - (uintptr_t{FarRows::kRow0} << 7);
  values.resize(values.size() + 64, 0);  // after the last row
  for (const bool chunked : {true, false}) {
    emu::DeviceArray<uint16_t> out(values.size(), "out");
    const GlobalRows<simt::bf16> from = {reinterpret_cast<const simt::bf16*>(begin), 64, FarRows::kRow0 + FarRows::kRows, 64, chunked};
    const emu::Report report = emu::launch<FarRows>({1, 1, 1}, {from, out.data()}, {});
    EXPECT_TRUE(report.clean()) << report.text();
    EXPECT_EQ(out.host(), values) << chunked;
  }
}

// Rows that begin anywhere or, where there is none, nowhere. The whole tile is written out.
template <class T, int kRows, int kCols, int kThreads_>
struct ScatteredRows {
  static constexpr int kThreads = kThreads_, kMinBlocks = 1;
  struct Params {
    const T* rows[kRows];
    int cols, chunked;
    T* out;  // [kRows][kCols]
  };
  struct SharedStorage {
    SharedTile<T, kRows, kCols> tile;
  };

  static void run(const Params& p, SharedStorage& smem) {
    load_rows_async<kThreads>(smem.tile, p.cols, p.chunked != 0, [&](int row) { return p.rows[row]; });
    simt::cp_async_commit_group();
    simt::cp_async_wait_group<0>();
    simt::sync_block();
    constexpr int kChunkCols = Chunk<T>::kCols;
    for (int i = simt::thread(); i < kRows * kCols; i += kThreads)
      p.out[i] = smem.tile.chunk(i / kCols, i % kCols / kChunkCols)[i % kChunkCols];
  }
};

// The last row first in memory, `gap` elements apart, every fifth missing. The memory ends where the first row's last column does.
template <class T, int kRows, int kCols, int kThreads>
void expect_rows(int cols, int gap, bool chunked) {
  using Kernel = ScatteredRows<T, kRows, kCols, kThreads>;
  const auto is_missing = [](int row) { return row % 5 == 3; };
  const int stride = cols + gap;
  std::vector<T> values(static_cast<size_t>(kRows * stride - gap)), expected;
  for (size_t i = 0; i < values.size(); ++i) values[i] = simt::from_float<T>(static_cast<float>(1 + i % 251));
  const emu::DeviceArray<T> memory(values, "rows");
  emu::DeviceArray<T> out(size_t{kRows} * kCols, "out");
  typename Kernel::Params params{{}, cols, chunked, out.data()};
  for (int row = 0; row < kRows; ++row) {
    const int begin = (kRows - 1 - row) * stride;
    params.rows[row] = is_missing(row) ? nullptr : memory.data() + begin;
    for (int col = 0; col < kCols; ++col)
      expected.push_back(is_missing(row) || col >= cols ? T{} : values[static_cast<size_t>(begin + col)]);
  }
  const emu::Report report = emu::launch<Kernel>({1, 1, 1}, params, {});
  ASSERT_TRUE(report.clean()) << report.text();
  const auto found = out.host();
  for (size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(simt::to_float(found[i]), simt::to_float(expected[i]))
        << kCols << " columns, " << cols << " there: " << i / kCols << ", " << i % kCols;
}

// A panel; several; one that is narrower; both kinds. Some threads, and fewer.
template <class T, int kChunk>
void expect_tiles(int missing, int gap, bool chunked) {
  expect_rows<T, 64, 8 * kChunk, 128>(8 * kChunk - missing, gap, chunked);
  expect_rows<T, 64, 16 * kChunk, 128>(16 * kChunk - missing, gap, chunked);
  expect_rows<T, 32, 32 * kChunk, 64>(32 * kChunk - missing, gap, chunked);
  expect_rows<T, 64, 10 * kChunk, 128>(10 * kChunk - missing, gap, chunked);
  expect_rows<T, 64, 12 * kChunk, 128>(12 * kChunk - missing, gap, chunked);
}

TEST(LoadRows, BringsEveryPanelAndZerosWhereNothingIs) {
  expect_tiles<simt::bf16, 8>(0, 0, true);
  expect_tiles<simt::bf16, 8>(8, 16, true);
  expect_tiles<simt::bf16, 8>(40, 0, true);
  expect_tiles<float, 4>(4, 8, true);
}
TEST(LoadRows, TakesRowsOfAnyLengthAndPlace) {
  expect_tiles<simt::bf16, 8>(3, 0, false);
  expect_tiles<simt::bf16, 8>(0, 1, false);
  expect_tiles<float, 4>(1, 0, false);
}

}  // namespace
}  // namespace rapt::kernels
