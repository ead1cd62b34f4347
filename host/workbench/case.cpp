// Builds the call that a problem string describes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/case.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "workbench/layout.h"
#include "workbench/random.h"
#include "workbench/scalar.h"
#include "workbench/values.h"

namespace rapt::workbench {
namespace {

struct Named {
  const char* name;
  Buffer Case::*buffer;
};
constexpr Named kBuffers[] = {
    {"q", &Case::q},
    {"k", &Case::k},
    {"v", &Case::v},
    {"mask", &Case::mask},
    {"bias", &Case::bias},
    {"alibi", &Case::alibi},
    {"sinks", &Case::sinks},
    {"seqlens_q", &Case::seqlens_q},
    {"seqlens_kv", &Case::seqlens_kv},
    {"cu_seqlens_q", &Case::cu_seqlens_q},
    {"cu_seqlens_kv", &Case::cu_seqlens_kv},
    {"block_table", &Case::block_table},
    {"kv_indptr", &Case::kv_indptr},
    {"kv_indices", &Case::kv_indices},
    {"kv_last_page_len", &Case::kv_last_page_len},
    {"k_pages", &Case::k_pages},
    {"v_pages", &Case::v_pages},
};

void refuse_what_does_not_fit(const Problem& p) {
  const double elements =
      static_cast<double>(p.mask.empty() && p.bias.empty() ? 0 : 1) * static_cast<double>(p.seqlen_q) * static_cast<double>(p.seqlen_kv);
  const double bytes = unique_bytes(p) + elements;
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (bytes > memory) {
    throw std::invalid_argument(fmt::format("{} takes {:.0f} GiB and this machine has {:.0f}; make it smaller", print_problem(p),
                                            bytes * 0x1p-30, memory * 0x1p-30));
  }
}

void describe(const Problem& p, rapt_problem& problem) {
  problem.align = p.align;
  problem.offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : 0;
  problem.causal = p.causal ? 1 : 0;
  problem.window_left = p.window_left;
  problem.window_right = p.window_right;
  problem.softcap = p.softcap;
  problem.has_scale = p.scale ? 1 : 0;
  problem.scale = p.scale.value_or(0.0);
  problem.lse_base2 = p.lse_base2 ? 1 : 0;
  problem.batch_invariant = p.batch_invariant ? 1 : 0;
}

// Element offset of key j in `tensor`, which is k or v, found as an engine would find it: from the arguments.
int64_t paged_row(const Case& data, const rapt_tensor& tensor, const Buffer& pool, const Buffer& addresses, int64_t b, int64_t head,
                  int64_t j) {
  const rapt_problem& p = data.problem;
  const int64_t size = p.k.shape[2], slot = j / size, within = offset_of(tensor, 0, head, j % size, 0);
  const int64_t stride = p.table_stride != 0 ? p.table_stride : (p.max_seqlen_kv + size - 1) / size;
  if (p.kv_layout == RAPT_KV_PAGE_POINTERS) {
    const auto bytes = static_cast<int64_t>(rapt_type_size(tensor.type));
    const auto page = reinterpret_cast<uintptr_t>(addresses.as<const void*>()[b * stride + slot]),
               begin = reinterpret_cast<uintptr_t>(pool.data());
    return page < begin || page >= begin + pool.size() ? -1 : static_cast<int64_t>(page - begin) / bytes + within;
  }
  int64_t page = -1;
  if (p.kv_layout == RAPT_KV_BLOCK_TABLE) {
    page = data.block_table.as<int32_t>()[b * stride + slot];
  } else if (const int32_t* starts = data.kv_indptr.as<int32_t>(); starts[b] + slot < starts[b + 1]) {
    page = data.kv_indices.as<int32_t>()[starts[b] + slot];
  }
  return page < 0 || page >= tensor.shape[0] ? -1 : offset_of(tensor, page, head, j % size, 0);
}

int64_t row_of(const Case& data, const rapt_tensor& tensor, const Buffer& pool, const Buffer& addresses, int64_t b, int64_t head,
               int64_t j) {
  if (data.problem.kv_layout == RAPT_KV_DENSE) return offset_of(tensor, b, head, j, 0);
  if (data.problem.kv_layout == RAPT_KV_RAGGED) return offset_of(tensor, 0, head, data.cu_seqlens_kv.as<int32_t>()[b] + j, 0);
  return paged_row(data, tensor, pool, addresses, b, head, j);
}

}  // namespace

std::vector<std::pair<Buffer, const char*>> Case::inputs() const {
  std::vector<std::pair<Buffer, const char*>> list;
  for (const Named& named : kBuffers) list.emplace_back(this->*named.buffer, named.name);
  return list;
}

uint64_t Case::hash() const {
  uint64_t h = 0;
  for (const Named& named : kBuffers) h = seed_of({h, (this->*named.buffer).hash()});
  return h;
}

bool Case::guards_intact() const {
  return std::all_of(std::begin(kBuffers), std::end(kBuffers),
                     [this](const Named& named) { return (this->*named.buffer).guards_intact(); });
}

Case make_case(const Problem& problem) {
  refuse_what_does_not_fit(problem);
  Case data;
  data.name = print_problem(problem);
  data.problem = RAPT_PROBLEM_INIT;
  data.args = RAPT_ARGS_INIT;
  Lengths lengths = draw_lengths(problem);
  data.lens_q = std::move(lengths.q);
  data.lens_kv = std::move(lengths.kv);
  describe(problem, data.problem);
  lay_out_queries(problem, data);
  lay_out_keys(problem, data);
  fill_rows(problem, data);
  fill_modifiers(problem, data);
  poison_hidden(problem, data);
  return data;
}

int64_t query_row(const Case& data, const rapt_tensor& tensor, int64_t b, int64_t head, int64_t i) {
  if (data.problem.q_layout == RAPT_Q_DENSE) return offset_of(tensor, b, head, i, 0);
  return offset_of(tensor, 0, head, data.cu_seqlens_q.as<int32_t>()[b] + i, 0);
}

int64_t key_row(const Case& data, int64_t b, int64_t head, int64_t j) {
  return row_of(data, data.problem.k, data.k, data.k_pages, b, head, j);
}

int64_t value_row(const Case& data, int64_t b, int64_t head, int64_t j) {
  return row_of(data, data.problem.v, data.v, data.v_pages, b, head, j);
}

}  // namespace rapt::workbench
