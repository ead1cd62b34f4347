// A machine is the tile body compiled for one instruction set: a name and a few functions. To add one, add a row in instruction_sets.cpp.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>

#include "cpu/call.h"
#include "cpu/fetch.h"

namespace rapt::cpu {

inline constexpr int64_t kBlock = 256;                // keys of a packed block; a tile's scores are computed block by block
inline constexpr int64_t kTileRows = 192;             // most rows of a prefill tile that is one of several
inline constexpr int64_t kLoneTileRows = 384;         // of one that is its unit's only one, for which each block is packed once
inline constexpr int64_t kLeastTileRows = 12;         // of a tile that is not the last of its unit
inline constexpr int64_t kDecodeRows = 16;            // most rows of a decode tile
inline constexpr int64_t kScoreStride = kBlock + 16;  // floats between score rows: no power of two, which would share cache sets
inline constexpr size_t kChain = 128;                 // longest chain of f32 additions in a score; longer rows of Q are summed in parts
inline constexpr size_t kChainStride = kChain + 16;   // floats between rows of a part of Q
inline constexpr size_t kSumLanes = 16;               // lanes that a row's sum is kept in
inline constexpr int64_t kRowAlign = 16;              // O rows, V panels and D of decode are padded to this many floats

// The unit of scores, row_max and partial results. Plain scores are in log2 units, which cost nothing more to exponentiate; scores that
// something is added to stay in nats, since times log2(e) one near the end of f32 would overflow.
inline bool scores_are_nats(const rapt_problem& p) {
  return p.softcap > 0 || p.mask.type != RAPT_NONE || p.bias.type != RAPT_NONE || p.alibi.type != RAPT_NONE;
}

constexpr int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// K and V of one (sequence, kv head), rewritten for the micro-kernel as words of one f32, or of two bf16: of columns 2d and 2d + 1 of a
// key, of keys 2j and 2j + 1 of a column. Per block of keys, in words:
//   k: panels of `panel` keys, each [head_dim / values][panel];   v: panels of `panel` columns, each [kBlock / values][panel].   Padding is
//   0.
// A block is packed before, by all threads for all, or by prefill just before it is first used. Then it is in the cache, and if a single
// tile needs it the next may take its place.
struct Packed {
  float* k;
  float* v;
  uint8_t* flags;              // per block, of the kBlock... below
  int64_t begin_key, end_key;  // keys that some row of the unit may see; block 0 begins at first_key()
  bool in_turn;                // K and V of a block take the place of those of the block before
  int64_t first_key() const { return begin_key / kBlock * kBlock; }
  int64_t place(int64_t block) const { return in_turn ? 0 : block; }
};
inline constexpr uint8_t kBlockOddValues = 1;  // V holds NaN or inf, which a weight of 0 does not silence, or a number as in kBlockOddKeys
inline constexpr uint8_t kBlockUnmapped = 2;   // some key lies in a page that is not mapped
inline constexpr uint8_t kBlockOddKeys = 4;    // K holds a number that the operands' multiply_add would flush, or near the end of the range
inline constexpr uint8_t kBlockKeysPacked = 8, kBlockValuesPacked = 16;

// Rows [row_begin, row_end) of one (sequence, kv head) against keys [key_begin, key_end). The queries of all heads of the group are rows:
// row = query * group + head in group, so that they share K and V and their visible ranges move together.
struct Tile {
  const Call& call;
  const Sequence& sequence;
  int64_t head_kv, row_begin, row_end, key_begin, key_end;
  std::atomic<int64_t>* unmapped;  // where a key was needed whose page is not mapped: 1 + (sequence << 40 | entry), else 0

  int64_t rows() const { return row_end - row_begin; }
  int64_t query(int64_t row) const { return (row_begin + row) / call.group(); }
  int64_t head(int64_t row) const { return head_kv * call.group() + (row_begin + row) % call.group(); }
};

// The rows of a tile in order: query and head of each, without a division a row.
struct RowCursor {
  int64_t query, head, first_head, heads_end;
  explicit RowCursor(const Tile& tile) : query(tile.query(0)), head(tile.head(0)) {
    first_head = tile.head_kv * tile.call.group();
    heads_end = first_head + tile.call.group();
  }
  void next() {
    if (++head < heads_end) return;
    head = first_head;
    ++query;
  }
};

// A thread's working memory, and the running softmax of the tile in it.
struct Scratch {
  float* q;                    // decode: [rows][q_stride]; prefill: [parts of kChain][rows][kChainStride]
  float* o;                    // [rows][o_stride], not normalised
  float* scores[2];            // [micro-tile rows][kScoreStride]: one micro-tile is scored while another's scores become weights
  float* widened;              // packing: kRowAlign rows of K
  float* zeros;                // a row of zeros of any element type, max(head_dim, head_dim_v) doubles
  float* row_max;              // [rows], of the scores: in nats if scores_are_nats(), else in log2 units
  float* row_sum;              // [rows][kSumLanes], added up at the end
  KeyRange* visible;           // [rows] by position, within the tile's keys
  int64_t q_stride, o_stride;  // floats
  Fetch fetch, after;          // in the shadow of prefill: now; once all blocks of the tile are packed
  const char** fetched_rows;   // of pages, for both of these: K and V, [kBlock] each
};

// The body for one kind of operand: 32-bit words of one f32, or of two bf16.
struct PackedPath {
  const char* operands;
  int64_t values;  // in a word
  void (*pack)(const Call& call, const Sequence& sequence, int64_t head_kv, int64_t block, const Packed& packed, Scratch& scratch);
  void (*prefill)(const Tile& tile, const Packed& packed, Scratch& scratch);
};

// Adds rows of K and V, at most kBlock, to what is fetched now, or after.
void fetch_keys(const Call& call, const Sequence& sequence, int64_t head_kv, KeyRange keys, bool after, Scratch& scratch);

struct Machine {
  const char* name;
  int64_t hwy_target;  // the bit that Highway detects it by
  int64_t panel;       // keys, or columns of V, of a packed panel
  PackedPath f32;      // any types
  PackedPath bf16;     // where the machine has a dot product of bf16 and suits_bf16(); prefill is null if it has none
  void (*decode)(const Tile& tile, Scratch& scratch);
  void (*store)(const Tile& tile, const Scratch& scratch);  // divides by the sums, joins the sinks, writes o and lse
};

// True if bf16 operands are exact and weights rounded to bf16 stay within the error bound, which o being bf16 makes room for. The scale is
// bounded so that the sums which the dot product flushes (2^-126, or 2^-66 for a subnormal q: see Bf16Word) stay far below 1.
inline bool suits_bf16(const rapt_problem& p) {
  const bool is_bf16 = p.q.type == RAPT_BF16 && p.k.type == RAPT_BF16 && p.v.type == RAPT_BF16 && p.o.type == RAPT_BF16;
  return is_bf16 && std::abs(static_cast<double>(p.scale)) * static_cast<double>(p.k.shape[3]) <= 0x1p40;
}
inline const PackedPath& packed_path(const Machine& machine, const rapt_problem& p) {
  return machine.bf16.prefill != nullptr && suits_bf16(p) ? machine.bf16 : machine.f32;
}

// Rows of the table, best first; nullptr past the end.
const Machine* machine_at(int32_t index);
bool machine_runs_here(const Machine& machine);
const Machine* machine_named(const char* name);

}  // namespace rapt::cpu
