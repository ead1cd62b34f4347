// Lengths, offsets and the five ways of addressing keys and values.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "reference/sequence.h"

#include <algorithm>

namespace rapt::reference {
namespace {

int64_t length_kv(const Call& call, int64_t b) {
  const rapt_problem& problem = call.problem;
  const rapt_args& args = call.args;
  if (args.seqlens_kv != nullptr) return args.seqlens_kv[b];
  if (problem.kv_layout == RAPT_KV_PAGE_LIST) {
    const int64_t pages = static_cast<int64_t>(args.kv_indptr[b + 1]) - args.kv_indptr[b];
    return pages > 0 ? (pages - 1) * problem.k.shape[2] + args.kv_last_page_len[b] : 0;
  }
  return problem.k.shape[2];
}

int64_t pages_per_sequence(const rapt_problem& problem) {
  const int64_t page_size = std::max<int64_t>(problem.k.shape[2], 1);
  return problem.max_seqlen_kv / page_size + 1;
}

const void* element(const void* data, const rapt_tensor& tensor, int64_t index) {
  return static_cast<const char*>(data) + index * size_of(tensor.type);
}

// Key `slot` of a block of keys: a batch entry, or a page.
KeyValue in_block(const Row& row, int64_t block, int64_t slot) {
  const rapt_problem& problem = row.call.problem;
  const int64_t head = row.head / (problem.q.shape[1] / problem.k.shape[1]);
  return {element(row.call.args.k, problem.k, index_of(problem.k, block, head, slot)),
          element(row.call.args.v, problem.v, index_of(problem.v, block, head, slot))};
}

KeyValue in_page(const Row& row, int64_t page, int64_t slot) {
  if (page < 0 || page >= row.call.problem.k.shape[0]) return {nullptr, nullptr};
  return in_block(row, page, slot);
}

KeyValue in_page_of_pointers(const Row& row, int64_t entry, int64_t slot) {
  const rapt_problem& problem = row.call.problem;
  const void* k_page = row.call.args.k_pages[entry];
  const void* v_page = row.call.args.v_pages[entry];
  if (k_page == nullptr || v_page == nullptr) return {nullptr, nullptr};
  const int64_t head = row.head / (problem.q.shape[1] / problem.k.shape[1]);
  return {element(k_page, problem.k, index_of(problem.k, 0, head, slot)), element(v_page, problem.v, index_of(problem.v, 0, head, slot))};
}

}  // namespace

Sequence sequence_at(const Call& call, int64_t index) {
  const rapt_problem& problem = call.problem;
  const rapt_args& args = call.args;
  Sequence sequence{index, 0, 0, 0, 0, 0};
  if (problem.q_layout == RAPT_Q_RAGGED) {
    sequence.begin_q = std::clamp<int64_t>(args.cu_seqlens_q[index], 0, problem.q.shape[2]);
    sequence.len_q = std::clamp<int64_t>(args.cu_seqlens_q[index + 1], sequence.begin_q, problem.q.shape[2]) - sequence.begin_q;
  } else {
    const int64_t length = args.seqlens_q != nullptr ? args.seqlens_q[index] : problem.q.shape[2];
    sequence.len_q = std::clamp<int64_t>(length, 0, problem.q.shape[2]);
  }
  if (problem.kv_layout == RAPT_KV_RAGGED) {
    sequence.begin_kv = std::clamp<int64_t>(args.cu_seqlens_kv[index], 0, problem.k.shape[2]);
    sequence.len_kv = std::clamp<int64_t>(args.cu_seqlens_kv[index + 1], sequence.begin_kv, problem.k.shape[2]) - sequence.begin_kv;
  } else {
    const int64_t bound = problem.kv_layout == RAPT_KV_DENSE ? problem.k.shape[2] : problem.max_seqlen_kv;
    sequence.len_kv = std::clamp<int64_t>(length_kv(call, index), 0, bound);
  }
  sequence.len_q = std::min(sequence.len_q, problem.max_seqlen_q);
  sequence.len_kv = std::min(sequence.len_kv, problem.max_seqlen_kv);
  switch (problem.align) {
    case RAPT_ALIGN_OFFSET:
      sequence.offset = problem.offset;
      break;
    case RAPT_ALIGN_TOP_LEFT:
      sequence.offset = 0;
      break;
    default:
      sequence.offset = sequence.len_kv - sequence.len_q;
      break;
  }
  return sequence;
}

KeyValue locate(const Row& row, int64_t j) {
  const rapt_problem& problem = row.call.problem;
  const rapt_args& args = row.call.args;
  const int64_t b = row.sequence.index;
  const int64_t page_size = problem.k.shape[2];
  switch (problem.kv_layout) {
    case RAPT_KV_BLOCK_TABLE:
      return in_page(row, args.block_table[b * problem.table_stride + j / page_size], j % page_size);
    case RAPT_KV_PAGE_LIST: {
      const int64_t entry = args.kv_indptr[b] + j / page_size;
      return in_page(row, entry < args.kv_indptr[b + 1] ? args.kv_indices[entry] : -1, j % page_size);
    }
    case RAPT_KV_PAGE_POINTERS:
      return in_page_of_pointers(row, b * problem.table_stride + j / page_size, j % page_size);
    default:
      return in_block(row, b, row.sequence.begin_kv + j);  // dense, ragged
  }
}

void MissingPage::report(const Row& row, int64_t j) {
  const rapt_problem& problem = row.call.problem;
  const int64_t page = row.sequence.index * pages_per_sequence(problem) + j / problem.k.shape[2];
  int64_t first = first_.load();
  while (page < first && !first_.compare_exchange_weak(first, page)) continue;
}

rapt_status MissingPage::verdict(const Call& call, Text& fault) const {
  const int64_t first = first_.load();
  if (first == kNone) return RAPT_OK;
  const rapt_problem& problem = call.problem;
  const rapt_args& args = call.args;
  const long long b = first / pages_per_sequence(problem), position = first % pages_per_sequence(problem);
  const long long num_pages = problem.k.shape[0];
  if (problem.kv_layout == RAPT_KV_PAGE_POINTERS) {
    const bool in_k = args.k_pages[b * problem.table_stride + position] == nullptr;
    fault.append("sequence %lld needs its page %lld, but %s[%lld, %lld] is NULL; its keys were treated as hidden", b, position,
                 in_k ? "k_pages" : "v_pages", b, position);
  } else if (problem.kv_layout == RAPT_KV_BLOCK_TABLE) {
    fault.append(
        "sequence %lld needs its page %lld, but block_table[%lld, %lld] = %d is outside [0, %lld); its keys were treated as hidden", b,
        position, b, position, args.block_table[b * problem.table_stride + position], num_pages);
  } else {
    const long long entry = args.kv_indptr[b] + position, pages = static_cast<long long>(args.kv_indptr[b + 1]) - args.kv_indptr[b];
    if (position < pages) {
      fault.append("sequence %lld needs its page %lld, but kv_indices[%lld] = %d is outside [0, %lld); its keys were treated as hidden", b,
                   position, entry, args.kv_indices[entry], num_pages);
    } else {
      fault.append("sequence %lld needs its page %lld, but kv_indptr gives it %lld pages; the keys past them were treated as hidden", b,
                   position, pages);
    }
  }
  return RAPT_BAD_INDEX;
}

}  // namespace rapt::reference
