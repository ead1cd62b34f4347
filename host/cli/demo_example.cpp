// The worked example: multiplied, scored, weighed and summed, each step printed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/demo_example.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/data/embedded_files.h"

namespace rapt::cli {
namespace {

// "  1  0  1", small whole numbers; blanks where there is no such row.
std::string whole_numbers(const Matrix& matrix, int64_t row) {
  std::string text;
  for (int64_t col = 0; col < matrix.cols; ++col) text += row < matrix.rows ? fmt::format("{:3.0f}", matrix.at(row, col)) : "   ";
  return text;
}

std::string decimals(const double* values, int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) text += fmt::format("{:10.6f}", values[i]);
  return text;
}

std::string one_decimal(const std::vector<double>& values) {
  std::string text;
  for (double value : values) text += fmt::format("{}{:.1f}", text.empty() ? "" : " ", value);
  return text;
}

std::string print_projections(const Example& example) {
  std::string text =
      "   Three inputs of four numbers, and three trained matrices:\n"
      "         x                w_query       w_key         w_value\n";
  for (int64_t row = 0; row < example.w_query.rows; ++row) {
    const std::string number = row < example.x.rows ? std::to_string(row + 1) : " ";
    text += fmt::format("     {} {}    {}     {}     {}\n", number, whole_numbers(example.x, row), whole_numbers(example.w_query, row),
                        whole_numbers(example.w_key, row), whole_numbers(example.w_value, row));
  }
  text +=
      "\n   Multiplied, they give every input a query, a key and a value:\n"
      "         q = x w_query    k = x w_key    v = x w_value\n";
  for (int64_t row = 0; row < example.q.rows; ++row) {
    text += fmt::format("     {} {}       {}     {}\n", row + 1, whole_numbers(example.q, row), whole_numbers(example.k, row),
                        whole_numbers(example.v, row));
  }
  return text;
}

}  // namespace

Example solve_example(rapt_context* context, int32_t engine) {
  Example example;
  example.x = embedded_matrix("worked-example/x.npy");
  example.w_query = embedded_matrix("worked-example/w_query.npy");
  example.w_key = embedded_matrix("worked-example/w_key.npy");
  example.w_value = embedded_matrix("worked-example/w_value.npy");
  example.q = multiply(example.x, example.w_query);
  example.k = multiply(example.x, example.w_key);
  example.v = multiply(example.x, example.w_value);

  const Attention attention{"worked example", 1, 1, example.x.rows, example.q, example.k, example.v, 1.0, false};
  const workbench::Case exact = case_of(attention, RAPT_F64);
  example.scores = map_of(context, exact, RAPT_STAGE_SCALED);
  example.weights = map_of(context, exact, RAPT_STAGE_WEIGHTS);
  const std::vector<double> stored = embedded_matrix("worked-example/o.npy").values;
  example.reference = answer_of(context, exact, RAPT_ENGINE_REFERENCE, stored);
  example.engine = answer_of(context, case_of(attention, RAPT_F32), engine, stored);

  const std::span<const std::byte> file = embedded_file("worked-example/case.json");
  const nlohmann::json article = nlohmann::json::parse(file.begin(), file.end()).at("article");
  example.article_weights = article.at("weights").get<std::vector<double>>();
  example.article_output = article.at("output").get<std::vector<double>>();
  return example;
}

std::string print_example(const Example& example) {
  const double* scores = example.scores.data();
  std::string text = print_projections(example);
  text += fmt::format(
      "\n   The first query times each key: scores. Their softmax: weights. The weights mix the values:\n"
      "     scores  q k^T         {:g} {:g} {:g}\n",
      scores[0], scores[1], scores[2]);
  text += fmt::format("     weights softmax {}      the article rounds them to {}\n", decimals(example.weights.data(), 3),
                      one_decimal(example.article_weights));
  text += fmt::format("     output  w v     {}      and so arrives at          {}\n", decimals(example.reference.o.data(), 3),
                      one_decimal(example.article_output));
  text += fmt::format("\n   All three rows, by the judge in f64 and by {} in f32:\n", example.engine.kernel);
  for (int64_t row = 0; row < example.q.rows; ++row) {
    text += fmt::format("     {} {}      {}\n", row + 1, decimals(&example.reference.o[static_cast<size_t>(row * 3)], 3),
                        decimals(&example.engine.o[static_cast<size_t>(row * 3)], 3));
  }
  text += fmt::format("   Largest error {:.1e}, {:.3f} of what f32 may be off by for these numbers.\n", example.engine.worst_error,
                      example.engine.error_of_bound);
  return text;
}

nlohmann::json json_of(const Example& example) {
  return {{"q", example.q.values},
          {"k", example.k.values},
          {"v", example.v.values},
          {"scores", example.scores},
          {"weights", example.weights},
          {"output", example.reference.o},
          {"article_weights", example.article_weights},
          {"article_output", example.article_output},
          {"kernel", example.engine.kernel},
          {"engine_output", example.engine.o},
          {"worst_error", example.engine.worst_error},
          {"error_of_bound", example.engine.error_of_bound}};
}

}  // namespace rapt::cli
