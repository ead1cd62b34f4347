// Cuts one query row out of a case, by moving pointers and the causal offset, and has the judge answer it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/sampled_error.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <stdexcept>

#include "workbench/judge.h"
#include "workbench/scalar.h"

namespace rapt::bench {
namespace {

using workbench::Buffer;
using workbench::Case;

struct Sample {
  int64_t sequence, row;
};

std::vector<Sample> choose_samples(const Case& data, int rows) {
  std::vector<Sample> candidates;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    if (data.lens_q[b] > 0) candidates.push_back({static_cast<int64_t>(b), 0});
    if (data.lens_q[b] > 1) candidates.push_back({static_cast<int64_t>(b), data.lens_q[b] - 1});
  }
  if (candidates.empty()) return {};
  std::mt19937_64 random(1);
  std::vector<Sample> samples = {candidates.front()};
  if (candidates.size() > 1) samples.push_back(candidates.back());
  while (static_cast<int>(samples.size()) < std::min<int64_t>(rows, static_cast<int64_t>(candidates.size()) * 4)) {
    const int64_t b = candidates[random() % candidates.size()].sequence;
    samples.push_back({b, static_cast<int64_t>(random() % static_cast<uint64_t>(data.lens_q[static_cast<size_t>(b)]))});
  }
  return samples;
}

const void* advanced(const void* data, rapt_type type, int64_t elements) {
  return static_cast<const unsigned char*>(data) + elements * static_cast<int64_t>(rapt_type_size(type));
}

// Elements from the start of a q-like tensor to the first row of a sequence.
int64_t sequence_start(const rapt_tensor& tensor, bool ragged, const int32_t* cu_seqlens, int64_t sequence) {
  return ragged ? cu_seqlens[sequence] * tensor.strides[2] : sequence * tensor.strides[0];
}

void cut_keys(const Case& data, int64_t sequence, Case& one) {
  const rapt_problem& problem = data.problem;
  const int64_t length = data.lens_kv[static_cast<size_t>(sequence)];
  one.lens_kv = {length};
  one.problem.max_seqlen_kv = length;
  if (problem.kv_layout == RAPT_KV_BLOCK_TABLE) {
    const int64_t page_size = problem.k.shape[2];
    one.problem.table_stride = problem.table_stride > 0 ? problem.table_stride : (problem.max_seqlen_kv + page_size - 1) / page_size;
    one.args.block_table = data.args.block_table + sequence * one.problem.table_stride;
    one.args.seqlens_kv = data.args.seqlens_kv + sequence;
    return;
  }
  if (problem.kv_layout != RAPT_KV_DENSE && problem.kv_layout != RAPT_KV_RAGGED)
    throw std::invalid_argument("errors are sampled for dense, ragged and block table keys only");
  const bool ragged = problem.kv_layout == RAPT_KV_RAGGED;
  const int32_t* cu_seqlens = data.args.cu_seqlens_kv;
  one.args.k = advanced(data.args.k, problem.k.type, sequence_start(problem.k, ragged, cu_seqlens, sequence));
  one.args.v = advanced(data.args.v, problem.v.type, sequence_start(problem.v, ragged, cu_seqlens, sequence));
  for (rapt_tensor* tensor : {&one.problem.k, &one.problem.v}) tensor->shape[0] = 1, tensor->shape[2] = length, tensor->bytes = 0;
  one.problem.kv_layout = RAPT_KV_DENSE;
  one.args.cu_seqlens_kv = one.args.seqlens_kv = nullptr;
}

// A mask, a bias or slopes: dimensions of size 1 are broadcast and stay.
void cut_broadcast(rapt_tensor& tensor, const void*& data, const Sample& sample, int64_t len_kv) {
  if (tensor.type == RAPT_NONE) return;
  const int64_t sequence = tensor.shape[0] > 1 ? sample.sequence * tensor.strides[0] : 0;
  const int64_t row = tensor.shape[2] > 1 ? sample.row * tensor.strides[2] : 0;
  data = advanced(data, tensor.type, sequence + row);
  tensor.shape[0] = tensor.shape[2] = 1;
  tensor.shape[3] = std::min(tensor.shape[3], len_kv);
  tensor.bytes = 0;
}

Case cut_row(const Case& data, const Sample& sample, rapt_type o_type) {
  const rapt_problem& problem = data.problem;
  const size_t b = static_cast<size_t>(sample.sequence);
  Case one = data;
  const bool ragged = problem.q_layout == RAPT_Q_RAGGED;
  const int64_t start = sequence_start(problem.q, ragged, data.args.cu_seqlens_q, sample.sequence) + sample.row * problem.q.strides[2];
  one.args.q = advanced(data.args.q, problem.q.type, start);
  one.problem.q.shape[0] = one.problem.q.shape[2] = 1;
  one.problem.q.bytes = 0;
  one.problem.q_layout = RAPT_Q_DENSE;
  one.args.cu_seqlens_q = one.args.seqlens_q = nullptr;
  one.lens_q = {1};
  cut_keys(data, sample.sequence, one);
  if (problem.align != RAPT_ALIGN_OFFSET) one.problem.offset = 0;
  if (problem.align == RAPT_ALIGN_BOTTOM_RIGHT) one.problem.offset = data.lens_kv[b] - data.lens_q[b];
  one.problem.offset += sample.row;
  one.problem.align = RAPT_ALIGN_OFFSET;
  one.problem.batch = one.problem.max_seqlen_q = 1;
  cut_broadcast(one.problem.mask, one.args.mask, sample, data.lens_kv[b]);
  cut_broadcast(one.problem.bias, one.args.bias, sample, data.lens_kv[b]);
  cut_broadcast(one.problem.alibi, one.args.alibi, sample, 1);
  one.problem.o = rapt_dense(o_type, 1, problem.q.shape[1], 1, problem.v.shape[3]);
  one.problem.lse = rapt_tensor{};
  return one;
}

}  // namespace

FetchRow rows_of(const Case& data, const Buffer& o) {
  const rapt_tensor tensor = data.problem.o;
  const bool ragged = data.problem.q_layout == RAPT_Q_RAGGED;
  const int32_t* cu_seqlens = data.args.cu_seqlens_q;
  return [=](int64_t sequence, int64_t head, int64_t row, void* destination) {
    const int64_t start = sequence_start(tensor, ragged, cu_seqlens, sequence) + head * tensor.strides[1] + row * tensor.strides[2];
    std::memcpy(destination, advanced(o.data(), tensor.type, start), static_cast<size_t>(tensor.shape[3]) * rapt_type_size(tensor.type));
  };
}

double sampled_error_of_bound(rapt_context* context, const Case& data, rapt_type o_type, const FetchRow& fetch, int rows) {
  const int64_t heads = data.problem.q.shape[1];
  const size_t row_bytes = static_cast<size_t>(data.problem.v.shape[3]) * rapt_type_size(o_type);
  double worst = 0;
  for (const Sample& sample : choose_samples(data, rows)) {
    if (data.lens_kv[static_cast<size_t>(sample.sequence)] == 0) continue;
    const Case one = cut_row(data, sample, o_type);
    workbench::Outcome outcome;
    outcome.o = Buffer(static_cast<size_t>(heads) * row_bytes);
    for (int64_t h = 0; h < heads; ++h)
      fetch(sample.sequence, h, sample.row, outcome.o.as<unsigned char>() + static_cast<size_t>(h) * row_bytes);
    worst = std::max(worst, workbench::compare(one, workbench::judge(context, one), outcome).worst);
  }
  return worst;
}

}  // namespace rapt::bench
