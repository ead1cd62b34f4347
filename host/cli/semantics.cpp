// Options of meaning, from text into the problem.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/semantics.h"

#include <fmt/format.h>

#include <limits>

#include "cli/options.h"

namespace rapt::cli {
namespace {

float parse_softcap(const std::string& text) {
  const double softcap = parse_finite("--softcap", text);
  if (softcap < 0) throw BadInput(fmt::format("--softcap: {} is negative; give 0 for none, or a positive number", text));
  const bool fits = softcap <= std::numeric_limits<float>::max() && (softcap == 0 || static_cast<float>(softcap) > 0);
  if (!fits) throw BadInput(fmt::format("--softcap: {} does not fit in a 32-bit float; give a number like 50", text));
  return static_cast<float>(softcap);
}

void parse_causal(const std::string& text, rapt_problem& problem) {
  problem.causal = 1;
  if (text == "bottom-right") return;
  if (text == "top-left") {
    problem.align = RAPT_ALIGN_TOP_LEFT;
    return;
  }
  try {
    problem.offset = parse_integer("--causal", text);
  } catch (const BadInput&) {
    throw BadInput(fmt::format("--causal: '{}' is none of bottom-right, top-left and a whole number; choose one of them", text));
  }
  problem.align = RAPT_ALIGN_OFFSET;
}

void parse_window(const std::string& text, rapt_problem& problem) {
  const std::vector<std::string> sides = split(text, ',');
  if (sides.size() != 2) throw BadInput(fmt::format("--window: '{}' is not two numbers L,R; write one like 128,0", text));
  const int64_t left = parse_integer("--window", sides[0]), right = parse_integer("--window", sides[1]);
  if (left < -1 || right < -1) {
    throw BadInput(fmt::format("--window: {} is below -1; give the keys back and ahead, or -1 for all", left < -1 ? left : right));
  }
  problem.window_left = left;
  problem.window_right = right;
}

}  // namespace

Layout parse_layout(const InputOptions& options) {
  if (options.layout.empty() || options.layout == "bhsd") return Layout::bhsd;
  if (options.layout == "bshd") return Layout::bshd;
  throw BadInput(fmt::format("--layout: '{}' is no order; choose bhsd or bshd", options.layout));
}

rapt_type parse_dtype(const InputOptions& options, Element q) {
  if (options.dtype.empty()) return q == Element::f64 ? RAPT_F32 : rapt_type_of(q);
  if (options.dtype == "f32") return RAPT_F32;
  if (options.dtype == "f16") return RAPT_F16;
  if (options.dtype == "bf16") return RAPT_BF16;
  throw BadInput(fmt::format("--dtype: '{}' is no type; choose f32, f16 or bf16", options.dtype));
}

void parse_semantics(const InputOptions& options, rapt_problem& problem) {
  if (!options.scale.empty()) {
    problem.scale = parse_finite("--scale", options.scale);
    problem.has_scale = 1;
  }
  if (!options.softcap.empty()) problem.softcap = parse_softcap(options.softcap);
  if (!options.causal.empty()) parse_causal(options.causal, problem);
  if (!options.window.empty()) parse_window(options.window, problem);
}

}  // namespace rapt::cli
