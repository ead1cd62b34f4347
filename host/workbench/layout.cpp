// Strides, lengths and pages, chosen to trip whoever assumes instead of reads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/layout.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "workbench/random.h"
#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

constexpr int64_t kRaggedPadding = 3;  // tokens after the last sequence, which nobody may touch
constexpr int64_t kUnusedPages = 3;    // pages that no table names
constexpr int64_t kPageGap = 7;        // elements between the pages that pointers name

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

int32_t absurd_page(int64_t which, int64_t pages) {
  const int64_t ids[] = {std::numeric_limits<int32_t>::max(), -1, std::numeric_limits<int32_t>::min(), pages, pages + 1, -pages};
  return static_cast<int32_t>(ids[which % 6]);
}

Buffer ints(const std::vector<int64_t>& values) {
  Buffer buffer(values.size() * sizeof(int32_t));
  for (size_t i = 0; i < values.size(); ++i) buffer.as<int32_t>()[i] = static_cast<int32_t>(values[i]);
  return buffer;
}

std::vector<int64_t> running_sum(const std::vector<int64_t>& lengths) {
  std::vector<int64_t> sums(lengths.size() + 1, 0);
  std::partial_sum(lengths.begin(), lengths.end(), sums.begin() + 1);
  return sums;
}

// Which page holds keys [p * page_size, (p + 1) * page_size) of a sequence; pages in no order, -1 where no key is ever seen.
struct PageMap {
  int64_t width = 0, count = 0;   // slots of a sequence; pages of the pool
  std::vector<int64_t> id, used;  // [batch * width]; [batch] slots that a length reaches

  PageMap(const Problem& p, const std::vector<int64_t>& lens_q, const std::vector<int64_t>& lens_kv)
      : width(ceil_div(std::max<int64_t>(p.seqlen_kv, 1), p.page_size) + (p.seed % 2 == 1 ? 2 : 0)),
        id(static_cast<size_t>(p.batch * width), -1) {
    std::vector<size_t> slots;
    for (size_t b = 0; b < lens_kv.size(); ++b) {
      used.push_back(ceil_div(lens_kv[b], p.page_size));
      const auto [first, past] = Sight(p, lens_q[b], lens_kv[b]).keys();
      for (int64_t slot = 0; slot < width; ++slot) {
        if (slot * p.page_size < past && (slot + 1) * p.page_size > first)
          slots.push_back(b * static_cast<size_t>(width) + static_cast<size_t>(slot));
      }
    }
    count = static_cast<int64_t>(slots.size()) + kUnusedPages;
    std::vector<int64_t> pages(static_cast<size_t>(count));
    std::iota(pages.begin(), pages.end(), 0);
    Random random(seed_of({p.seed, 'p'}));
    for (int64_t left = count; left > 1; --left)
      std::swap(pages[static_cast<size_t>(left - 1)], pages[static_cast<size_t>(random.below(left))]);
    for (size_t i = 0; i < slots.size(); ++i) id[slots[i]] = pages[i];
  }
};

void lay_out_table(const PageMap& map, Case& data) {
  data.block_table = Buffer(map.id.size() * sizeof(int32_t));
  for (size_t i = 0; i < map.id.size(); ++i) {
    data.block_table.as<int32_t>()[i] = map.id[i] >= 0 ? static_cast<int32_t>(map.id[i]) : absurd_page(static_cast<int64_t>(i), map.count);
  }
  data.args.block_table = data.block_table.as<int32_t>();
}

// Even seeds give the list just its pages and say lengths by the last page; odd seeds add entries past the length and give lengths.
void lay_out_list(const Problem& p, const PageMap& map, Case& data) {
  std::vector<int64_t> starts = {0}, pages, last;
  for (int64_t b = 0; b < p.batch; ++b) {
    const int64_t used = map.used[static_cast<size_t>(b)], entries = p.seed % 2 == 0 ? used : std::min(used + 1, map.width);
    for (int64_t slot = 0; slot < entries; ++slot) {
      const int64_t id = map.id[static_cast<size_t>(b * map.width + slot)];
      pages.push_back(id >= 0 ? id : absurd_page(slot + b, map.count));
    }
    starts.push_back(static_cast<int64_t>(pages.size()));
    last.push_back(data.lens_kv[static_cast<size_t>(b)] - (used - 1) * p.page_size);
  }
  data.kv_indptr = ints(starts);
  data.kv_indices = ints(pages);
  data.args.kv_indptr = data.kv_indptr.as<int32_t>();
  data.args.kv_indices = data.kv_indices.as<int32_t>();
  if (p.seed % 2 == 1) return;
  data.kv_last_page_len = ints(last);
  data.args.kv_last_page_len = data.kv_last_page_len.as<int32_t>();
  data.args.seqlens_kv = nullptr;
}

Buffer page_addresses(const PageMap& map, Buffer& pool, int64_t page_bytes) {
  Buffer addresses(map.id.size() * sizeof(void*));
  for (size_t i = 0; i < map.id.size(); ++i) {
    const void* const nowhere[] = {nullptr, reinterpret_cast<const void*>(~uintptr_t{7}), reinterpret_cast<const void*>(uintptr_t{64})};
    addresses.as<const void*>()[i] = map.id[i] >= 0 ? pool.as<unsigned char>() + map.id[i] * page_bytes : nowhere[i % 3];
  }
  return addresses;
}

void lay_out_pointers(const Problem& p, const PageMap& map, Case& data) {
  const int64_t k_page = (extent(data.problem.k) + kPageGap) * static_cast<int64_t>(rapt_type_size(p.k_type));
  const int64_t v_page = (extent(data.problem.v) + kPageGap) * static_cast<int64_t>(rapt_type_size(p.v_type));
  data.k = Buffer(static_cast<size_t>(map.count * k_page));
  data.v = Buffer(static_cast<size_t>(map.count * v_page));
  data.k_pages = page_addresses(map, data.k, k_page);
  data.v_pages = page_addresses(map, data.v, v_page);
  data.args.k_pages = data.k_pages.as<const void*>();
  data.args.v_pages = data.v_pages.as<const void*>();
}

void lay_out_pages(const Problem& p, Case& data) {
  const PageMap map(p, data.lens_q, data.lens_kv);
  const bool pointers = p.kv_layout == RAPT_KV_PAGE_POINTERS;
  data.problem.k = place(p.k_type, {pointers ? 1 : map.count, p.heads_kv, p.page_size, p.head_dim}, p.layout);
  data.problem.v = place(p.v_type, {pointers ? 1 : map.count, p.heads_kv, p.page_size, p.head_dim_v}, p.layout);
  data.problem.max_seqlen_kv = std::max<int64_t>(p.seqlen_kv, 1);
  if (p.kv_layout != RAPT_KV_PAGE_LIST && p.seed % 2 == 1) data.problem.table_stride = map.width;
  data.seqlens_kv = ints(data.lens_kv);
  data.args.seqlens_kv = data.seqlens_kv.as<int32_t>();
  if (pointers) return lay_out_pointers(p, map, data);
  data.k = allocate(data.problem.k);
  data.v = allocate(data.problem.v);
  data.args.k = data.k.data();
  data.args.v = data.v.data();
  if (p.kv_layout == RAPT_KV_BLOCK_TABLE) return lay_out_table(map, data);
  lay_out_list(p, map, data);
}

}  // namespace

rapt_tensor place(rapt_type type, const std::array<int64_t, 4>& shape, Problem::Layout layout) {
  rapt_tensor t = rapt_dense(type, shape[0], shape[1], shape[2], shape[3]);
  if (layout == Problem::Layout::bshd) {
    t.strides[1] = shape[3];
    t.strides[2] = shape[1] * shape[3];
  }
  if (layout == Problem::Layout::strided) {
    t.strides[2] = shape[3] + 3;
    t.strides[1] = shape[2] * t.strides[2] + 5;
    t.strides[0] = shape[1] * t.strides[1] + 7;
    for (int dim = 0; dim < 4; ++dim) {
      if (shape[static_cast<size_t>(dim)] == 1) t.strides[dim] = -9;
    }
  }
  t.bytes = extent(t) * static_cast<int64_t>(rapt_type_size(type));
  return t;
}

Buffer allocate(const rapt_tensor& tensor) { return Buffer(static_cast<size_t>(extent(tensor)) * rapt_type_size(tensor.type)); }

Lengths draw_lengths(const Problem& p) {
  Lengths lengths;
  for (int64_t b = 0; b < p.batch; ++b) {
    int64_t q = p.seqlen_q, kv = p.seqlen_kv;
    if (p.lengths == "random") {
      Random random(seed_of({p.seed, 'l', static_cast<uint64_t>(b)}));
      q = random.between(0, p.seqlen_q);
      kv = random.between(0, p.seqlen_kv);
    } else if (p.lengths == "edges") {  // all nine pairs in nine sequences
      const int64_t turn = b + static_cast<int64_t>(p.seed % 9), back = turn % 3, ahead = (turn + turn / 3 + 1) % 3;
      q = back == 2 ? p.seqlen_q : std::min(back, p.seqlen_q);
      kv = ahead == 2 ? p.seqlen_kv : std::min(ahead, p.seqlen_kv);
    }
    lengths.q.push_back(q);
    lengths.kv.push_back(kv);
  }
  return lengths;
}

Sight::Sight(const Problem& p, int64_t len_q, int64_t len_kv) : len_q_(len_q), len_kv_(len_kv) {
  constexpr int64_t kFar = int64_t{1} << 40;  // beyond every length
  const int64_t chosen = p.align == RAPT_ALIGN_OFFSET ? std::clamp(p.offset, -kFar, kFar) : 0;
  const int64_t offset = p.align == RAPT_ALIGN_BOTTOM_RIGHT ? len_kv - len_q : chosen;
  back_ = p.window_left >= 0 ? std::min(p.window_left, kFar) - offset : 4 * kFar;
  ahead_ = p.window_right >= 0 ? std::min(p.window_right, kFar) + offset : 4 * kFar;
  if (p.causal) ahead_ = std::min(ahead_, offset);
}

std::pair<int64_t, int64_t> Sight::keys_of(int64_t row) const {
  return {std::max<int64_t>(0, row - back_), std::min(len_kv_, row + ahead_ + 1)};
}

std::pair<int64_t, int64_t> Sight::keys() const {
  if (len_q_ == 0) return {0, 0};
  const std::pair<int64_t, int64_t> all = {keys_of(0).first, keys_of(len_q_ - 1).second};
  return all.first < all.second ? all : std::pair<int64_t, int64_t>{0, 0};
}

void lay_out_queries(const Problem& p, Case& data) {
  const std::vector<int64_t> starts = running_sum(data.lens_q);
  const int64_t total = starts.back() + (p.seqlen_q > 0 ? kRaggedPadding : 0);
  const int64_t batch = p.ragged_q ? 1 : p.batch, rows = p.ragged_q ? total : p.seqlen_q;
  data.problem.q = place(p.q_type, {batch, p.heads_q, rows, p.head_dim}, p.layout);
  data.problem.o = place(p.o_type, {batch, p.heads_q, rows, p.head_dim_v}, p.layout);
  if (p.lse) data.problem.lse = place(p.o_type == RAPT_F64 ? RAPT_F64 : RAPT_F32, {batch, p.heads_q, rows, 1}, p.layout);
  if (p.ragged_q) {
    data.problem.q_layout = RAPT_Q_RAGGED;
    data.problem.batch = p.batch;
    data.problem.max_seqlen_q = p.seqlen_q;
    data.cu_seqlens_q = ints(starts);
    data.args.cu_seqlens_q = data.cu_seqlens_q.as<int32_t>();
  } else if (p.lengths != "full") {
    data.seqlens_q = ints(data.lens_q);
    data.args.seqlens_q = data.seqlens_q.as<int32_t>();
  }
  data.q = allocate(data.problem.q);
  data.args.q = data.q.data();
}

void lay_out_keys(const Problem& p, Case& data) {
  data.problem.kv_layout = p.kv_layout;
  if (p.kv_layout != RAPT_KV_DENSE && p.kv_layout != RAPT_KV_RAGGED) return lay_out_pages(p, data);
  const bool ragged = p.kv_layout == RAPT_KV_RAGGED;
  const std::vector<int64_t> starts = running_sum(data.lens_kv);
  const int64_t total = starts.back() + (p.seqlen_kv > 0 ? kRaggedPadding : 0);
  const int64_t batch = ragged ? 1 : p.batch, rows = ragged ? total : p.seqlen_kv;
  data.problem.k = place(p.k_type, {batch, p.heads_kv, rows, p.head_dim}, p.layout);
  data.problem.v = place(p.v_type, {batch, p.heads_kv, rows, p.head_dim_v}, p.layout);
  if (ragged) {
    data.problem.max_seqlen_kv = p.seqlen_kv;
    data.cu_seqlens_kv = ints(starts);
    data.args.cu_seqlens_kv = data.cu_seqlens_kv.as<int32_t>();
  } else if (p.lengths != "full") {
    data.seqlens_kv = ints(data.lens_kv);
    data.args.seqlens_kv = data.seqlens_kv.as<int32_t>();
  }
  data.k = allocate(data.problem.k);
  data.v = allocate(data.problem.v);
  data.args.k = data.k.data();
  data.args.v = data.v.data();
}

}  // namespace rapt::workbench
