// Lengths, offsets and addresses, for every layout that the header names.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cpu/call.h"

namespace rapt::cpu {
namespace {

constexpr int64_t kFar = int64_t{1} << 61;  // beyond any position; sums of two do not overflow

int64_t clamp(int64_t value, int64_t low, int64_t high) { return std::max(low, std::min(value, high)); }

bool paged(const rapt_problem& p) { return p.kv_layout >= RAPT_KV_BLOCK_TABLE; }

void locate_queries(const Call& call, Sequence& s) {
  const rapt_problem& p = call.problem;
  if (p.q_layout == RAPT_Q_RAGGED) {
    const int64_t total = p.q.shape[2];
    s.q_batch = 0;
    s.q_row = clamp(call.args.cu_seqlens_q[s.index], 0, total);
    s.len_q = clamp(call.args.cu_seqlens_q[s.index + 1] - s.q_row, 0, std::min(p.max_seqlen_q, total - s.q_row));
  } else {
    s.q_batch = s.index;
    s.q_row = 0;
    s.len_q = p.q.shape[2];
    if (call.args.seqlens_q != nullptr) s.len_q = clamp(call.args.seqlens_q[s.index], 0, s.len_q);
  }
}

void locate_pages(const Call& call, Sequence& s) {
  const rapt_problem& p = call.problem;
  const int64_t page_size = p.k.shape[2];
  if (p.kv_layout == RAPT_KV_PAGE_LIST) {
    s.page_begin = call.args.kv_indptr[s.index];
    s.page_count = std::max<int64_t>(0, call.args.kv_indptr[s.index + 1] - s.page_begin);
  } else {
    s.page_begin = s.index * p.table_stride;
    s.page_count = (p.max_seqlen_kv + page_size - 1) / page_size;
  }
  const int64_t last = call.args.kv_last_page_len == nullptr ? page_size : call.args.kv_last_page_len[s.index];
  const int64_t held = s.page_count == 0 ? 0 : (s.page_count - 1) * page_size + last;
  s.len_kv = call.args.seqlens_kv != nullptr ? call.args.seqlens_kv[s.index] : held;
  s.len_kv = clamp(s.len_kv, 0, p.max_seqlen_kv);
}

void locate_keys(const Call& call, Sequence& s) {
  const rapt_problem& p = call.problem;
  s.kv_batch = s.kv_row = s.page_begin = s.page_count = 0;
  if (paged(p)) return locate_pages(call, s);
  if (p.kv_layout == RAPT_KV_RAGGED) {
    const int64_t total = p.k.shape[2];
    s.kv_row = clamp(call.args.cu_seqlens_kv[s.index], 0, total);
    s.len_kv = clamp(call.args.cu_seqlens_kv[s.index + 1] - s.kv_row, 0, std::min(p.max_seqlen_kv, total - s.kv_row));
  } else {
    s.kv_batch = s.index;
    s.len_kv = p.k.shape[2];
    if (call.args.seqlens_kv != nullptr) s.len_kv = clamp(call.args.seqlens_kv[s.index], 0, s.len_kv);
  }
}

// The page that holds entry `position` of the sequence's table, or nullptr.
const char* page_at(const Call& call, const Sequence& s, Side side, int64_t position) {
  const rapt_problem& p = call.problem;
  if (position >= s.page_count) return nullptr;
  const int64_t entry = s.page_begin + position;
  if (p.kv_layout == RAPT_KV_PAGE_POINTERS)
    return static_cast<const char*>((side == Side::k ? call.args.k_pages : call.args.v_pages)[entry]);
  const int32_t page = (p.kv_layout == RAPT_KV_PAGE_LIST ? call.args.kv_indices : call.args.block_table)[entry];
  const rapt_tensor& t = side == Side::k ? p.k : p.v;
  if (page < 0 || page >= t.shape[0]) return nullptr;
  const char* base = static_cast<const char*>(side == Side::k ? call.args.k : call.args.v);
  return base + page * t.strides[0] * static_cast<int64_t>(rapt_type_size(t.type));
}

}  // namespace

Sequence sequence_at(const Call& call, int64_t index) {
  Sequence s{};
  s.index = index;
  locate_queries(call, s);
  locate_keys(call, s);
  switch (call.problem.align) {
    case RAPT_ALIGN_TOP_LEFT: s.offset = 0; break;
    case RAPT_ALIGN_OFFSET: s.offset = clamp(call.problem.offset, -kFar, kFar); break;
    default: s.offset = s.len_kv - s.len_q;
  }
  return s;
}

KeyRange visible_keys(const rapt_problem& p, const Sequence& s, int64_t query) {
  const int64_t position = query + s.offset;
  int64_t begin = 0, end = s.len_kv;
  if (p.causal) end = std::min(end, position + 1);
  if (p.window_right >= 0) end = std::min(end, position + std::min(p.window_right, kFar) + 1);
  if (p.window_left >= 0) begin = std::max(begin, position - std::min(p.window_left, kFar));
  end = std::max<int64_t>(end, 0);
  return {std::min(begin, end), end};
}

void key_rows(const Call& call, const Sequence& s, Side side, int64_t head_kv, int64_t first, int64_t count, const char** rows) {
  const rapt_problem& p = call.problem;
  const rapt_tensor& t = side == Side::k ? p.k : p.v;
  const int64_t size = static_cast<int64_t>(rapt_type_size(t.type)), step = t.strides[2] * size, head = head_kv * t.strides[1] * size;
  if (!paged(p)) {
    const char* base = static_cast<const char*>(side == Side::k ? call.args.k : call.args.v);
    base += s.kv_batch * t.strides[0] * size + head + (s.kv_row + first) * step;
    for (int64_t j = 0; j < count; ++j) rows[j] = base + j * step;
    return;
  }
  const int64_t page_size = t.shape[2];
  for (int64_t j = 0; j < count;) {
    const int64_t key = first + j, slot = key % page_size, stop = std::min(count, j + page_size - slot);
    const char* page = page_at(call, s, side, key / page_size);
    for (int64_t in_page = slot; j < stop; ++j, ++in_page) rows[j] = page == nullptr ? nullptr : page + head + in_page * step;
  }
}

}  // namespace rapt::cpu
