// Queries, outputs, and what every tensor goes through: its form is checked, its elements are rounded into a guarded buffer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/case_loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/lengths.h"
#include "cli/options.h"

namespace rapt::cli {

using workbench::Buffer;

CaseLoader::CaseLoader(const InputOptions& options) : options_(options), layout_(parse_layout(options)), inputs_(options) {
  data_.problem = RAPT_PROBLEM_INIT;
  data_.args = RAPT_ARGS_INIT;
  parse_semantics(options, data_.problem);
}

InputCase CaseLoader::load() {
  load_queries();
  load_keys_and_values();
  lay_out_outputs();
  load_modifiers();
  data_.name = fmt::format("{} ({})", inputs_.require("q").path, print_like(data_));
  return {data_, o_shape_, lse_shape_};
}

void CaseLoader::require_floating(const Input& input) const {
  if (is_floating(input.array.element)) return;
  throw BadInput(fmt::format("{}: its type is {}; save floating-point numbers", input.option, element_name(input.array.element)));
}

void CaseLoader::refuse_together(const std::string& a, const std::string& b, const std::string& change) const {
  if (!inputs_.has(a) || !inputs_.has(b)) return;
  throw BadInput(fmt::format("{} does not go with {}; {}", inputs_.require(a).option, inputs_.require(b).option, change));
}

// A tensor of q's kind: 4 dimensions, or 3 where it is packed.
Sizes CaseLoader::sizes_of(const Input& input, size_t dimensions, bool rows_first, const std::string& form) const {
  require_floating(input);
  const std::vector<int64_t>& n = input.array.shape;
  if (n.size() != dimensions) {
    throw BadInput(fmt::format("{}: its shape is {}; here it must have {} dimensions, {}", input.option, print_shape(n), dimensions, form));
  }
  if (n.back() < 1) throw BadInput(fmt::format("{}: its shape is {}; the last dimension must be 1 or more", input.option, print_shape(n)));
  if (dimensions == 3) return {1, n[1], n[0], n[2]};
  return rows_first ? Sizes{n[0], n[2], n[1], n[3]} : Sizes{n[0], n[1], n[2], n[3]};
}

rapt_tensor CaseLoader::tensor(rapt_type type, const Sizes& n, bool rows_first) const {
  if (!rows_first) return rapt_dense(type, n.outer, n.heads, n.rows, n.dim);
  rapt_tensor tensor = rapt_dense(type, n.outer, n.rows, n.heads, n.dim);
  std::swap(tensor.shape[1], tensor.shape[2]);
  std::swap(tensor.strides[1], tensor.strides[2]);
  return tensor;
}

// Moves the array's elements, rounded, into a guarded buffer.
void CaseLoader::take(const std::string& name, rapt_tensor& described, Buffer& buffer) {
  const Array& array = inputs_.require(name).array;
  const size_t bytes = array.bytes.size() / element_size(array.element) * rapt_type_size(described.type);
  buffer = Buffer(bytes);
  described.bytes = static_cast<int64_t>(bytes);
  convert(array, described.type, buffer.data());
  inputs_.release(name);
}

void CaseLoader::load_queries() {
  rapt_problem& p = data_.problem;
  const Input& q = inputs_.require("q");
  const Input* offsets = inputs_.find("cu_seqlens_q");
  refuse_together("seqlens_q", "cu_seqlens_q", "packed queries have their lengths from the offsets: leave it out");
  q_rows_first_ = offsets != nullptr || layout_ == Layout::bshd;
  q_ = sizes_of(q, offsets != nullptr ? 3 : 4, q_rows_first_, offsets != nullptr ? "[total,Hq,D]" : "[B,Hq,Sq,D]");
  type_ = parse_dtype(options_, q.array.element);
  p.q = tensor(type_, q_, q_rows_first_);
  if (offsets != nullptr) {
    p.q_layout = RAPT_Q_RAGGED;
    data_.lens_q = read_offsets(*offsets, q_.rows, q.option);
    p.batch = batch();
    p.max_seqlen_q = data_.lens_q.empty() ? 0 : *std::max_element(data_.lens_q.begin(), data_.lens_q.end());
    data_.cu_seqlens_q = offsets_buffer(data_.lens_q);
    data_.args.cu_seqlens_q = data_.cu_seqlens_q.as<int32_t>();
  } else if (const Input* lengths = inputs_.find("seqlens_q")) {
    data_.lens_q = read_lengths(*lengths, q_.outer, q_.rows, fmt::format("the {} queries of {}", q_.rows, q.option));
    data_.seqlens_q = int32_buffer(data_.lens_q);
    data_.args.seqlens_q = data_.seqlens_q.as<int32_t>();
  } else {
    data_.lens_q.assign(static_cast<size_t>(q_.outer), q_.rows);
  }
  take("q", p.q, data_.q);
  data_.args.q = data_.q.data();
}

void CaseLoader::lay_out_outputs() {
  const Sizes o = {q_.outer, q_.heads, q_.rows, v_.dim};
  o_shape_ = q_rows_first_ ? std::vector<int64_t>{o.outer, o.rows, o.heads, o.dim} : std::vector<int64_t>{o.outer, o.heads, o.rows, o.dim};
  lse_shape_ = {o.outer, o.heads, o.rows};
  if (count_elements(o_shape_, Element::f64) < 0) {
    throw BadInput(
        fmt::format("{}: o would be {}, which is too large; lower its last dimension", inputs_.require("v").option, print_shape(o_shape_)));
  }
  data_.problem.o = tensor(type_, o, q_rows_first_);
  data_.problem.lse = rapt_dense(RAPT_F32, o.outer, o.heads, o.rows, 1);
  if (data_.problem.q_layout == RAPT_Q_RAGGED) o_shape_.erase(o_shape_.begin()), lse_shape_.erase(lse_shape_.begin());
}

InputCase load_case(const InputOptions& options) { return CaseLoader(options).load(); }

}  // namespace rapt::cli
