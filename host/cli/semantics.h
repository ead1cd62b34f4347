// --dtype, --layout, --scale, --causal, --window and --softcap: what they may be and what they mean.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include "cli/inputs.h"

namespace rapt::cli {

enum class Layout { bhsd, bshd };
Layout parse_layout(const InputOptions& options);

// The type that q, k and v are rounded to: --dtype, else that of q, f64 as f32.
rapt_type parse_dtype(const InputOptions& options, Element q);

// Sets scale, softcap, causal, align, offset and the window.
void parse_semantics(const InputOptions& options, rapt_problem& problem);

}  // namespace rapt::cli
