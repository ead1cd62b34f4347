// Refusals about tensors against one another, layout by layout.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cinttypes>

#include "api/check_problem.h"
#include "api/check_tensor.h"
#include "api/names.h"
#include "api/status.h"

namespace rapt::api {
namespace {

constexpr int64_t kMaxSeqlen = int64_t{1} << 48;  // as a tensor's dimension

// q alone, and how many sequences there are.
rapt_status check_q(rapt_problem& p) {
  const rapt_status status = check_tensor("q", p.q, Types::kFloating);
  if (status != RAPT_OK) return status;
  if (p.q.shape[3] < 1) return fail(RAPT_INVALID_ARGUMENT, "q.shape[3], the head_dim, is 0; give 1 or more");
  if (p.batch < 0 || p.batch > kMaxSeqlen) {
    return fail(RAPT_INVALID_ARGUMENT, "batch is %" PRId64 "; give the number of sequences, or 0 for q.shape[0]", p.batch);
  }
  if (p.q_layout == RAPT_Q_DENSE) {
    if (p.batch != 0 && p.batch != p.q.shape[0]) {
      return fail(RAPT_INVALID_ARGUMENT, "batch is %" PRId64 " but q.shape[0] is %" PRId64 "; make them equal, or leave batch 0", p.batch,
                  p.q.shape[0]);
    }
    p.batch = p.q.shape[0];
    return RAPT_OK;
  }
  if (p.q.shape[0] != 1) {
    return fail(RAPT_INVALID_ARGUMENT,
                "q.shape[0] is %" PRId64 ", but with RAPT_Q_RAGGED q is [1, heads_q, total_q, head_dim]; set it to 1", p.q.shape[0]);
  }
  if (p.batch == 0 && p.q.shape[2] != 0) {
    return fail(RAPT_INVALID_ARGUMENT, "batch is 0, but with RAPT_Q_RAGGED the shape of q does not tell it; give the number of sequences");
  }
  return RAPT_OK;
}

rapt_status check_k_and_v(const rapt_problem& p) {
  rapt_status status = check_tensor("k", p.k, Types::kFloating);
  if (status == RAPT_OK) status = check_tensor("v", p.v, Types::kFloating);
  if (status != RAPT_OK) return status;
  if (p.k.shape[3] != p.q.shape[3]) {
    return fail(RAPT_INVALID_ARGUMENT, "k.shape[3] is %" PRId64 " but q.shape[3] is %" PRId64 "; both are the head_dim: make them equal",
                p.k.shape[3], p.q.shape[3]);
  }
  for (int d = 0; d < 3; ++d) {
    if (p.v.shape[d] == p.k.shape[d]) continue;
    return fail(RAPT_INVALID_ARGUMENT, "v.shape is %s but k.shape is %s; all but the last dimension must agree", ShapeText(p.v.shape).text,
                ShapeText(p.k.shape).text);
  }
  if (p.v.shape[3] < 1) return fail(RAPT_INVALID_ARGUMENT, "v.shape[3], the head_dim of v and o, is 0; give 1 or more");
  const int64_t heads_q = p.q.shape[1], heads_kv = p.k.shape[1];
  if (heads_kv == 0 ? heads_q != 0 : heads_q % heads_kv != 0) {
    return fail(RAPT_INVALID_ARGUMENT,
                "q.shape[1], %" PRId64 " query heads, is not a multiple of k.shape[1], %" PRId64
                " key/value heads; each must serve equally many query heads",
                heads_q, heads_kv);
  }
  return RAPT_OK;
}

// The first dimension of k is sequences, 1 or pages.
rapt_status check_kv_layout(const rapt_problem& p) {
  const int64_t first = p.k.shape[0];
  if (p.kv_layout == RAPT_KV_DENSE && first != p.batch) {
    return fail(RAPT_INVALID_ARGUMENT,
                "k.shape[0] is %" PRId64 " but there are %" PRId64 " sequences (q.shape[0], or batch); make them equal", first, p.batch);
  }
  const bool single = p.kv_layout == RAPT_KV_RAGGED || p.kv_layout == RAPT_KV_PAGE_POINTERS;
  if (single && first != 1) {
    return fail(RAPT_INVALID_ARGUMENT, "k.shape[0] is %" PRId64 ", but with %s it is 1: k is %s", first, kv_layout_name(p.kv_layout),
                p.kv_layout == RAPT_KV_RAGGED ? "[1, heads_kv, total_kv, head_dim]" : "one page, [1, heads_kv, page_size, head_dim]");
  }
  if (is_paged(p) && p.k.shape[2] < 1) return fail(RAPT_INVALID_ARGUMENT, "k.shape[2], the page_size, is 0; give 1 or more");
  return RAPT_OK;
}

rapt_status check_bound(const char* name, int64_t bound, const char* tensor, int64_t rows, bool dense) {
  if (bound < 0 || bound > kMaxSeqlen) {
    return fail(RAPT_INVALID_ARGUMENT, "%s is %" PRId64 "; give the longest length, or 0 for %s.shape[2] where it is not paged", name,
                bound, tensor);
  }
  if (dense && bound > rows) {
    return fail(RAPT_INVALID_ARGUMENT, "%s is %" PRId64 " but %s.shape[2] is only %" PRId64 "; lower it, or leave it 0", name, bound,
                tensor, rows);
  }
  return RAPT_OK;
}

rapt_status check_bounds(rapt_problem& p) {
  rapt_status status = check_bound("max_seqlen_q", p.max_seqlen_q, "q", p.q.shape[2], p.q_layout == RAPT_Q_DENSE);
  if (status == RAPT_OK) status = check_bound("max_seqlen_kv", p.max_seqlen_kv, "k", p.k.shape[2], p.kv_layout == RAPT_KV_DENSE);
  if (status != RAPT_OK) return status;
  if (p.max_seqlen_q == 0) p.max_seqlen_q = p.q.shape[2];
  if (p.max_seqlen_kv == 0 && !is_paged(p)) p.max_seqlen_kv = p.k.shape[2];
  if (p.max_seqlen_kv == 0 && is_paged(p) && p.batch > 0 && p.k.shape[0] > 0) {
    return fail(RAPT_INVALID_ARGUMENT, "max_seqlen_kv is 0, but with %s the shape of k does not tell it; give the longest length",
                kv_layout_name(p.kv_layout));
  }
  return RAPT_OK;
}

rapt_status check_table(rapt_problem& p) {
  const bool has_table = p.kv_layout == RAPT_KV_BLOCK_TABLE || p.kv_layout == RAPT_KV_PAGE_POINTERS;
  if (!has_table) {
    if (p.table_stride == 0) return RAPT_OK;
    return fail(RAPT_INVALID_ARGUMENT, "table_stride is %" PRId64 ", but %s has no table; set it to 0", p.table_stride,
                kv_layout_name(p.kv_layout));
  }
  const int64_t page_size = p.k.shape[2];
  const int64_t width = p.max_seqlen_kv / page_size + (p.max_seqlen_kv % page_size != 0);
  if (p.table_stride == 0) p.table_stride = width;
  if (p.table_stride < width) {
    return fail(RAPT_INVALID_ARGUMENT,
                "table_stride is %" PRId64 ", but max_seqlen_kv %" PRId64 " in pages of %" PRId64 " needs %" PRId64
                " entries a row; raise it",
                p.table_stride, p.max_seqlen_kv, page_size, width);
  }
  int64_t entries = 0;
  if (__builtin_mul_overflow(p.table_stride, p.batch, &entries) || entries > INT64_MAX / 8) {
    return fail(RAPT_INVALID_ARGUMENT, "table_stride %" PRId64 " times batch %" PRId64 " overflows 63 bits of bytes; lower them",
                p.table_stride, p.batch);
  }
  return RAPT_OK;
}

rapt_status check_shape(const char* name, const rapt_tensor& tensor, const int64_t (&expected)[4], const char* meaning) {
  for (int d = 0; d < 4; ++d) {
    if (tensor.shape[d] == expected[d]) continue;
    return fail(RAPT_INVALID_ARGUMENT, "%s.shape is %s; make it %s, %s", name, ShapeText(tensor.shape).text, ShapeText(expected).text,
                meaning);
  }
  return RAPT_OK;
}

rapt_status check_output(const char* name, const rapt_tensor& tensor, Types types, const int64_t (&expected)[4], const char* meaning) {
  rapt_status status = check_tensor(name, tensor, types);
  if (status == RAPT_OK) status = check_shape(name, tensor, expected, meaning);
  if (status == RAPT_OK) status = check_no_overlap(name, tensor);
  return status;
}

rapt_status check_outputs(const rapt_problem& p, Outputs outputs) {
  const int64_t(&q)[4] = p.q.shape;
  rapt_status status = RAPT_OK;
  if (outputs == Outputs::kOptional && p.o.type == RAPT_NONE) {
    status = check_absent("o", p.o);
  } else {
    status = check_output("o", p.o, Types::kFloating, {q[0], q[1], q[2], p.v.shape[3]}, "the shape of q with the last dimension of v");
  }
  if (status != RAPT_OK) return status;
  if (p.lse.type == RAPT_NONE) return check_absent("lse", p.lse);
  return check_output("lse", p.lse, Types::kWide, {q[0], q[1], q[2], 1}, "the shape of q with 1 for the last dimension");
}

rapt_status check_broadcast(const char* name, const rapt_tensor& tensor, Types types, const rapt_problem& p) {
  if (tensor.type == RAPT_NONE) return check_absent(name, tensor);
  const rapt_status status = check_tensor(name, tensor, types);
  if (status != RAPT_OK) return status;
  const int64_t full[4] = {p.batch, p.q.shape[1], p.max_seqlen_q, p.max_seqlen_kv};
  for (int d = 0; d < 4; ++d) {
    if (tensor.shape[d] == 1 || tensor.shape[d] == full[d]) continue;
    return fail(
        RAPT_INVALID_ARGUMENT,
        "%s.shape is %s; each dimension must be 1 or that of [batch, heads_q, max_seqlen_q, max_seqlen_kv] = %s, and dimension %d is not",
        name, ShapeText(tensor.shape).text, ShapeText(full).text, d);
  }
  return RAPT_OK;
}

rapt_status check_per_head(const char* name, const rapt_tensor& tensor, const rapt_problem& p, bool may_be_per_batch) {
  if (tensor.type == RAPT_NONE) return check_absent(name, tensor);
  const rapt_status status = check_tensor(name, tensor, Types::kWide);
  if (status != RAPT_OK) return status;
  const int64_t first = may_be_per_batch && tensor.shape[0] == p.batch ? p.batch : 1;
  return check_shape(name, tensor, {first, p.q.shape[1], 1, 1}, may_be_per_batch ? "[1 or batch, heads_q, 1, 1]" : "[1, heads_q, 1, 1]");
}

}  // namespace

bool is_paged(const rapt_problem& problem) { return problem.kv_layout >= RAPT_KV_BLOCK_TABLE; }

rapt_status check_shapes(rapt_problem& p, Outputs outputs) {
  rapt_status status = check_q(p);
  if (status == RAPT_OK) status = check_k_and_v(p);
  if (status == RAPT_OK) status = check_kv_layout(p);
  if (status == RAPT_OK) status = check_bounds(p);
  if (status == RAPT_OK) status = check_table(p);
  if (status == RAPT_OK) status = check_outputs(p, outputs);
  if (status == RAPT_OK) status = check_broadcast("mask", p.mask, Types::kBool, p);
  if (status == RAPT_OK) status = check_broadcast("bias", p.bias, Types::kFloating, p);
  if (status == RAPT_OK) status = check_per_head("alibi", p.alibi, p, true);
  if (status == RAPT_OK) status = check_per_head("sinks", p.sinks, p, false);
  return status;
}

}  // namespace rapt::api
