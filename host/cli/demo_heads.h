// The other parts of `rapt demo`: heads of real models, what they look at, and how exactly the engine computes them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/demo_case.h"
#include "cli/terminal.h"

namespace rapt::cli {

// One layer of a model on one text, every head of it.
struct Layer {
  std::string name, model, text, next_token;  // next_token: what the model says next; empty for an encoder
  int64_t layer = 0;
  std::vector<std::string> tokens;
  Attention attention;
  std::vector<double> weights;  // [heads_q, seqlen, seqlen], of the judge
  Answer engine;                // f32, against the stored f64 answer

  double weight(int64_t head, int64_t row, int64_t col) const {
    return weights[static_cast<size_t>((head * attention.seqlen + row) * attention.seqlen + col)];
  }
};

Layer solve_layer(rapt_context* context, int32_t engine, const std::string& name);  // name of the folder in data/
double previous_token_mean(const Layer& layer, int64_t head);                       // mean weight of key i - 1 over rows i >= 1

std::string print_lookup(const Layer& layer, const Terminal& terminal);     // layer 20 of SmolLM2, head 5
std::string print_previous(const Layer& layer, const Terminal& terminal);   // layer 11, head 1
std::string print_reference(const Layer& layer, const Terminal& terminal);  // MiniLM, head 4: what "it" means
nlohmann::json json_of(const Layer& layer, int64_t head);

}  // namespace rapt::cli
