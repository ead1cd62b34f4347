// Refusals about lengths, offsets and page counts in host memory, sequence by sequence.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cinttypes>

#include "api/check_args.h"
#include "api/status.h"

namespace rapt::api {
namespace {

rapt_status check_each(const char* name, const int32_t* lengths, int64_t batch, const char* bound, int64_t largest) {
  for (int64_t b = 0; b < batch; ++b) {
    if (lengths[b] >= 0 && lengths[b] <= largest) continue;
    return fail(RAPT_BAD_INDEX, "args.%s[%" PRId64 "] is %d; give a length from 0 to %s, %" PRId64, name, b, lengths[b], bound, largest);
  }
  return RAPT_OK;
}

rapt_status check_not_decreasing(const char* name, const int32_t* offsets, int64_t batch) {
  for (int64_t b = 0; b < batch; ++b) {
    if (offsets[b + 1] >= offsets[b]) continue;
    return fail(RAPT_BAD_INDEX, "args.%s[%" PRId64 "] is %d, below the %d before it; offsets may not go down", name, b + 1, offsets[b + 1],
                offsets[b]);
  }
  return RAPT_OK;
}

rapt_status check_offsets(const char* name, const int32_t* offsets, int64_t batch, const char* rows, int64_t total, const char* bound,
                          int64_t longest) {
  if (offsets[0] != 0) return fail(RAPT_BAD_INDEX, "args.%s[0] is %d; the first offset is 0", name, offsets[0]);
  const rapt_status status = check_not_decreasing(name, offsets, batch);
  if (status != RAPT_OK) return status;
  if (offsets[batch] > total) {
    return fail(RAPT_BAD_INDEX, "args.%s[%" PRId64 "] is %d, past the %" PRId64 " rows of %s; end at or before the total", name, batch,
                offsets[batch], total, rows);
  }
  for (int64_t b = 0; b < batch; ++b) {
    const int64_t length = int64_t{offsets[b + 1]} - offsets[b];
    if (length <= longest) continue;
    return fail(RAPT_BAD_INDEX, "args.%s makes sequence %" PRId64 " %" PRId64 " long, more than %s %" PRId64 "; plan with a larger bound",
                name, b, length, bound, longest);
  }
  return RAPT_OK;
}

rapt_status check_page_list(const rapt_problem& p, const rapt_args& args) {
  const int64_t page_size = p.k.shape[2];
  if (args.kv_indptr[0] < 0) return fail(RAPT_BAD_INDEX, "args.kv_indptr[0] is %d; an offset is 0 or more", args.kv_indptr[0]);
  rapt_status status = check_not_decreasing("kv_indptr", args.kv_indptr, p.batch);
  if (status == RAPT_OK && args.kv_indices == nullptr && args.kv_indptr[p.batch] > 0) {
    status = fail(RAPT_BAD_INDEX, "args.kv_indptr[%" PRId64 "] is %d but args.kv_indices is NULL; give the list", p.batch,
                  args.kv_indptr[p.batch]);
  }
  if (status == RAPT_OK && args.kv_last_page_len != nullptr) {
    status = check_each("kv_last_page_len", args.kv_last_page_len, p.batch, "the page_size", page_size);
  }
  for (int64_t b = 0; b < p.batch && status == RAPT_OK; ++b) {
    const int64_t pages = int64_t{args.kv_indptr[b + 1]} - args.kv_indptr[b];
    const int64_t room = pages > INT64_MAX / page_size ? INT64_MAX : pages * page_size;
    const int64_t from_pages = args.kv_last_page_len == nullptr || pages == 0 ? 0 : room - page_size + args.kv_last_page_len[b];
    const int64_t length = args.seqlens_kv != nullptr ? args.seqlens_kv[b] : from_pages;
    if (length > room) {
      status = fail(RAPT_BAD_INDEX,
                    "args.seqlens_kv[%" PRId64 "] is %" PRId64 ", but kv_indptr gives it %" PRId64 " pages of %" PRId64
                    "; shorten it, or list more pages",
                    b, length, pages, page_size);
    } else if (length > p.max_seqlen_kv) {
      status = fail(RAPT_BAD_INDEX,
                    "args.kv_indptr and kv_last_page_len make sequence %" PRId64 " %" PRId64 " keys long, more than max_seqlen_kv %" PRId64
                    "; plan with a larger bound",
                    b, length, p.max_seqlen_kv);
    } else if (args.seqlens_kv != nullptr && args.kv_last_page_len != nullptr && length != from_pages) {
      status = fail(RAPT_BAD_INDEX,
                    "args.seqlens_kv[%" PRId64 "] is %" PRId64 ", but kv_indptr and kv_last_page_len say %" PRId64
                    "; make them agree, or leave one NULL",
                    b, length, from_pages);
    }
  }
  return status;
}

}  // namespace

rapt_status check_lengths(const rapt_problem& p, const rapt_args& args) {
  rapt_status status = RAPT_OK;
  if (args.seqlens_q != nullptr) status = check_each("seqlens_q", args.seqlens_q, p.batch, "max_seqlen_q", p.max_seqlen_q);
  if (status == RAPT_OK && args.seqlens_kv != nullptr) {
    status = check_each("seqlens_kv", args.seqlens_kv, p.batch, "max_seqlen_kv", p.max_seqlen_kv);
  }
  if (status == RAPT_OK && p.q_layout == RAPT_Q_RAGGED) {
    status = check_offsets("cu_seqlens_q", args.cu_seqlens_q, p.batch, "q", p.q.shape[2], "max_seqlen_q", p.max_seqlen_q);
  }
  if (status == RAPT_OK && p.kv_layout == RAPT_KV_RAGGED) {
    status = check_offsets("cu_seqlens_kv", args.cu_seqlens_kv, p.batch, "k", p.k.shape[2], "max_seqlen_kv", p.max_seqlen_kv);
  }
  if (status == RAPT_OK && p.kv_layout == RAPT_KV_PAGE_LIST) status = check_page_list(p, args);
  return status;
}

}  // namespace rapt::api
