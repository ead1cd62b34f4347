// What a forward kernel is told: addresses, strides, lengths and the meaning of the scores. Filled by host/cuda/forward_params.cpp.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace rapt::kernels {

// Sequences and totals are shorter than this, so that a row plus any offset fits 32 bits.
constexpr int kMaxRows = 1 << 30;
// Ends of a window so far away that, wherever the first row stands, every row sees every key on that side.
constexpr int kUnboundedFirst = -2147483647 - 1, kUnboundedEnd = 2147483647;

// A tensor [batch, heads, rows, columns], or [1, heads, total rows, columns] of a ragged batch; columns contiguous. Of K and V in pages:
// [page, heads, rows of a page, columns].
struct Operand {
  const void* data;
  int64_t batch_stride, head_stride, row_stride;  // elements; batch_stride is 0 when ragged
  int rows;                                       // of one head: the longest sequence, or the total of a ragged batch
  int aligned;  // 1: each row begins at a multiple of 16 bytes and is as long as a multiple of them (o: of two elements)
};

// Where sequences begin and how long they are. Values from memory are brought within bounds before they are used.
struct Lengths {
  const int32_t* seqlens;     // rows of each sequence, [batch], or nullptr: all that the tensor has
  const int32_t* cu_seqlens;  // ragged: sequence b is rows [cu_seqlens[b], cu_seqlens[b + 1]), [batch + 1]; else nullptr
  int longest;                // rows: no sequence is longer
};

// Row i sees keys [i + first, i + end) of those there are, counted from the key at which row 0 stands.
struct Window {
  int first, end;    // keys; without bottom_right they hold the offset, too
  int bottom_right;  // 1: row 0 stands at key len_kv - len_q; 0: at key 0
};

// K and V in pages of `size` keys: where the table of a sequence is, and what its entries mean.
struct Pages {
  int size, shift;                              // keys; size is 1 << shift, or shift is -1. size 0: there are no pages
  int count;                                    // pages there are: an entry outside [0, count) maps nothing, and its keys are hidden
  int64_t table_stride;                         // entries from a sequence's table to the next one's, where that is the rule
  const int32_t* table;                         // entries are numbers of pages ...
  const void *const *k_pages, *const *v_pages;  // ... or, if not nullptr, their addresses, and nullptr maps nothing
  const int32_t* starts;                        // not nullptr: entries [starts[b], starts[b + 1]) are sequence b's, [sequences + 1]
  int sequences;
  const int32_t* last_page_len;  // keys on a sequence's last page, [batch], if its length is said so; else nullptr
};

// A tensor [batch, heads, rows, keys], elements; a stride of 0 repeats a dimension. data nullptr: absent.
struct PairTensor {
  const void* data;
  int64_t batch_stride, head_stride, row_stride, key_stride;
};

enum class BiasType { f32, f16, bf16 };

// What happens to a score between Q K^T and softmax, in units of log2: x = softcap(scale_log2 s) + bias + slope (key - row - offset).
struct ScoreTerms {
  int any;               // 0: nothing but the mask, and scale_log2 joins in the exponent
  float scale_log2;      // |scale| log2(e), or 1 where q_factor is 0
  float softcap_log2;    // softcap log2(e); 0: none
  float scale_over_cap;  // |scale| / softcap
  PairTensor bias;       // natural units; -inf hides
  BiasType bias_type;
  PairTensor mask;                                // bytes; 0 hides
  const float* alibi;                             // slopes, natural units; nullptr: none
  int64_t alibi_batch_stride, alibi_head_stride;  // elements
  int64_t alibi_offset;                           // keys, without bottom_right
  const float* sinks;                             // logits, natural units; nullptr: none
  int64_t sink_stride;                            // elements
};

// How a head's work is divided among blocks.
struct Division {
  int pack;        // heads of a group whose rows share tiles: packed row r is query row r / pack of head r % pack of them
  int tile_rows;   // packed rows of a tile: all that it has, or where TMA brings them whole queries of all heads, more than half a tile
  int splits;      // blocks that share the keys of a tile of rows; each writes a partial result
  int split_keys;  // a multiple of the kernel's tile: splits meet at multiples of it
  int64_t o_split_stride, lse_split_stride;  // elements from a split's partial results to the next one's
};

// O = softmax(scale Q K^T) V where row i sees keys j < len_kv of its window.
struct ForwardParams {
  Operand q, k, v, o;
  Operand lse;  // f32, one column; data nullptr: not wanted
  Lengths query, kv;
  int heads_q, group;        // query heads, and how many of them share a kv head
  int head_dim, head_dim_v;  // columns of q and k, of v and o; not more than the kernel's tile
  int q_tiles;               // tiles of rows in the longest sequence
  Window window;
  int o_is_f32;      // 1: o is f32; 0: the type of q
  float scale_log2;  // > 0: what scores are multiplied with in the exponent of 2: |scale| log2(e), or 1 where q_factor is 0 or terms.any
  float q_factor;    // -1, 0 or 1: the sign of scale, which Q takes exactly in 16 bits
  float lse_unit;    // what a log2 is multiplied with on its way out: ln 2, or 1 for lse_base2
  // Of rows that take them alone (variant.h). Others are given pages.size 0, no terms, no division and windows without a first key.
  Pages pages;
  ScoreTerms terms;
  Division division;
};

struct ForwardSm90Params {
  ForwardParams forward;
  // With the operand's own strides, boxes of 64 columns x a tile's rows. k and v: (column, row, head, batch). q: (column, head of those
  // that share a tile, row, those of all heads, batch).
  simt::TensorMap q, k, v;
};

}  // namespace rapt::kernels
