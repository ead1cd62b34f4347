// Copies of host memory that kernels may touch, each at the address that the kernels are given.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/device_args.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace rapt::emulated {
namespace {

// Elements from the first to the last, gaps included.
int64_t extent(const rapt_tensor& tensor) {
  int64_t last = 0;
  for (int d = 0; d < 4; ++d) {
    if (tensor.shape[d] == 0) return 0;
    last += (tensor.shape[d] - 1) * tensor.strides[d];
  }
  return last + 1;
}

// Keys [first, end) that rows of a sequence see by its lengths and the window; first == end if there are none.
std::pair<int64_t, int64_t> keys_in_sight(const rapt_problem& p, const rapt_args& host, int64_t b) {
  int64_t len_q = p.q.shape[2];
  if (p.q_layout == RAPT_Q_RAGGED) len_q = int64_t{host.cu_seqlens_q[b + 1]} - host.cu_seqlens_q[b];
  if (host.seqlens_q != nullptr) len_q = host.seqlens_q[b];
  len_q = std::clamp<int64_t>(len_q, 0, p.max_seqlen_q);
  const int64_t len_kv = std::clamp<int64_t>(host.seqlens_kv[b], 0, p.max_seqlen_kv);
  const int64_t offset = p.align == RAPT_ALIGN_BOTTOM_RIGHT ? len_kv - len_q : p.align == RAPT_ALIGN_OFFSET ? p.offset : 0;
  int64_t first = 0, end = len_kv;
  if (p.window_left >= 0) first = std::max(first, offset - p.window_left);
  if (p.window_right >= 0) end = std::min(end, offset + p.window_right + len_q);
  if (p.causal) end = std::min(end, offset + len_q);
  return {first, len_q == 0 ? first : std::max(first, end)};
}

}  // namespace

DeviceArgs::DeviceArgs(const rapt_problem& p, const rapt_args& host, int misalign) : args_(host), host_o_(host.o), host_lse_(host.lse) {
  const bool pointers = p.kv_layout == RAPT_KV_PAGE_POINTERS;
  args_.q = tensor(p.q, host.q, "q", misalign);
  args_.k = pointers ? nullptr : tensor(p.k, host.k, "k", misalign);
  args_.v = pointers ? nullptr : tensor(p.v, host.v, "v", misalign);
  args_.o = const_cast<void*>(tensor(p.o, host.o, "o"));
  args_.lse = const_cast<void*>(tensor(p.lse, host.lse, "lse"));
  args_.mask = tensor(p.mask, host.mask, "mask");
  args_.bias = tensor(p.bias, host.bias, "bias");
  args_.alibi = tensor(p.alibi, host.alibi, "alibi");
  args_.sinks = tensor(p.sinks, host.sinks, "sinks");
  add_index_arrays(p, host);
  if (pointers) add_pages(p, host);
}

void DeviceArgs::add_index_arrays(const rapt_problem& p, const rapt_args& host) {
  args_.seqlens_q = numbers(host.seqlens_q, p.batch, "seqlens_q");
  args_.seqlens_kv = numbers(host.seqlens_kv, p.batch, "seqlens_kv");
  args_.cu_seqlens_q = numbers(host.cu_seqlens_q, p.batch + 1, "cu_seqlens_q");
  args_.cu_seqlens_kv = numbers(host.cu_seqlens_kv, p.batch + 1, "cu_seqlens_kv");
  args_.block_table = numbers(host.block_table, p.batch * p.table_stride, "block_table");
  args_.kv_indptr = numbers(host.kv_indptr, p.batch + 1, "kv_indptr");
  args_.kv_indices = host.kv_indptr == nullptr ? nullptr : numbers(host.kv_indices, host.kv_indptr[p.batch], "kv_indices");
  args_.kv_last_page_len = numbers(host.kv_last_page_len, p.batch, "kv_last_page_len");
}

// Pages that some row may need by its sequence's lengths and window; what other entries hold is no address, and stays as it is.
void DeviceArgs::add_pages(const rapt_problem& p, const rapt_args& host) {
  const auto entries = static_cast<size_t>(p.batch * p.table_stride);
  k_pages_.assign(host.k_pages, host.k_pages + entries);
  v_pages_.assign(host.v_pages, host.v_pages + entries);
  for (int64_t b = 0; b < p.batch; ++b) {
    const auto [first, end] = keys_in_sight(p, host, b);
    for (int64_t at = first / p.k.shape[2]; at * p.k.shape[2] < end; ++at) {
      const auto entry = static_cast<size_t>(b * p.table_stride + at);
      k_pages_[entry] = page(host.k_pages[entry], p.k, "a page of k");
      v_pages_[entry] = page(host.v_pages[entry], p.v, "a page of v");
    }
  }
  const auto addresses = [&](const std::vector<const void*>& pages, const char* name) {
    return static_cast<const void* const*>(copy(pages.data(), pages.size() * sizeof(void*), name));
  };
  args_.k_pages = addresses(k_pages_, "k_pages");
  args_.v_pages = addresses(v_pages_, "v_pages");
}

const void* DeviceArgs::page(const void* host, const rapt_tensor& t, const char* name) {
  if (host == nullptr) return nullptr;
  const auto [known, is_new] = device_page_.insert({host, nullptr});
  if (is_new)
    known->second = copy(host, static_cast<size_t>(extent(t)) * rapt_type_size(t.type), name, reinterpret_cast<uintptr_t>(host) % 16);
  return known->second;
}

const void* DeviceArgs::copy(const void* host, size_t bytes, const char* name, size_t shift) {
  if (host == nullptr) return nullptr;
  auto memory = std::make_unique<emu::DeviceMemory>(bytes + shift + 16, name);
  shift += (16 - (reinterpret_cast<uintptr_t>(memory->data()) & 15)) & 15;
  memory->write(shift, host, bytes);
  copies_.push_back({std::move(memory), host, bytes, shift});
  return static_cast<const unsigned char*>(copies_.back().memory->data()) + shift;
}

const void* DeviceArgs::tensor(const rapt_tensor& t, const void* host, const char* name, int misalign) {
  if (t.type == RAPT_NONE) return nullptr;
  const size_t element = rapt_type_size(t.type);
  return copy(host, static_cast<size_t>(extent(t)) * element, name, static_cast<size_t>(misalign) * element);
}

const int32_t* DeviceArgs::numbers(const int32_t* host, int64_t count, const char* name) {
  return static_cast<const int32_t*>(copy(host, static_cast<size_t>(count) * sizeof(int32_t), name));
}

void DeviceArgs::bring_back() const {
  for (const Copy& copy : copies_) {
    if (copy.host != host_o_ && copy.host != host_lse_) continue;
    std::copy_n(static_cast<const unsigned char*>(copy.memory->data()) + copy.shift, copy.bytes,
                static_cast<unsigned char*>(const_cast<void*>(copy.host)));
  }
}

}  // namespace rapt::emulated
