// From logical order into memory: dense, ragged and the three kinds of pages, with gaps and permuted strides, poison everywhere else.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/reference/pack.h"

#include <algorithm>
#include <numeric>

#include "tests/reference/bits.h"

namespace rapt::test {
namespace {

constexpr int64_t kSparePages = 3;  // that no table names

// Strides by layout; of dimensions of size 1: absurd on purpose (bug catalogue F09).
rapt_tensor lay_out(rapt_type type, const Shape& shape, const Layout& layout) {
  rapt_tensor tensor = rapt_dense(type, shape[0], shape[1], shape[2], shape[3]);
  const int inner = layout.rows_outside_heads ? 1 : 2, outer = layout.rows_outside_heads ? 2 : 1;
  tensor.strides[inner] = shape[3] + layout.gap;
  tensor.strides[outer] = shape[static_cast<size_t>(inner)] * tensor.strides[inner] + layout.gap;
  tensor.strides[0] = shape[static_cast<size_t>(outer)] * tensor.strides[outer] + layout.gap;
  for (int dimension = 0; dimension < 3; ++dimension) {
    if (shape[static_cast<size_t>(dimension)] == 1) tensor.strides[dimension] = 99990001;
  }
  return tensor;
}

void* poisoned(Packed& packed, const rapt_tensor& tensor) {
  packed.memory.emplace_back(static_cast<size_t>(extent(tensor)) * rapt_type_size(tensor.type), uint8_t{0xFF});
  return packed.memory.back().data();
}

// Element (i, d) of head h of sequence b sits at index(b, h, i) + d.
template <class Index>
void scatter(const Values& values, const Shape& shape, const Attention& attention, bool of_q, rapt_type type, void* data, Index index) {
  for (int64_t b = 0; b < shape[0]; ++b) {
    for (int64_t h = 0; h < shape[1]; ++h) {
      for (int64_t i = 0; i < (of_q ? attention.len_q(b) : attention.len_kv(b)); ++i) {
        for (int64_t d = 0; d < shape[3]; ++d) {
          put(data, index(b, h, i) + d, type, values[static_cast<size_t>(((b * shape[1] + h) * shape[2] + i) * shape[3] + d)]);
        }
      }
    }
  }
}

std::vector<int32_t> starts(const Attention& attention, bool of_q) {
  std::vector<int32_t> cu{0};
  for (int64_t b = 0; b < attention.batch; ++b)
    cu.push_back(cu.back() + static_cast<int32_t>(of_q ? attention.len_q(b) : attention.len_kv(b)));
  return cu;
}

void pack_q(const Attention& attention, Packed& packed) {
  const Layout& layout = attention.layout;
  const bool ragged = layout.q_layout == RAPT_Q_RAGGED;
  packed.cu_seqlens_q = starts(attention, true);
  const int64_t batch = ragged ? 1 : attention.batch;
  const int64_t rows = ragged ? packed.cu_seqlens_q.back() + 2 : attention.seqlen_q;  // two rows that belong to nobody
  rapt_problem& problem = packed.problem;
  problem.q = lay_out(attention.q_type, {batch, attention.heads_q, rows, attention.head_dim}, layout);
  problem.o = lay_out(attention.o_type, {batch, attention.heads_q, rows, attention.head_dim_v}, layout);
  if (attention.lse_type != RAPT_NONE) problem.lse = lay_out(attention.lse_type, {batch, attention.heads_q, rows, 1}, layout);
  void* q = poisoned(packed, problem.q);
  scatter(attention.q, {attention.batch, attention.heads_q, attention.seqlen_q, attention.head_dim}, attention, true, attention.q_type, q,
          [&](int64_t b, int64_t h, int64_t i) { return row_of_q(packed, problem.q, b, h, i); });
  packed.args.q = q;
  packed.args.o = poisoned(packed, problem.o);
  packed.args.lse = attention.lse_type == RAPT_NONE ? nullptr : poisoned(packed, problem.lse);
  if (ragged) packed.args.cu_seqlens_q = packed.cu_seqlens_q.data();
  if (!ragged && !attention.lens_q.empty()) packed.seqlens_q = attention.lens_q, packed.args.seqlens_q = packed.seqlens_q.data();
}

bool paged(const Layout& layout) {
  return layout.kv_layout == RAPT_KV_BLOCK_TABLE || layout.kv_layout == RAPT_KV_PAGE_LIST || layout.kv_layout == RAPT_KV_PAGE_POINTERS;
}

// pages[b][p] is the physical page of position p.
std::vector<std::vector<int32_t>> assign_pages(const Attention& attention, int64_t* num_pages) {
  const int64_t size = attention.layout.page_size;
  std::vector<std::vector<int32_t>> pages(static_cast<size_t>(attention.batch));
  *num_pages = kSparePages;
  for (int64_t b = 0; b < attention.batch; ++b) *num_pages += (attention.len_kv(b) + size - 1) / size;
  std::vector<int32_t> order(static_cast<size_t>(*num_pages));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(attention.layout.page_order));
  size_t next = 0;
  for (int64_t b = 0; b < attention.batch; ++b) {
    for (int64_t p = 0; p < (attention.len_kv(b) + size - 1) / size; ++p) pages[static_cast<size_t>(b)].push_back(order[next++]);
  }
  return pages;
}

void write_tables(const Attention& attention, const std::vector<std::vector<int32_t>>& pages, Packed& packed) {
  const int64_t size = attention.layout.page_size;
  const size_t width = static_cast<size_t>((attention.seqlen_kv + size - 1) / size);
  packed.kv_indptr = {0};
  for (size_t b = 0; b < pages.size(); ++b) {
    packed.kv_last_page_len.push_back(pages[b].empty() ? 0
                                                       : static_cast<int32_t>(attention.len_kv(static_cast<int64_t>(b)) -
                                                                              (static_cast<int64_t>(pages[b].size()) - 1) * size));
    packed.kv_indptr.push_back(packed.kv_indptr.back() + static_cast<int32_t>(pages[b].size()));
    for (size_t p = 0; p < pages[b].size(); ++p) packed.block_table.push_back(pages[b][p]);
    if (attention.layout.kv_layout == RAPT_KV_PAGE_LIST) continue;
    for (size_t p = pages[b].size(); p < width; ++p) packed.block_table.push_back(-77);  // never to be used
  }
  if (packed.block_table.empty()) packed.block_table.push_back(-77);
  if (attention.layout.kv_layout == RAPT_KV_BLOCK_TABLE) packed.args.block_table = packed.block_table.data();
  if (attention.layout.kv_layout != RAPT_KV_PAGE_LIST) return;
  packed.args.kv_indptr = packed.kv_indptr.data();
  packed.args.kv_indices = packed.block_table.data();
  if (attention.layout.last_page_len) packed.args.kv_last_page_len = packed.kv_last_page_len.data(), packed.args.seqlens_kv = nullptr;
}

void write_pointers(Packed& packed) {
  rapt_problem& problem = packed.problem;
  const int64_t k_step = problem.k.strides[0] * static_cast<int64_t>(rapt_type_size(problem.k.type));
  const int64_t v_step = problem.v.strides[0] * static_cast<int64_t>(rapt_type_size(problem.v.type));
  for (const int32_t page : packed.block_table) {
    packed.k_pages.push_back(page < 0 ? nullptr : static_cast<const char*>(packed.args.k) + page * k_step);
    packed.v_pages.push_back(page < 0 ? nullptr : static_cast<const char*>(packed.args.v) + page * v_step);
  }
  packed.args.k_pages = packed.k_pages.data();
  packed.args.v_pages = packed.v_pages.data();
  packed.args.k = packed.args.v = nullptr;
  problem.k.shape[0] = problem.v.shape[0] = 1;
}

void pack_kv(const Attention& attention, Packed& packed) {
  const Layout& layout = attention.layout;
  rapt_problem& problem = packed.problem;
  packed.cu_seqlens_kv = starts(attention, false);
  Shape outer{attention.batch, attention.heads_kv, attention.seqlen_kv, 0};
  std::vector<std::vector<int32_t>> pages;
  if (layout.kv_layout == RAPT_KV_RAGGED) outer = {1, attention.heads_kv, packed.cu_seqlens_kv.back() + 2, 0};
  if (paged(layout)) {
    pages = assign_pages(attention, &outer[0]);
    outer[2] = layout.page_size;
  }
  problem.k = lay_out(attention.k_type, {outer[0], outer[1], outer[2], attention.head_dim}, layout);
  problem.v = lay_out(attention.v_type, {outer[0], outer[1], outer[2], attention.head_dim_v}, layout);
  const auto index = [&](const rapt_tensor& tensor, int64_t b, int64_t h, int64_t j) {
    if (layout.kv_layout == RAPT_KV_RAGGED) return at(tensor, 0, h, packed.cu_seqlens_kv[static_cast<size_t>(b)] + j);
    if (!paged(layout)) return at(tensor, b, h, j);
    return at(tensor, pages[static_cast<size_t>(b)][static_cast<size_t>(j / layout.page_size)], h, j % layout.page_size);
  };
  void* k = poisoned(packed, problem.k);
  void* v = poisoned(packed, problem.v);
  packed.args.k = k;
  packed.args.v = v;
  scatter(attention.k, {attention.batch, attention.heads_kv, attention.seqlen_kv, attention.head_dim}, attention, false, attention.k_type,
          k, [&](int64_t b, int64_t h, int64_t j) { return index(problem.k, b, h, j); });
  scatter(attention.v, {attention.batch, attention.heads_kv, attention.seqlen_kv, attention.head_dim_v}, attention, false, attention.v_type,
          v, [&](int64_t b, int64_t h, int64_t j) { return index(problem.v, b, h, j); });
  if (layout.kv_layout == RAPT_KV_RAGGED) packed.args.cu_seqlens_kv = packed.cu_seqlens_kv.data();
  for (int64_t b = 0; b < attention.batch; ++b) packed.seqlens_kv.push_back(static_cast<int32_t>(attention.len_kv(b)));
  if (paged(layout) || (layout.kv_layout == RAPT_KV_DENSE && !attention.lens_kv.empty())) packed.args.seqlens_kv = packed.seqlens_kv.data();
  if (paged(layout)) write_tables(attention, pages, packed);
  if (layout.kv_layout == RAPT_KV_PAGE_POINTERS) write_pointers(packed);
}

// mask, bias, alibi, sinks: dense.
const void* pack_small(const Values& values, const Shape& shape, rapt_type type, rapt_tensor& tensor, Packed& packed) {
  tensor = rapt_dense(type, shape[0], shape[1], shape[2], shape[3]);
  void* data = poisoned(packed, tensor);
  for (size_t n = 0; n < values.size(); ++n) put(data, static_cast<int64_t>(n), type, values[n]);
  return data;
}

}  // namespace

int64_t at(const rapt_tensor& tensor, int64_t b, int64_t h, int64_t i) {
  return (tensor.shape[0] > 1 ? b * tensor.strides[0] : 0) + (tensor.shape[1] > 1 ? h * tensor.strides[1] : 0) +
         (tensor.shape[2] > 1 ? i * tensor.strides[2] : 0);
}

int64_t extent(const rapt_tensor& tensor) {
  int64_t furthest = 0;
  for (int dimension = 0; dimension < 4; ++dimension) {
    if (tensor.shape[dimension] == 0) return 0;
    if (tensor.shape[dimension] > 1) furthest += (tensor.shape[dimension] - 1) * tensor.strides[dimension];
  }
  return furthest + 1;
}

int64_t row_of_q(const Packed& packed, const rapt_tensor& tensor, int64_t b, int64_t h, int64_t i) {
  if (packed.problem.q_layout == RAPT_Q_RAGGED) return at(tensor, 0, h, packed.cu_seqlens_q[static_cast<size_t>(b)] + i);
  return at(tensor, b, h, i);
}

void pack(const Attention& attention, Packed& packed) {
  packed.problem = attention.rules;
  rapt_problem& problem = packed.problem;
  problem.q_layout = attention.layout.q_layout;
  problem.kv_layout = attention.layout.kv_layout;
  problem.batch = attention.batch;
  problem.max_seqlen_q = attention.seqlen_q;
  problem.max_seqlen_kv = attention.seqlen_kv;
  packed.memory.reserve(16);
  pack_q(attention, packed);
  pack_kv(attention, packed);
  const Values mask(attention.mask.begin(), attention.mask.end());
  if (!mask.empty()) {
    const Shape& shape = attention.mask_shape;
    problem.mask = rapt_dense(RAPT_BOOL, shape[0], shape[1], shape[2], shape[3]);
    packed.memory.emplace_back(attention.mask.begin(), attention.mask.end());
    packed.args.mask = packed.memory.back().data();
  }
  if (!attention.bias.empty())
    packed.args.bias = pack_small(attention.bias, attention.bias_shape, attention.bias_type, problem.bias, packed);
  if (!attention.alibi.empty()) {
    const int64_t rows = static_cast<int64_t>(attention.alibi.size()) / attention.heads_q;
    packed.args.alibi = pack_small(attention.alibi, {rows, attention.heads_q, 1, 1}, RAPT_F64, problem.alibi, packed);
  }
  if (!attention.sinks.empty())
    packed.args.sinks = pack_small(attention.sinks, {1, attention.heads_q, 1, 1}, RAPT_F64, problem.sinks, packed);
}

}  // namespace rapt::test
