// Refusals about pointers: missing, unexpected, misaligned, or the same memory twice.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/check_args.h"

#include <cstdint>

#include "api/check_problem.h"
#include "api/check_tensor.h"
#include "api/names.h"
#include "api/status.h"

namespace rapt::api {
namespace {

bool is_multiple(const void* pointer, size_t alignment) { return reinterpret_cast<uintptr_t>(pointer) % alignment == 0; }

rapt_status check_alignment(const char* name, const void* pointer, size_t alignment) {
  if (is_multiple(pointer, alignment)) return RAPT_OK;
  return fail(RAPT_MISALIGNED, "args.%s is %p, not a multiple of its element's %zu bytes; align it", name, pointer, alignment);
}

rapt_status check_data(const char* name, const rapt_tensor& tensor, const void* data) {
  if (tensor.type == RAPT_NONE) {
    if (data == nullptr) return RAPT_OK;
    return fail(RAPT_INVALID_ARGUMENT, "args.%s is given but the plan's problem has no %s; set it to NULL, or describe problem.%s", name,
                name, name);
  }
  if (data == nullptr && !is_empty(tensor)) {
    return fail(RAPT_INVALID_ARGUMENT, "args.%s is NULL but problem.%s has shape %s; give its data", name, name,
                ShapeText(tensor.shape).text);
  }
  return check_alignment(name, data, rapt_type_size(tensor.type));
}

rapt_status check_tensors(const rapt_problem& p, const rapt_args& args) {
  rapt_status status = check_data("q", p.q, args.q);
  if (status == RAPT_OK && p.kv_layout != RAPT_KV_PAGE_POINTERS) status = check_data("k", p.k, args.k);
  if (status == RAPT_OK && p.kv_layout != RAPT_KV_PAGE_POINTERS) status = check_data("v", p.v, args.v);
  if (status == RAPT_OK) status = check_data("mask", p.mask, args.mask);
  if (status == RAPT_OK) status = check_data("bias", p.bias, args.bias);
  if (status == RAPT_OK) status = check_data("alibi", p.alibi, args.alibi);
  if (status == RAPT_OK) status = check_data("sinks", p.sinks, args.sinks);
  return status;
}

struct Data {
  const char* name;
  const rapt_tensor& tensor;
  const void* data;
};

// Two tensors that begin at one address share their first element. (That ranges cross proves nothing: rows may be interleaved.)
rapt_status check_apart(const Data& output, const Data& other) {
  if (output.data != other.data || output.data == nullptr || is_empty(output.tensor) || is_empty(other.tensor)) return RAPT_OK;
  return fail(RAPT_INVALID_ARGUMENT, "args.%s and args.%s are the same memory, %p; outputs need their own", output.name, other.name,
              other.data);
}

rapt_status check_outputs(const rapt_problem& p, const rapt_args& args) {
  const Data o = {"o", p.o, args.o}, lse = {"lse", p.lse, args.lse};
  const Data inputs[] = {{"q", p.q, args.q},
                         {"k", p.k, args.k},
                         {"v", p.v, args.v},
                         {"mask", p.mask, args.mask},
                         {"bias", p.bias, args.bias},
                         {"alibi", p.alibi, args.alibi},
                         {"sinks", p.sinks, args.sinks}};
  rapt_status status = check_data("o", p.o, args.o);
  if (status == RAPT_OK) status = check_data("lse", p.lse, args.lse);
  if (status == RAPT_OK) status = check_apart(o, lse);
  for (const Data& input : inputs) {
    if (status == RAPT_OK) status = check_apart(o, input);
    if (status == RAPT_OK) status = check_apart(lse, input);
  }
  return status;
}

enum class Need { kNo, kMay, kMust };

rapt_status check_index(const char* name, const void* data, Need need, size_t alignment, const rapt_problem& p, bool of_q) {
  const char* layout = of_q ? q_layout_name(p.q_layout) : kv_layout_name(p.kv_layout);
  if (need == Need::kNo && data != nullptr) {
    return fail(RAPT_INVALID_ARGUMENT, "args.%s is given but %s does not read it; set it to NULL, or change the layout", name, layout);
  }
  if (need == Need::kMust && data == nullptr) return fail(RAPT_INVALID_ARGUMENT, "args.%s is NULL but %s needs it; give it", name, layout);
  return check_alignment(name, data, alignment);
}

Need must_if(bool condition) { return condition ? Need::kMust : Need::kNo; }
// Of an array that may have no entries: then it may be NULL.
Need must_if(bool condition, bool has_entries) { return condition && !has_entries ? Need::kMay : must_if(condition); }

rapt_status check_indices(const rapt_problem& p, const rapt_args& args) {
  constexpr size_t kInt = sizeof(int32_t), kPointer = sizeof(void*);
  const bool ragged_q = p.q_layout == RAPT_Q_RAGGED, ragged_kv = p.kv_layout == RAPT_KV_RAGGED;
  const bool list = p.kv_layout == RAPT_KV_PAGE_LIST, pointers = p.kv_layout == RAPT_KV_PAGE_POINTERS;
  const bool table = p.kv_layout == RAPT_KV_BLOCK_TABLE;
  const bool lengths_may_be_absent = p.kv_layout == RAPT_KV_DENSE || (list && args.kv_last_page_len != nullptr);
  const Need list_last = !list ? Need::kNo : args.seqlens_kv == nullptr ? Need::kMust : Need::kMay;
  const bool has_entries = p.table_stride > 0;
  rapt_status status = check_index("seqlens_q", args.seqlens_q, ragged_q ? Need::kNo : Need::kMay, kInt, p, true);
  if (status == RAPT_OK) status = check_index("cu_seqlens_q", args.cu_seqlens_q, must_if(ragged_q), kInt, p, true);
  if (status == RAPT_OK) status = check_index("cu_seqlens_kv", args.cu_seqlens_kv, must_if(ragged_kv), kInt, p, false);
  if (status == RAPT_OK) {
    const Need need = ragged_kv ? Need::kNo : lengths_may_be_absent ? Need::kMay : Need::kMust;
    status = check_index("seqlens_kv", args.seqlens_kv, need, kInt, p, false);
  }
  if (status == RAPT_OK) status = check_index("block_table", args.block_table, must_if(table, has_entries), kInt, p, false);
  if (status == RAPT_OK) status = check_index("kv_indptr", args.kv_indptr, must_if(list), kInt, p, false);
  if (status == RAPT_OK) status = check_index("kv_indices", args.kv_indices, must_if(list, p.k.shape[0] > 0), kInt, p, false);
  if (status == RAPT_OK) status = check_index("kv_last_page_len", args.kv_last_page_len, list_last, kInt, p, false);
  if (status == RAPT_OK) status = check_index("k_pages", args.k_pages, must_if(pointers, has_entries), kPointer, p, false);
  if (status == RAPT_OK) status = check_index("v_pages", args.v_pages, must_if(pointers, has_entries), kPointer, p, false);
  return status;
}

// A bound below the tensor's rows needs lengths that respect it.
rapt_status check_full_length(const char* lengths, bool given, const char* bound, int64_t bound_value, int64_t rows) {
  if (given || bound_value >= rows) return RAPT_OK;
  return fail(RAPT_INVALID_ARGUMENT, "args.%s is NULL, so every sequence has all %lld rows, more than %s %lld; give the lengths", lengths,
              static_cast<long long>(rows), bound, static_cast<long long>(bound_value));
}

}  // namespace

rapt_status check_args(const rapt_problem& p, const rapt_args& args, WithOutputs outputs) {
  rapt_status status = check_tensors(p, args);
  if (status == RAPT_OK && outputs == WithOutputs::kYes) status = check_outputs(p, args);
  if (status == RAPT_OK) status = check_indices(p, args);
  if (status == RAPT_OK && p.q_layout == RAPT_Q_DENSE) {
    status = check_full_length("seqlens_q", args.seqlens_q != nullptr, "max_seqlen_q", p.max_seqlen_q, p.q.shape[2]);
  }
  if (status == RAPT_OK && p.kv_layout == RAPT_KV_DENSE) {
    status = check_full_length("seqlens_kv", args.seqlens_kv != nullptr, "max_seqlen_kv", p.max_seqlen_kv, p.k.shape[2]);
  }
  return status;
}

}  // namespace rapt::api
