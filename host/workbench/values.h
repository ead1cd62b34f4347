// What the elements are: seeded distributions, and which elements nobody may look at.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workbench/case.h"
#include "workbench/problem.h"

namespace rapt::workbench {

// Rows of q, k and v that causal, window and lengths let meet; everything else in their buffers stays poison.
void fill_rows(const Problem& problem, Case& data);
// Allocates and fills mask, bias, alibi and sinks.
void fill_modifiers(const Problem& problem, Case& data);
// Problems of up to a few million pairs: NaN for every element of q, k, v and bias, and true for every element of mask, that no visible
// pair uses. Odd seeds count what mask and bias hide as visible here.
void poison_hidden(const Problem& problem, Case& data);

}  // namespace rapt::workbench
