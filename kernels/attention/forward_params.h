// What a forward kernel is told: addresses, strides, lengths and the meaning of the scores. Filled by host/cuda/forward_params.cpp.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace rapt::kernels {

// Sequences and totals are shorter than this, so that a row plus any offset fits 32 bits.
constexpr int kMaxRows = 1 << 30;
// The offset at which every row sees every key: what a kernel is told when nothing is causal.
constexpr int kSeesAll = kMaxRows;

// A tensor [batch, heads, rows, columns], or [1, heads, total rows, columns] of a ragged batch; columns contiguous.
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

// O = softmax(scale Q K^T) V where row i sees keys j < len_kv, j <= i + offset.
struct ForwardParams {
  Operand q, k, v, o;
  Operand lse;  // f32, one column; data nullptr: not wanted
  Lengths query, kv;
  int heads_q, group;        // query heads, and how many of them share a kv head
  int head_dim, head_dim_v;  // columns of q and k, of v and o; not more than the kernel's tile
  int q_tiles;               // tiles of query rows in the longest sequence
  int bottom_right;          // 1: offset = len_kv - len_q of each sequence
  int offset;                // otherwise: keys, within +-kMaxRows; kSeesAll when nothing is causal
  int o_is_f32;              // 1: o is f32; 0: the type of q
  float scale_log2;          // > 0: |scale| log2(e), or 1 where q_factor is 0. Probabilities are powers of two of scaled scores
  float q_factor;            // -1, 0 or 1: the sign of scale, which Q takes exactly in 16 bits
  float lse_unit;            // what a log2 is multiplied with on its way out: ln 2, or 1 for lse_base2
};

struct ForwardSm90Params {
  ForwardParams forward;
  simt::TensorMap q, k, v;  // (column, row, head, batch) with the operand's own strides; boxes of 64 columns x a tile's rows
};

}  // namespace rapt::kernels
