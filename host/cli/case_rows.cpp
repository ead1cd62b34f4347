// Some rows of a case as a small dense case of their own.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/case_rows.h"

#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

using workbench::Buffer;
using workbench::Case;
using workbench::Outcome;

void copy_element(Buffer& to, int64_t to_index, const Buffer& from, int64_t from_index, rapt_type type) {
  workbench::store(to.data(), type, to_index, workbench::load(from.data(), type, from_index));
}

// Rows of q, o or lse as a dense tensor [1, group, count, width].
Buffer gather_queries(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, rapt_tensor& dense) {
  const int64_t group = group_of(data.problem), width = tensor.shape[3];
  dense = rapt_dense(tensor.type, 1, group, rows.count, width);
  Buffer to(static_cast<size_t>(group * rows.count * width) * rapt_type_size(tensor.type));
  for (int64_t h = 0; h < group; ++h) {
    for (int64_t i = 0; i < rows.count; ++i) {
      const int64_t begin = workbench::query_row(data, tensor, rows.b, rows.g * group + h, rows.row + i);
      for (int64_t d = 0; d < width; ++d) copy_element(to, (h * rows.count + i) * width + d, from, begin + d, tensor.type);
    }
  }
  return to;
}

// All keys or values of one sequence and kv head as a dense tensor [1, 1, len, width]; unmapped ones keep the buffer's NaN.
Buffer gather_keys(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, bool values, rapt_tensor& dense) {
  const int64_t len = data.lens_kv[static_cast<size_t>(rows.b)], width = tensor.shape[3];
  dense = rapt_dense(tensor.type, 1, 1, len, width);
  Buffer to(static_cast<size_t>(len * width) * rapt_type_size(tensor.type));
  for (int64_t j = 0; j < len; ++j) {
    const int64_t begin = values ? workbench::value_row(data, rows.b, rows.g, j) : workbench::key_row(data, rows.b, rows.g, j);
    if (begin < 0) continue;
    for (int64_t d = 0; d < width; ++d) copy_element(to, j * width + d, from, begin + d, tensor.type);
  }
  return to;
}

// mask, bias, alibi or sinks; a dimension of size 1 stays one.
Buffer gather_modifier(const Case& data, const rapt_tensor& tensor, const Buffer& from, const Rows& rows, rapt_tensor& dense) {
  const int64_t group = group_of(data.problem), len = data.lens_kv[static_cast<size_t>(rows.b)];
  const auto first = [&](int dimension, int64_t at) { return tensor.shape[dimension] == 1 ? 0 : at; };
  const auto size = [&](int dimension, int64_t count) { return tensor.shape[dimension] == 1 ? 1 : count; };
  dense = rapt_dense(tensor.type, 1, size(1, group), size(2, rows.count), size(3, len));
  Buffer to(static_cast<size_t>(dense.shape[1] * dense.strides[1]) * rapt_type_size(tensor.type));
  for (int64_t h = 0; h < dense.shape[1]; ++h) {
    for (int64_t i = 0; i < dense.shape[2]; ++i) {
      for (int64_t j = 0; j < dense.shape[3]; ++j) {
        const int64_t index = workbench::offset_of(tensor, first(0, rows.b), first(1, rows.g * group) + h, first(2, rows.row) + i, j);
        copy_element(to, workbench::offset_of(dense, 0, h, i, j), from, index, tensor.type);
      }
    }
  }
  return to;
}

}  // namespace

int64_t group_of(const rapt_problem& problem) { return problem.q.shape[1] / problem.k.shape[1]; }

Case rows_of(const Case& data, const Rows& rows) {
  const rapt_problem& whole = data.problem;
  const int64_t len_q = data.lens_q[static_cast<size_t>(rows.b)], len_kv = data.lens_kv[static_cast<size_t>(rows.b)];
  Case part;
  part.name = data.name;
  part.problem = whole;
  rapt_problem& problem = part.problem;
  part.args = RAPT_ARGS_INIT;
  part.args.q = (part.q = gather_queries(data, whole.q, data.q, rows, problem.q)).data();
  part.args.k = (part.k = gather_keys(data, whole.k, data.k, rows, false, problem.k)).data();
  part.args.v = (part.v = gather_keys(data, whole.v, data.v, rows, true, problem.v)).data();
  if (whole.mask.type != RAPT_NONE) part.args.mask = (part.mask = gather_modifier(data, whole.mask, data.mask, rows, problem.mask)).data();
  if (whole.bias.type != RAPT_NONE) part.args.bias = (part.bias = gather_modifier(data, whole.bias, data.bias, rows, problem.bias)).data();
  if (whole.alibi.type != RAPT_NONE)
    part.args.alibi = (part.alibi = gather_modifier(data, whole.alibi, data.alibi, rows, problem.alibi)).data();
  if (whole.sinks.type != RAPT_NONE)
    part.args.sinks = (part.sinks = gather_modifier(data, whole.sinks, data.sinks, rows, problem.sinks)).data();

  problem.q_layout = RAPT_Q_DENSE;
  problem.kv_layout = RAPT_KV_DENSE;
  problem.batch = 1;
  problem.max_seqlen_q = rows.count;
  problem.max_seqlen_kv = len_kv;
  problem.table_stride = 0;
  problem.o = rapt_dense(whole.o.type, 1, problem.q.shape[1], rows.count, whole.o.shape[3]);
  if (whole.lse.type != RAPT_NONE) problem.lse = rapt_dense(whole.lse.type, 1, problem.q.shape[1], rows.count, 1);
  const int64_t aligned = whole.align == RAPT_ALIGN_OFFSET ? whole.offset : whole.align == RAPT_ALIGN_TOP_LEFT ? 0 : len_kv - len_q;
  problem.align = RAPT_ALIGN_OFFSET;
  problem.offset = aligned + rows.row;  // row 0 of the part is row `rows.row` of the whole
  part.lens_q = {rows.count};
  part.lens_kv = {len_kv};
  return part;
}

Outcome rows_of(const Case& data, const Outcome& outcome, const Rows& rows) {
  Outcome part;
  part.kernel = outcome.kernel;
  rapt_tensor dense;
  part.o = gather_queries(data, data.problem.o, outcome.o, rows, dense);
  if (data.problem.lse.type != RAPT_NONE) part.lse = gather_queries(data, data.problem.lse, outcome.lse, rows, dense);
  return part;
}

}  // namespace rapt::cli
