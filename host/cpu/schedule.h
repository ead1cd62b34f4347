// How a call is cut into tasks that any number of threads take in order from one counter.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cpu/machine.h"

namespace rapt::cpu {

// K and V are read in place, instead of packed, for at most so many rows, more of them where many keys come from memory, fewer where packed
// pairs are multiplied twice as fast: measured (bench/NOTES.md).
inline constexpr int64_t kInPlaceRows = 20, kMostInPlaceRows = 28, kManyKeys = 2048, kInPlaceRowsOfPairs = 10;

inline constexpr int64_t kSplitRows = 64;       // units with at most this many rows split their keys
inline constexpr int64_t kMaxSplits = 32;       // into at most this many parts
inline constexpr int64_t kMinSplitKeys = 512;   // of at least this many keys; else than tiles in place twice as many, in half as many parts
inline constexpr int64_t kOwnBytes = 16 << 20;  // of packed K and V, at most, that threads keep for themselves: half of an L3 cache
static_assert(kMostInPlaceRows <= kSplitRows && kSplitRows <= kTileRows && kTileRows <= kLoneTileRows);

// How units are cut: what no row's bits depend on, but for the rows in place, which follow from the machine and the types.
struct Cut {
  int64_t in_place_rows, most_in_place_rows;  // of fewer than kManyKeys, of more
  int64_t split_tile_rows;                    // rows of a prefill tile of a unit that splits its keys
  int64_t own_blocks;                         // a thread keeps up to so many packed blocks for itself; 0: it does no unit alone
  bool own_tiles;                             // units of one tile are a thread's own, however many blocks: it keeps one at a time
};

// A unit is one (sequence, kv head). What threads take of it:
// - own: a thread packs its K and V for itself as its first tile needs them and does tile by tile, from the first row on. Threads that find
//   nothing else to begin pack them too and help;
// - dealt: all threads pack its blocks of K and V and take tiles from its end, the longest first, smaller ones towards the call's end;
// - parts: tiles of few rows, which may be cut along the keys; a part packs what it needs for itself, one block at a time. All tiles of a
//   part of the keys follow one another, and whoever finishes the last part of a tile merges them.
// How the arithmetic of a unit is ordered depends on its own sequence alone: a row's bits depend neither on the batch nor on the number of
// threads.
struct UnitShape {
  int64_t rows;  // seqlen_q * group
  bool decode;   // parts that read K and V in place
  bool own, dealt;
  KeyRange keys;   // that some row may see
  int64_t blocks;  // to pack; 0 when decode
  int64_t tile_rows, tiles;
  int64_t split_keys, splits;
  int64_t first_key() const { return keys.begin / kBlock * kBlock; }
  int64_t parts() const { return tiles * splits; }
  int64_t steps() const { return (rows + kLeastTileRows - 1) / kLeastTileRows; }
  int64_t numbers() const { return own ? 1 : dealt ? steps() : parts(); }  // in the count of tasks
  int64_t shared_blocks() const { return dealt ? blocks : 0; }
};
UnitShape unit_shape(const Call& call, const Sequence& sequence, const Cut& cut);

// The most splits that keys up to max_keys can have.
int64_t max_splits(int64_t max_keys);

// Rows of a prefill tile of a unit that splits its keys: few enough that all threads get some.
int64_t choose_split_tile_rows(const rapt_problem& problem, int32_t threads);
// Rows of a tile when so many are left for so many threads: the share of one in half of them, in whole steps.
int64_t rows_to_take(int64_t left, int64_t threads);
// Threads that are worth waking.
int32_t choose_threads(const rapt_problem& problem, int32_t threads);

}  // namespace rapt::cpu
