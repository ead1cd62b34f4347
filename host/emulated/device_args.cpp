// Copies of host memory that kernels may touch, each at the address that the kernels are given.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/device_args.h"

#include <algorithm>
#include <cstdint>

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

}  // namespace

DeviceArgs::DeviceArgs(const rapt_problem& p, const rapt_args& host, int misalign) : args_(host), host_o_(host.o), host_lse_(host.lse) {
  args_.q = tensor(p.q, host.q, "q", misalign);
  args_.k = tensor(p.k, host.k, "k", misalign);
  args_.v = tensor(p.v, host.v, "v", misalign);
  args_.o = const_cast<void*>(tensor(p.o, host.o, "o"));
  args_.lse = const_cast<void*>(tensor(p.lse, host.lse, "lse"));
  args_.seqlens_q = numbers(host.seqlens_q, p.batch, "seqlens_q");
  args_.seqlens_kv = numbers(host.seqlens_kv, p.batch, "seqlens_kv");
  args_.cu_seqlens_q = numbers(host.cu_seqlens_q, p.batch + 1, "cu_seqlens_q");
  args_.cu_seqlens_kv = numbers(host.cu_seqlens_kv, p.batch + 1, "cu_seqlens_kv");
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
