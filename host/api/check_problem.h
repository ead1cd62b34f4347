// From the caller's problem to one that engines can trust: refuse with a sentence, or fill in every default.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

namespace rapt::api {

// Which outputs a call needs described: the attention map does without o.
enum class Outputs { kRequired, kOptional };

// On RAPT_OK `checked` is in the normal form that engine/engine.h promises in Request.
rapt_status check_problem(const rapt_problem* given, Outputs outputs, rapt_problem& checked);

// Its two halves. Enums, flags, scale, softcap and windows:
rapt_status check_settings(const rapt_problem& problem);
// Tensors against one another. Sets batch, max_seqlen_q, max_seqlen_kv and table_stride where they were left at 0.
rapt_status check_shapes(rapt_problem& problem, Outputs outputs);

bool is_paged(const rapt_problem& problem);
// There is nothing to write: no sequences, heads or query rows.
bool is_empty_work(const rapt_problem& checked);

}  // namespace rapt::api
