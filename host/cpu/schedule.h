// How a call is cut into tasks that any number of threads take in order from one counter.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cpu/machine.h"

namespace rapt::cpu {

// K and V are read in place, instead of packed, for at most so many rows, more of them where many keys would have to be packed: measured
// (bench/NOTES.md).
inline constexpr int64_t kInPlaceRows = 27, kMostInPlaceRows = 64, kManyKeys = 2048;
constexpr int64_t in_place_rows(int64_t keys) { return keys >= kManyKeys ? kMostInPlaceRows : keys >= 512 ? 32 : kInPlaceRows; }

inline constexpr int64_t kSplitRows = 64;        // units with at most this many rows split their keys
inline constexpr int64_t kMaxSplits = 32;        // into at most this many parts
inline constexpr int64_t kMinSplitKeys = 512;    // of at least this many keys; of a single tile twice as many, in half as many parts
inline constexpr int64_t kWholeBytes = 1 << 20;  // of packed K and V, at most about, of a unit that one thread does alone: an L2 cache

// How units are cut: what no row's bits depend on.
struct Cut {
  int64_t tile_rows;
  int64_t whole_blocks;  // a unit is done whole up to so many blocks of keys
  double whole_work;     // and so many pairs of row and key
};

// A unit is one (sequence, kv head). A small one is one task: a thread packs its K and V for itself and does all of its tiles. The blocks
// of K and V of a large one are packed by all threads, its tiles are tasks, the longest first; tiles of few rows are cut along the keys,
// all tiles of a part of the keys follow one another, and whoever finishes the last part of a tile merges them. How the arithmetic of a
// unit is ordered depends on its own sequence alone: a row's bits depend neither on the batch nor on the number of threads.
struct UnitShape {
  int64_t rows;    // seqlen_q * group
  bool decode;     // reads K and V in place
  bool whole;      // one task
  KeyRange keys;   // that some row may see
  int64_t blocks;  // to pack; 0 when decode
  int64_t tile_rows, tiles;
  int64_t split_keys, splits;
  int64_t parts() const { return tiles * splits; }
  int64_t tasks() const { return whole ? 1 : parts(); }
  int64_t shared_blocks() const { return whole ? 0 : blocks; }
};
UnitShape unit_shape(const Call& call, const Sequence& sequence, const Cut& cut);

// The most splits that keys up to max_keys can have.
int64_t max_splits(int64_t max_keys);

// Rows of a prefill tile: as many as fit, fewer when there would not be enough tiles to keep all threads busy to the end.
int64_t choose_tile_rows(const rapt_problem& problem, int32_t threads);
// The work of a unit up to which it is not worth dividing among threads.
double choose_whole_work(const Call& call, int32_t threads);
// Threads that are worth waking.
int32_t choose_threads(const rapt_problem& problem, int32_t threads);

}  // namespace rapt::cpu
