// Mask, bias, ALiBi slopes and sinks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/case_loader.h"

#include <fmt/format.h>

#include "cli/options.h"

namespace rapt::cli {

using workbench::Buffer;

void CaseLoader::load_modifiers() {
  rapt_problem& p = data_.problem;
  if (const Input* mask = inputs_.find("mask")) {
    if (mask->array.element != Element::boolean) {
      throw BadInput(fmt::format("{}: its type is {}; save booleans, true = may see", mask->option, element_name(mask->array.element)));
    }
    load_broadcast("mask", RAPT_BOOL, p.mask, data_.mask);
    data_.args.mask = data_.mask.data();
  }
  if (const Input* bias = inputs_.find("bias")) {
    require_floating(*bias);
    load_broadcast("bias", bias->array.element == Element::f64 ? RAPT_F32 : rapt_type_of(bias->array.element), p.bias, data_.bias);
    data_.args.bias = data_.bias.data();
  }
  if (inputs_.has("alibi")) {
    load_per_head("alibi", true, p.alibi, data_.alibi);
    data_.args.alibi = data_.alibi.data();
  }
  if (inputs_.has("sinks")) {
    load_per_head("sinks", false, p.sinks, data_.sinks);
    data_.args.sinks = data_.sinks.data();
  }
}

// Keys of a paged cache are as many as the longest length, or as the table can hold if mask or bias say so.
void CaseLoader::load_broadcast(const std::string& name, rapt_type type, rapt_tensor& described, Buffer& buffer) {
  const Input& input = inputs_.require(name);
  const std::vector<int64_t>& n = input.array.shape;
  rapt_problem& p = data_.problem;
  if (n.size() == 4 && p.kv_layout == RAPT_KV_BLOCK_TABLE && n[3] == table_keys_ && n[3] > 1) p.max_seqlen_kv = table_keys_;
  const std::vector<int64_t> full = {batch(), q_.heads, p.q_layout == RAPT_Q_RAGGED ? p.max_seqlen_q : q_.rows,
                                     p.kv_layout == RAPT_KV_DENSE ? k_.rows : p.max_seqlen_kv};
  bool fits = n.size() == full.size();
  for (size_t d = 0; fits && d < full.size(); ++d) fits = n[d] == 1 || n[d] == full[d];
  if (!fits) {
    throw BadInput(fmt::format("{}: its shape is {}, which does not broadcast; give 4 dimensions, each 1 or that of {}", input.option,
                               print_shape(n), print_shape(full)));
  }
  described = rapt_dense(type, n[0], n[1], n[2], n[3]);
  take(name, described, buffer);
}

void CaseLoader::load_per_head(const std::string& name, bool may_be_per_batch, rapt_tensor& described, Buffer& buffer) {
  const Input& input = inputs_.require(name);
  require_floating(input);
  const std::vector<int64_t>& n = input.array.shape;
  const bool per_batch = may_be_per_batch && n == std::vector<int64_t>{batch(), q_.heads};
  if (!per_batch && n != std::vector<int64_t>{q_.heads}) {
    throw BadInput(fmt::format("{}: its shape is {}; give {}", input.option, print_shape(n),
                               may_be_per_batch ? fmt::format("[{0}] or [{1},{0}]", q_.heads, batch()) : fmt::format("[{}]", q_.heads)));
  }
  described = rapt_dense(RAPT_F32, per_batch ? batch() : 1, q_.heads, 1, 1);
  take(name, described, buffer);
}

}  // namespace rapt::cli
