// How a call is made of the user's tensors: queries, keys and values, outputs, then everything that modifies the scores.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <string>
#include <vector>

#include "cli/input_case.h"
#include "cli/inputs.h"
#include "cli/semantics.h"
#include "workbench/case.h"

namespace rapt::cli {

// Sizes in the order in which rapt_tensor names them: [outer, heads, rows, dim].
struct Sizes {
  int64_t outer, heads, rows, dim;
};

// Reads one case, in the order in which the sizes depend on one another.
class CaseLoader {
 public:
  explicit CaseLoader(const InputOptions& options);
  InputCase load();

 private:
  void load_queries();
  void load_keys_and_values();
  void load_paged_lengths(const Sizes& pages);
  void load_dense_lengths(const Sizes& k);
  void lay_out_outputs();
  void load_modifiers();

  void require_floating(const Input& input) const;
  void refuse_together(const std::string& a, const std::string& b, const std::string& change) const;
  Sizes sizes_of(const Input& input, size_t dimensions, bool rows_first, const std::string& form) const;
  rapt_tensor tensor(rapt_type type, const Sizes& n, bool rows_first) const;
  void take(const std::string& name, rapt_tensor& described, workbench::Buffer& buffer);
  void load_broadcast(const std::string& name, rapt_type type, rapt_tensor& described, workbench::Buffer& buffer);
  void load_per_head(const std::string& name, bool may_be_per_batch, rapt_tensor& described, workbench::Buffer& buffer);
  int64_t batch() const { return static_cast<int64_t>(data_.lens_q.size()); }

  const InputOptions& options_;
  Layout layout_;
  Inputs inputs_;
  rapt_type type_ = RAPT_NONE;
  Sizes q_ = {}, k_ = {}, v_ = {};
  bool q_rows_first_ = false;  // rows before heads, as in bshd and packed
  int64_t table_keys_ = 0;     // keys that a row of the block table can hold
  workbench::Case data_;
  std::vector<int64_t> o_shape_, lse_shape_;
};

}  // namespace rapt::cli
