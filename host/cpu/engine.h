// The fast CPU engine, as api sees it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

namespace rapt::cpu {

extern const Engine kEngine;

// The best machine here that is not above `max_isa` (nullptr: no limit); nullptr if there is no machine of that name.
const char* best_isa(const char* max_isa);
// "scalar, sse4, avx2, avx512, avx512_bf16": for the sentence about a wrong name.
const char* isa_names();

// As rapt_merge in rapt.h; shapes, types and pointers were checked.
void merge(const rapt_partial* parts, int32_t count, const rapt_partial& result, const rapt_executor& executor);

}  // namespace rapt::cpu
