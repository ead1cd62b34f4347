// What `rapt demo` computes with: embedded arrays, small dense problems made of them, and the answers of the public API.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <string>
#include <vector>

#include "workbench/case.h"
#include "workbench/judge.h"

namespace rapt::cli {

struct Matrix {
  int64_t rows = 0, cols = 0;
  std::vector<double> values;  // row-major
  double at(int64_t row, int64_t col) const { return values[static_cast<size_t>(row * cols + col)]; }
};
Matrix multiply(const Matrix& a, const Matrix& b);

// An embedded .npy file: its last two dimensions are rows and columns, those before are stacked rows.
Matrix embedded_matrix(const std::string& path);

// q [heads_q, seqlen, head_dim], k [heads_kv, seqlen, head_dim], v [heads_kv, seqlen, head_dim_v] of one sequence that looks at itself.
struct Attention {
  std::string name;
  int64_t heads_q = 1, heads_kv = 1, seqlen = 0;
  Matrix q, k, v;  // heads stacked
  double scale = 1;
  bool causal = false;
};

// Rounded to `type` (f32, f64). The result owns its data.
workbench::Case case_of(const Attention& attention, rapt_type type);

// The map of the judge, f64 [heads_q, seqlen, seqlen]. stage: RAPT_STAGE_*.
std::vector<double> map_of(rapt_context* context, const workbench::Case& data, int32_t stage);

// What an engine made of it, against exact values of o (f64, [heads_q, seqlen, head_dim_v]) within the bound for these inputs.
struct Answer {
  std::string kernel;
  std::vector<double> o;
  double worst_error = 0, error_of_bound = 0;
};
Answer answer_of(rapt_context* context, const workbench::Case& data, int32_t engine, const std::vector<double>& exact_o);

}  // namespace rapt::cli
