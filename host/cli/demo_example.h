// First part of `rapt demo`: the worked example of "Illustrated: Self-Attention" (R. Karim, 2019), step by step.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/demo_case.h"

namespace rapt::cli {

struct Example {
  Matrix x, w_query, w_key, w_value;                    // as embedded
  Matrix q, k, v;                                       // x times the weights
  std::vector<double> scores, weights;                  // [3, 3], of the judge
  Answer reference, engine;                             // f64; f32
  std::vector<double> article_weights, article_output;  // first row, as the article rounds it
};

Example solve_example(rapt_context* context, int32_t engine);
std::string print_example(const Example& example);
nlohmann::json json_of(const Example& example);

}  // namespace rapt::cli
