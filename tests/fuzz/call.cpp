// Decisions of the fuzzer: which problem, which numbers, and where it lies.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/call.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "workbench/scalar.h"

namespace rapt::fuzz {
namespace {

constexpr int64_t kMostBytes = 1 << 16;  // of a tensor in a run
constexpr rapt_type kTypes[] = {RAPT_F32, RAPT_F32, RAPT_F32, RAPT_F16, RAPT_BF16, RAPT_F64};

rapt_type any_type(Source& source) { return kTypes[source.below(6)]; }

// In one of the orders bhsd, bshd and hbsd, with gaps between the rows now and then.
rapt_tensor place(Source& source, rapt_type type, int64_t n0, int64_t n1, int64_t n2, int64_t n3) {
  const int64_t shape[4] = {n0, n1, n2, n3}, order = source.below(3), gap = source.one_in(4) ? source.below(5) : 0;
  const int orders[3][3] = {{2, 1, 0}, {1, 2, 0}, {2, 0, 1}};  // innermost first
  rapt_tensor tensor = rapt_dense(type, n0, n1, n2, n3);
  int64_t stride = n3 + gap;
  for (const int d : orders[order]) {
    tensor.strides[d] = stride;
    stride *= shape[d];
  }
  return tensor;
}

rapt_tensor place_broadcast(Source& source, rapt_type type, const int64_t (&full)[4]) {
  int64_t n[4];
  for (int d = 0; d < 4; ++d) n[d] = source.one_in(2) ? 1 : full[d];
  return rapt_dense(type, n[0], n[1], n[2], n[3]);
}

void choose_queries(Source& source, rapt_problem& p, int64_t batch, int64_t heads, int64_t rows, int64_t dim, int64_t dim_v) {
  if (source.one_in(3)) {
    p.q_layout = RAPT_Q_RAGGED;
    p.batch = batch;
    p.max_seqlen_q = source.below(2) * rows;
    rows *= batch;
    batch = 1;
  }
  p.q = place(source, any_type(source), batch, heads, rows, dim);
  p.o = place(source, any_type(source), batch, heads, rows, dim_v);
  if (source.one_in(2)) p.lse = rapt_dense(p.o.type == RAPT_F64 ? RAPT_F64 : RAPT_F32, batch, heads, rows, 1);
}

void choose_keys(Source& source, rapt_problem& p, int64_t batch, int64_t heads, int64_t rows, int64_t dim, int64_t dim_v) {
  p.kv_layout = static_cast<int32_t>(source.below(5));
  if (p.kv_layout == RAPT_KV_RAGGED) {
    p.max_seqlen_kv = source.below(2) * rows;
    rows *= batch;
    batch = 1;
  } else if (p.kv_layout != RAPT_KV_DENSE) {
    p.max_seqlen_kv = rows;
    p.table_stride = source.one_in(4) ? rows : 0;
    batch = p.kv_layout == RAPT_KV_PAGE_POINTERS ? 1 : 1 + source.below(4);
    rows = 1 + source.below(4);
    if (p.kv_layout == RAPT_KV_PAGE_LIST) p.table_stride = 0;
  }
  p.k = place(source, any_type(source), batch, heads, rows, dim);
  p.v = place(source, any_type(source), batch, heads, rows, dim_v);
}

void choose_semantics(Source& source, rapt_problem& p, const int64_t (&full)[4]) {
  if (source.one_in(3)) p.mask = place_broadcast(source, RAPT_BOOL, full);
  if (source.one_in(3)) p.bias = place_broadcast(source, any_type(source), full);
  if (source.one_in(3)) p.alibi = rapt_dense(RAPT_F32, source.one_in(2) ? full[0] : 1, full[1], 1, 1);
  if (source.one_in(3)) p.sinks = rapt_dense(RAPT_F32, 1, full[1], 1, 1);
  p.causal = static_cast<int32_t>(source.below(2));
  p.align = static_cast<int32_t>(source.below(3));
  if (p.align == RAPT_ALIGN_OFFSET) p.offset = source.below(21) - 10;
  if (source.one_in(3)) p.window_left = source.below(8) - 1;
  if (source.one_in(3)) p.window_right = source.below(8) - 1;
  if (source.one_in(4)) p.softcap = static_cast<float>(source.below(40)) / 4;
  if (source.one_in(4)) p.has_scale = 1, p.scale = static_cast<double>(source.below(64) - 32) / 16;
  p.lse_base2 = source.one_in(8) ? 1 : 0;
  p.batch_invariant = source.one_in(8) ? 1 : 0;
}

// Overwrites four or eight bytes at some field.
void spoil(Source& source, rapt_problem& p) {
  const size_t words = sizeof p / sizeof(int32_t);
  const size_t word = (static_cast<size_t>(source.byte()) * 256 + source.byte()) % words;
  const int64_t value = source.wild();
  const size_t bytes = word % 2 == 0 && source.one_in(2) ? sizeof(int64_t) : sizeof(int32_t);
  std::memcpy(reinterpret_cast<unsigned char*>(&p) + word * sizeof(int32_t), &value, bytes);
}

bool small(const rapt_tensor& tensor) {
  if (tensor.type == RAPT_NONE) return true;
  for (int d = 0; d < 4; ++d) {
    if (tensor.shape[d] > kMostBytes || (tensor.shape[d] > 1 && tensor.strides[d] > kMostBytes)) return false;
  }
  return workbench::extent(tensor) * 8 <= kMostBytes;
}

// Mostly moderate, so that f32 holds every sum; now and then NaN.
double number(Source& source) {
  const uint8_t byte = source.byte();
  return byte == 255 ? std::numeric_limits<double>::quiet_NaN() : (byte - 127) / 32.0;
}

}  // namespace

uint8_t Source::byte() {
  if (left_ == 0) return 0;
  --left_;
  return *data_++;
}

void Source::copy(void* destination, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) static_cast<unsigned char*>(destination)[i] = byte();
}

int64_t Source::wild() {
  constexpr int64_t kEdges[] = {0,         1,         -1, 2,  3,          INT64_MAX,          INT64_MIN, INT32_MAX,   INT32_MIN,
                                1ll << 32, 1ll << 48, -2, 64, 0x7fc00000, 0x7ff8000000000000, 1ll << 62, -(1ll << 40)};
  const uint8_t which = byte();
  if (which < 128) return kEdges[which % (sizeof kEdges / sizeof kEdges[0])];
  if (which < 192) return below(32);
  int64_t raw = 0;
  copy(&raw, sizeof raw);
  return raw;
}

Block::Block(size_t bytes) : size_(bytes) {
  void* memory = nullptr;
  if (::posix_memalign(&memory, 64, std::max<size_t>(bytes, 1)) != 0) throw std::bad_alloc();
  std::memset(memory, 0, std::max<size_t>(bytes, 1));
  memory_.reset(memory);
}

void Block::Free::operator()(void* memory) const { std::free(memory); }

Outputs::Outputs(const rapt_problem& problem)
    : o(static_cast<size_t>(workbench::extent(problem.o)) * rapt_type_size(problem.o.type)),
      lse(problem.lse.type == RAPT_NONE ? 0 : static_cast<size_t>(workbench::extent(problem.lse)) * rapt_type_size(problem.lse.type)) {}

rapt_problem make_problem(Source& source) {
  rapt_problem p = RAPT_PROBLEM_INIT;
  if (source.one_in(8)) {
    const bool any_size = source.one_in(2);
    source.copy(&p, sizeof p);
    // A caller whose header is newer promises that many bytes; here there are these.
    p.struct_size = any_size ? p.struct_size % (sizeof p + 1) : sizeof p;
    return p;
  }
  const int64_t batch = source.below(4), heads_kv = 1 + source.below(3), heads = heads_kv * (1 + source.below(4));
  const int64_t rows = source.below(12), cols = source.below(24), dim = 1 + source.below(20), dim_v = 1 + source.below(20);
  choose_queries(source, p, batch, heads, rows, dim, dim_v);
  choose_keys(source, p, batch, heads_kv, cols, dim, dim_v);
  const int64_t full[4] = {batch, heads, p.q_layout == RAPT_Q_RAGGED && p.max_seqlen_q == 0 ? p.q.shape[2] : rows,
                           p.kv_layout == RAPT_KV_RAGGED && p.max_seqlen_kv == 0 ? p.k.shape[2] : cols};
  choose_semantics(source, p, full);
  for (int64_t times = source.one_in(2) ? source.below(4) : 0; times > 0; --times) spoil(source, p);
  p.struct_size = std::min(p.struct_size, sizeof p);
  return p;
}

void Call::fill(Source& source, const rapt_tensor& tensor, Block& block, const void*& pointer) {
  if (tensor.type == RAPT_NONE) return;
  block = Block(static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type));
  const int64_t count = workbench::extent(tensor);
  for (int64_t i = 0; i < count; ++i) {
    if (tensor.type == RAPT_BOOL) {
      block.as<uint8_t>()[i] = static_cast<uint8_t>(source.byte() & 1);
    } else {
      workbench::store(block.data(), tensor.type, i, number(source));
    }
  }
  pointer = block.data();
}

const int32_t* Call::integers(Source& source, int64_t count, int64_t most) {
  Block& block = tables_.emplace_back(static_cast<size_t>(count) * sizeof(int32_t));
  for (int64_t i = 0; i < count; ++i) {
    block.as<int32_t>()[i] = static_cast<int32_t>(source.one_in(32) ? source.wild() : source.below(std::clamp<int64_t>(most + 1, 1, 255)));
  }
  return block.as<int32_t>();
}

const int32_t* Call::offsets(Source& source, int64_t count, int64_t total) {
  int32_t* values = const_cast<int32_t*>(integers(source, count, total));
  if (source.one_in(16)) return values;
  std::sort(values, values + count);
  values[0] = 0;
  if (source.one_in(2)) values[count - 1] = static_cast<int32_t>(total);
  return values;
}

void Call::address_keys(Source& source, const rapt_problem& p) {
  const int64_t batch = p.batch != 0 ? p.batch : p.q.shape[0];
  const int64_t width = p.table_stride != 0 ? p.table_stride : (p.max_seqlen_kv + p.k.shape[2] - 1) / std::max<int64_t>(p.k.shape[2], 1);
  if (p.kv_layout != RAPT_KV_RAGGED && (p.kv_layout >= RAPT_KV_BLOCK_TABLE || source.one_in(2))) {
    args_.seqlens_kv = integers(source, batch, p.max_seqlen_kv != 0 ? p.max_seqlen_kv : p.k.shape[2]);
  }
  if (p.kv_layout == RAPT_KV_RAGGED) args_.cu_seqlens_kv = offsets(source, batch + 1, p.k.shape[2]);
  if (p.kv_layout == RAPT_KV_BLOCK_TABLE) args_.block_table = integers(source, batch * width, p.k.shape[0]);
  if (p.kv_layout == RAPT_KV_PAGE_LIST) {
    const int64_t entries = batch * width;
    args_.kv_indptr = offsets(source, batch + 1, entries);
    // The list is as long as the last offset says, which the caller promises.
    args_.kv_indices = integers(source, std::clamp<int64_t>(args_.kv_indptr[batch], 0, kMostBytes), p.k.shape[0]);
  }
  if (p.kv_layout == RAPT_KV_PAGE_POINTERS) {
    for (const void* const** pages : {&args_.k_pages, &args_.v_pages}) {
      Block& block = tables_.emplace_back(static_cast<size_t>(batch * width) * sizeof(void*));
      const void* page = pages == &args_.k_pages ? args_.k : args_.v;
      for (int64_t i = 0; i < batch * width; ++i) block.as<const void*>()[i] = source.one_in(16) ? nullptr : page;
      *pages = block.as<const void*>();
    }
  }
}

Call::Call(Source& source, const rapt_problem& p) {
  fill(source, p.q, q_, args_.q);
  fill(source, p.k, k_, args_.k);
  fill(source, p.v, v_, args_.v);
  fill(source, p.mask, mask_, args_.mask);
  fill(source, p.bias, bias_, args_.bias);
  fill(source, p.alibi, alibi_, args_.alibi);
  fill(source, p.sinks, sinks_, args_.sinks);
  const int64_t batch = p.batch != 0 ? p.batch : p.q.shape[0];
  if (p.q_layout == RAPT_Q_RAGGED) {
    args_.cu_seqlens_q = offsets(source, batch + 1, p.q.shape[2]);
  } else if (source.one_in(2)) {
    args_.seqlens_q = integers(source, batch, p.max_seqlen_q != 0 ? p.max_seqlen_q : p.q.shape[2]);
  }
  address_keys(source, p);
}

std::unique_ptr<Call> make_call(Source& source, const rapt_problem& p) {
  for (const rapt_tensor* tensor : {&p.q, &p.k, &p.v, &p.o, &p.lse, &p.mask, &p.bias, &p.alibi, &p.sinks}) {
    if (!small(*tensor)) return nullptr;
  }
  const int64_t batch = p.batch != 0 ? p.batch : p.q.shape[0];
  if (batch > 64 || p.max_seqlen_kv > 4096 || p.table_stride > 4096) return nullptr;
  const double heads = static_cast<double>(batch) * static_cast<double>(p.q.shape[1]);
  const double keys = static_cast<double>(std::max(p.k.shape[2], p.max_seqlen_kv));
  if (heads * static_cast<double>(p.q.shape[2]) * keys * static_cast<double>(p.q.shape[3] + p.v.shape[3]) > 1e6) return nullptr;
  const bool moderate = (p.has_scale == 0 || std::abs(p.scale) <= 64) && (p.softcap == 0 || (p.softcap >= 1e-3f && p.softcap <= 1e3f));
  const bool near = p.align != RAPT_ALIGN_OFFSET || std::abs(static_cast<double>(p.offset)) < 1e6 || p.alibi.type == RAPT_NONE;
  return moderate && near ? std::make_unique<Call>(source, p) : nullptr;
}

}  // namespace rapt::fuzz
