// Embedded arrays into problems, problems through the public API.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/demo_case.h"

#include <stdexcept>

#include "cli/data/embedded_files.h"
#include "cli/npy.h"
#include "workbench/run.h"
#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

workbench::Buffer buffer_of(const std::vector<double>& values, rapt_type type) {
  workbench::Buffer buffer(values.size() * rapt_type_size(type));
  for (size_t i = 0; i < values.size(); ++i) workbench::store(buffer.data(), type, static_cast<int64_t>(i), values[i]);
  return buffer;
}

}  // namespace

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix product{a.rows, b.cols, std::vector<double>(static_cast<size_t>(a.rows * b.cols))};
  for (int64_t row = 0; row < a.rows; ++row) {
    for (int64_t col = 0; col < b.cols; ++col) {
      double sum = 0;
      for (int64_t i = 0; i < a.cols; ++i) sum += a.at(row, i) * b.at(i, col);
      product.values[static_cast<size_t>(row * b.cols + col)] = sum;
    }
  }
  return product;
}

Matrix embedded_matrix(const std::string& path) {
  const Array array = parse_npy(embedded_file(path));
  Matrix matrix{1, array.shape.back(), {}};
  for (size_t i = 0; i + 1 < array.shape.size(); ++i) matrix.rows *= array.shape[i];
  matrix.values.resize(static_cast<size_t>(matrix.rows * matrix.cols));
  convert(array, RAPT_F64, matrix.values.data());
  return matrix;
}

workbench::Case case_of(const Attention& attention, rapt_type type) {
  workbench::Case data;
  data.name = attention.name;
  data.problem = RAPT_PROBLEM_INIT;
  rapt_problem& problem = data.problem;
  const int64_t n = attention.seqlen;
  problem.q = rapt_dense(type, 1, attention.heads_q, n, attention.q.cols);
  problem.k = rapt_dense(type, 1, attention.heads_kv, n, attention.k.cols);
  problem.v = rapt_dense(type, 1, attention.heads_kv, n, attention.v.cols);
  problem.o = rapt_dense(type, 1, attention.heads_q, n, attention.v.cols);
  problem.scale = attention.scale;
  problem.has_scale = 1;
  problem.causal = attention.causal;
  data.q = buffer_of(attention.q.values, type);
  data.k = buffer_of(attention.k.values, type);
  data.v = buffer_of(attention.v.values, type);
  data.args = RAPT_ARGS_INIT;
  data.args.q = data.q.data();
  data.args.k = data.k.data();
  data.args.v = data.v.data();
  data.lens_q = data.lens_kv = {n};
  return data;
}

std::vector<double> map_of(rapt_context* context, const workbench::Case& data, int32_t stage) {
  const rapt_problem& problem = data.problem;
  std::vector<double> map(static_cast<size_t>(problem.q.shape[1] * problem.q.shape[2] * problem.k.shape[2]));
  if (rapt_map(context, &problem, &data.args, stage, map.data()) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  return map;
}

Answer answer_of(rapt_context* context, const workbench::Case& data, int32_t engine, const std::vector<double>& exact_o) {
  const workbench::Outcome outcome = workbench::run_engine(context, data, engine);
  if (!outcome.ok()) throw std::runtime_error(outcome.message);
  workbench::Judgement exact = workbench::judge(context, data, engine);
  exact.o = exact_o;
  const workbench::Verdict verdict = workbench::compare(data, exact, outcome);
  Answer answer{outcome.kernel, std::vector<double>(exact_o.size()), verdict.max_abs_error, verdict.worst};
  for (size_t i = 0; i < exact_o.size(); ++i) {
    answer.o[i] = workbench::load(outcome.o.data(), data.problem.o.type, static_cast<int64_t>(i));
  }
  return answer;
}

}  // namespace rapt::cli
