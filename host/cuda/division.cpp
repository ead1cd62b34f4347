// Few rows of queries leave most of a GPU idle: heads of a group share a tile, and splits of the keys become blocks of their own.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/division.h"

#include <algorithm>

#include "cuda/tma.h"

namespace rapt::gpu {
namespace {

using kernels::Division;
using kernels::Variant;

// Guesses until a GPU has been measured.
constexpr int64_t kFewRows = 64;      // of the heads of a group together: one tile of a whole row
constexpr int64_t kManyKeys = 512;    // fewer are done before a second launch would begin
constexpr int64_t kLeastSplit = 256;  // keys
constexpr int64_t kMostSplits = 128;
constexpr int64_t kBlocksEach = 2;  // blocks that a multiprocessor should get

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t group(const rapt_problem& p) { return p.q.shape[1] / std::max<int64_t>(p.k.shape[1], 1); }

// Packed rows of a tile: TMA brings whole queries, of all heads that share it.
int64_t tile_rows(const Variant& row, int64_t pack) { return row.architecture < 90 ? row.tile_q : row.tile_q - row.tile_q % pack; }

// Heads share tiles where that makes fewer of them.
int64_t pack_of(const Variant& row, const rapt_problem& p) {
  const int64_t heads = group(p), rows = heads * longest_query(p);
  if (!row.packs || rows > kernels::kMaxRows) return 1;
  if (row.architecture >= 90 && (heads > row.tile_q || !tma_packs(p.q, heads))) return 1;
  return ceil_div(rows, tile_rows(row, heads)) < heads * ceil_div(longest_query(p), row.tile_q) ? heads : 1;
}

// Keys that a tile of rows sees at most.
int64_t most_keys(const Variant& row, const rapt_problem& p) {
  const bool ends = p.causal || p.window_right >= 0;
  if (p.window_left < 0 || !ends) return longest_kv(p);
  const int64_t right = p.causal ? 0 : std::min(p.window_right, longest_kv(p)), left = std::min(p.window_left, longest_kv(p));
  return std::min(longest_kv(p), left + 1 + right + row.tile_q);
}

}  // namespace

int64_t longest_query(const rapt_problem& p) { return p.q_layout == RAPT_Q_RAGGED ? std::min(p.max_seqlen_q, p.q.shape[2]) : p.q.shape[2]; }

int64_t longest_kv(const rapt_problem& p) {
  if (p.kv_layout == RAPT_KV_RAGGED) return std::min(p.max_seqlen_kv, p.k.shape[2]);
  return p.kv_layout == RAPT_KV_DENSE ? p.k.shape[2] : p.max_seqlen_kv;
}

bool has_few_rows(const rapt_problem& p, int32_t multiprocessors) {
  if (longest_kv(p) < kManyKeys || longest_query(p) > kFewRows / std::max<int64_t>(group(p), 1)) return false;
  return group(p) > 1 || p.batch * p.k.shape[1] < multiprocessors;
}

Division undivided(const Variant& row) { return {1, row.tile_q, 1, 0, 0, 0}; }

Division divide(const Variant& row, const rapt_problem& p, int32_t multiprocessors) {
  Division division = undivided(row);
  division.pack = static_cast<int>(pack_of(row, p));
  division.tile_rows = static_cast<int>(tile_rows(row, division.pack));
  if (!row.whole) return division;
  // A row's bits depend on where its keys are split, and that on the batch.
  const int64_t blocks = forward_blocks(division, p), keys = most_keys(row, p);
  const bool few_rows = longest_query(p) * division.pack <= row.tile_q;
  if (p.batch_invariant || !few_rows || blocks == 0 || blocks >= multiprocessors) return division;
  const int64_t wanted = std::min({kBlocksEach * multiprocessors / blocks, keys / kLeastSplit, kMostSplits});
  if (wanted < 2) return division;
  division.split_keys = static_cast<int>(ceil_div(ceil_div(keys, wanted), row.tile_kv) * row.tile_kv);
  const int64_t touched = keys < longest_kv(p) ? 1 : 0;  // a window begins anywhere within a part
  division.splits = static_cast<int>(std::min(ceil_div(keys, division.split_keys) + touched, ceil_div(longest_kv(p), division.split_keys)));
  const int64_t rows = p.q.shape[0] * p.q.shape[1] * p.q.shape[2];
  division.o_split_stride = rows * p.v.shape[3];
  division.lse_split_stride = rows;
  return division;
}

int64_t forward_blocks(const Division& division, const rapt_problem& p) {
  int64_t blocks = 0;
  const bool overflow =
      __builtin_mul_overflow(ceil_div(longest_query(p) * division.pack, division.tile_rows), p.q.shape[1] / division.pack, &blocks) ||
      __builtin_mul_overflow(blocks, p.batch, &blocks) || __builtin_mul_overflow(blocks, division.splits, &blocks);
  return overflow ? INT64_MAX : blocks;
}

int64_t merge_blocks(const rapt_problem& p) {
  constexpr int64_t kRows = 4;  // of a block of kernels::Merge
  return ceil_div(longest_query(p) * p.q.shape[1] * p.batch, kRows);
}

size_t workspace_bytes(const Division& division) {
  if (division.splits == 1) return 0;
  return static_cast<size_t>(division.splits) * static_cast<size_t>(division.o_split_stride + division.lse_split_stride) * sizeof(float);
}

}  // namespace rapt::gpu
